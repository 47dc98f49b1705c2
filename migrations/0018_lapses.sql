-- Sessions of one user, newest first, and those of an account that run out next.
CREATE INDEX sessions_by_user_and_start ON sessions (account_id, user_id, started_at, id);
CREATE INDEX sessions_by_expiry ON sessions (account_id, expires_at, id);
