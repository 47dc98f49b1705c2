-- The key that seals encoded authorization messages: made at the first one, the same for all replicas.
ALTER TABLE world ADD COLUMN message_key BYTEA;
