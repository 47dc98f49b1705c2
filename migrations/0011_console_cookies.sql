-- What a browser shows for its console session: SHA-256 of a secret that the browser alone keeps.
ALTER TABLE sessions ADD COLUMN cookie_hash TEXT;
CREATE UNIQUE INDEX sessions_by_cookie ON sessions (cookie_hash);
