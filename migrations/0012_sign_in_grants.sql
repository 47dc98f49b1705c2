-- What a sign-in hands out: authorization codes, refresh tokens, bearer tokens, and sign-in tokens for the console. Of
-- each only a hash is kept. Times are the account's but for forget_at, which is real time.
CREATE TABLE sign_in_grants (
    token_hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    client_id TEXT,
    redirect_uri TEXT,
    challenge TEXT,
    key_thumbprint TEXT,
    password_print TEXT,
    session_seconds BIGINT,
    expires_at BIGINT NOT NULL,
    spent_at BIGINT,
    forget_at BIGINT NOT NULL
);
CREATE INDEX sign_in_grants_by_account ON sign_in_grants (account_id);
CREATE INDEX sign_in_grants_by_session ON sign_in_grants (session_id);
CREATE INDEX sign_in_grants_by_forget_at ON sign_in_grants (forget_at);
