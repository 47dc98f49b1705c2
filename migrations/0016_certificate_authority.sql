-- The authority that vouches for this store's servers when they are called over TLS: its certificate and its private key.
ALTER TABLE world ADD COLUMN certificate_authority TEXT;
