-- The credential report of an account: the last one made, as CSV, and when it was asked for and is ready.
CREATE TABLE credential_reports (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ready_at BIGINT NOT NULL
);
