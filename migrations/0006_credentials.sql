-- What a device knows of its clock and its codes: which codes before the newest were used, one bit each; the later
-- step of the newest pair of codes that bound it; by how many steps its clock is off.
ALTER TABLE mfa_devices ADD COLUMN used_before BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mfa_devices ADD COLUMN last_pair BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mfa_devices ADD COLUMN drift BIGINT NOT NULL DEFAULT 0;

-- Credentials of users beside passwords and access keys. None holds a secret that could be read again.
CREATE TABLE ssh_public_keys (
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    wire BYTEA NOT NULL,
    fingerprint TEXT NOT NULL,
    status TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE
);
CREATE INDEX ssh_public_keys_by_user ON ssh_public_keys (account_id, user_id);

CREATE TABLE signing_certificates (
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE
);
CREATE INDEX signing_certificates_by_user ON signing_certificates (account_id, user_id);

CREATE TABLE service_credentials (
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    service TEXT NOT NULL,
    alias TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE
);
CREATE INDEX service_credentials_by_user ON service_credentials (account_id, user_id);

-- Without their private keys, which nothing asks for again.
CREATE TABLE server_certificates (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    path TEXT NOT NULL,
    body TEXT NOT NULL,
    chain TEXT,
    uploaded_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX server_certificates_by_name ON server_certificates (account_id, name_key);
