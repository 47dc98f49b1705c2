-- Browsers that need not show a code for a while: each holds a secret, of which a hash is kept. Times are the account's
-- but for forget_at, which is real time.
CREATE TABLE mfa_tickets (
    ticket_hash TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    device_name TEXT NOT NULL,
    device_bound_at BIGINT NOT NULL,
    password_print TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    forget_at BIGINT NOT NULL,
    FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE
);
CREATE INDEX mfa_tickets_by_user ON mfa_tickets (account_id, user_id);
CREATE INDEX mfa_tickets_by_forget_at ON mfa_tickets (forget_at);

-- Command lines that wait until a person says yes or no in a browser. Until then they belong to no account, so that
-- expires_at is the world's time; polled_at is it too, and polled_really_at, as forget_at, is real time.
CREATE TABLE device_authorizations (
    device_hash TEXT PRIMARY KEY,
    user_code TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL,
    challenge TEXT NOT NULL,
    state TEXT NOT NULL,
    session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL,
    polled_at BIGINT,
    polled_really_at BIGINT,
    forget_at BIGINT NOT NULL
);
CREATE INDEX device_authorizations_by_session ON device_authorizations (session_id);
CREATE INDEX device_authorizations_by_forget_at ON device_authorizations (forget_at);
