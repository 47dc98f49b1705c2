-- Types are the four that mean the same on SQLite and Postgres: TEXT, BIGINT, BOOLEAN, BYTEA.
-- Times are microseconds since 1970 in BIGINT. Names are ordered by bytes on both engines.

CREATE TABLE world (
    id TEXT PRIMARY KEY,
    generation BIGINT NOT NULL,
    clock_mode TEXT NOT NULL,
    clock_micros BIGINT NOT NULL
);
INSERT INTO world (id, generation, clock_mode, clock_micros) VALUES ('world', 1, 'system', 0);

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    cloud TEXT NOT NULL,
    alias TEXT NOT NULL,
    generation BIGINT NOT NULL,
    clock_mode TEXT,
    clock_micros BIGINT,
    password_policy TEXT NOT NULL,
    security_preference TEXT NOT NULL,
    users BIGINT NOT NULL,
    roles BIGINT NOT NULL,
    mfa_devices BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX accounts_by_alias ON accounts (cloud, alias);

CREATE TABLE users (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    display_name TEXT NOT NULL,
    comments TEXT NOT NULL,
    email TEXT NOT NULL,
    mobile_phone TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_login_at BIGINT,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX users_by_name ON users (account_id, name_key);

CREATE TABLE tags (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    owner_kind TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account_id, owner_kind, owner_id, key)
);

CREATE TABLE login_profiles (
    account_id TEXT NOT NULL,
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
    PRIMARY KEY (account_id, user_id),
    FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE
);

-- The passwords a user may not take again, the newest with the highest ordinal.
CREATE TABLE password_history (
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    password_hash TEXT NOT NULL,
    PRIMARY KEY (account_id, user_id, ordinal),
    FOREIGN KEY (account_id, user_id) REFERENCES login_profiles (account_id, user_id) ON DELETE CASCADE
);

-- A deleted key stays as a row with status Deleted and no secret, so that it is never taken for an unknown one.
CREATE TABLE access_keys (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    user_id TEXT,
    secret TEXT NOT NULL,
    status TEXT NOT NULL,
    seeded BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_used_at BIGINT,
    last_used_service TEXT
);
CREATE INDEX access_keys_by_user ON access_keys (account_id, user_id, status);

CREATE TABLE mfa_devices (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    seed BYTEA NOT NULL,
    user_id TEXT,
    bound_at BIGINT,
    last_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, name_key)
);
CREATE UNIQUE INDEX mfa_devices_by_user ON mfa_devices (account_id, user_id);

CREATE TABLE roles (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    description TEXT NOT NULL,
    trust_policy TEXT NOT NULL,
    max_session_seconds BIGINT NOT NULL,
    console_login_allowed BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX roles_by_name ON roles (account_id, name_key);

-- Console sessions, the role sessions that hang on them (parent_id), and role sessions of STS
-- (access_key_id, secret and token), which stand alone.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    user_id TEXT,
    user_name TEXT,
    role_id TEXT,
    role_name TEXT,
    session_name TEXT,
    source_identity TEXT,
    parent_id TEXT,
    access_key_id TEXT,
    secret TEXT,
    token_hash TEXT,
    session_policy TEXT,
    mfa_present BOOLEAN NOT NULL,
    source_address TEXT,
    started_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_because TEXT
);
CREATE INDEX sessions_by_account ON sessions (account_id, started_at, id);
CREATE INDEX sessions_by_user ON sessions (account_id, user_id, kind);
CREATE INDEX sessions_by_parent ON sessions (parent_id);
CREATE UNIQUE INDEX sessions_by_access_key ON sessions (access_key_id);

-- Signature nonces seen, shared by the replicas over one Postgres.
CREATE TABLE nonces (
    access_key_id TEXT NOT NULL,
    nonce TEXT NOT NULL,
    forget_at BIGINT NOT NULL,
    PRIMARY KEY (access_key_id, nonce)
);
CREATE INDEX nonces_by_forget_at ON nonces (forget_at);
