//! The clouds' wire formats: decode, call a use case, encode. No SQL, no rule.

pub(crate) mod alibaba;
mod form;
mod mask;
mod members;
mod record;
