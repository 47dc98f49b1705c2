//! Every SQL text is prepared on both engines.
