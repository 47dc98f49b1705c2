-- What hangs on a user hangs on the account alone as far as the engine is concerned: with a foreign key to users, an
-- account that is dropped has the engine look through every such table once for each user, ten times the work of the
-- deletion itself. Whoever deletes a user deletes these rows with it.
CREATE TABLE password_history_of_accounts (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    password_hash TEXT NOT NULL,
    PRIMARY KEY (account_id, user_id, ordinal)
);
INSERT INTO password_history_of_accounts (account_id, user_id, ordinal, password_hash)
    SELECT account_id, user_id, ordinal, password_hash FROM password_history;
DROP TABLE password_history;
ALTER TABLE password_history_of_accounts RENAME TO password_history;

CREATE TABLE login_profiles_of_accounts (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    status TEXT NOT NULL,
    password_reset_required BOOLEAN NOT NULL,
    mfa_bind_required BOOLEAN NOT NULL,
    password_hash TEXT,
    password_set_at BIGINT,
    password_initial BOOLEAN NOT NULL,
    password_expires_at BIGINT,
    initial_expires_at BIGINT,
    auto_disabled BOOLEAN NOT NULL,
    idle_since BIGINT NOT NULL,
    failed_attempts BIGINT NOT NULL,
    locked_until BIGINT,
    last_login_at BIGINT,
    last_login_address TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, user_id)
);
INSERT INTO login_profiles_of_accounts (account_id, user_id, status, password_reset_required, mfa_bind_required,
        password_hash, password_set_at, password_initial, password_expires_at, initial_expires_at, auto_disabled,
        idle_since, failed_attempts, locked_until, last_login_at, last_login_address, created_at, updated_at)
    SELECT account_id, user_id, status, password_reset_required, mfa_bind_required,
        password_hash, password_set_at, password_initial, password_expires_at, initial_expires_at, auto_disabled,
        idle_since, failed_attempts, locked_until, last_login_at, last_login_address, created_at, updated_at
    FROM login_profiles;
DROP TABLE login_profiles;
ALTER TABLE login_profiles_of_accounts RENAME TO login_profiles;

CREATE TABLE group_members_of_accounts (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    group_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, group_id, user_id)
);
INSERT INTO group_members_of_accounts (account_id, group_id, user_id, joined_at)
    SELECT account_id, group_id, user_id, joined_at FROM group_members;
DROP TABLE group_members;
ALTER TABLE group_members_of_accounts RENAME TO group_members;
CREATE INDEX group_members_by_user ON group_members (account_id, user_id);

CREATE TABLE ssh_public_keys_of_accounts (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    wire BYTEA NOT NULL,
    fingerprint TEXT NOT NULL,
    status TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
INSERT INTO ssh_public_keys_of_accounts (account_id, user_id, id, body, wire, fingerprint, status, uploaded_at)
    SELECT account_id, user_id, id, body, wire, fingerprint, status, uploaded_at FROM ssh_public_keys;
DROP TABLE ssh_public_keys;
ALTER TABLE ssh_public_keys_of_accounts RENAME TO ssh_public_keys;
CREATE INDEX ssh_public_keys_by_user ON ssh_public_keys (account_id, user_id);

CREATE TABLE signing_certificates_of_accounts (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
INSERT INTO signing_certificates_of_accounts (account_id, user_id, id, body, status, uploaded_at)
    SELECT account_id, user_id, id, body, status, uploaded_at FROM signing_certificates;
DROP TABLE signing_certificates;
ALTER TABLE signing_certificates_of_accounts RENAME TO signing_certificates;
CREATE INDEX signing_certificates_by_user ON signing_certificates (account_id, user_id);

CREATE TABLE service_credentials_of_accounts (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    service TEXT NOT NULL,
    alias TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    PRIMARY KEY (account_id, id)
);
INSERT INTO service_credentials_of_accounts (account_id, user_id, id, service, alias, secret_hash, status, created_at,
        expires_at)
    SELECT account_id, user_id, id, service, alias, secret_hash, status, created_at, expires_at
    FROM service_credentials;
DROP TABLE service_credentials;
ALTER TABLE service_credentials_of_accounts RENAME TO service_credentials;
CREATE INDEX service_credentials_by_user ON service_credentials (account_id, user_id);

CREATE TABLE mfa_tickets_of_accounts (
    ticket_hash TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    device_name TEXT NOT NULL,
    device_bound_at BIGINT NOT NULL,
    password_print TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    forget_at BIGINT NOT NULL
);
INSERT INTO mfa_tickets_of_accounts (ticket_hash, account_id, user_id, device_name, device_bound_at, password_print,
        expires_at, forget_at)
    SELECT ticket_hash, account_id, user_id, device_name, device_bound_at, password_print, expires_at, forget_at
    FROM mfa_tickets;
DROP TABLE mfa_tickets;
ALTER TABLE mfa_tickets_of_accounts RENAME TO mfa_tickets;
CREATE INDEX mfa_tickets_by_user ON mfa_tickets (account_id, user_id);
CREATE INDEX mfa_tickets_by_forget_at ON mfa_tickets (forget_at);
