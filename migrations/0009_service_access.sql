-- Which services users and roles called last, and the reports made of it.
CREATE TABLE service_access (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    principal_kind TEXT NOT NULL,
    principal_id TEXT NOT NULL,
    service TEXT NOT NULL,
    at BIGINT NOT NULL,
    region TEXT NOT NULL,
    PRIMARY KEY (account_id, principal_kind, principal_id, service)
);

-- owner is who asked: nobody else sees the report, which is JSON.
CREATE TABLE access_reports (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    owner TEXT NOT NULL,
    report TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX access_reports_by_time ON access_reports (account_id, created_at);

-- Which tokens the global endpoint of STS gives: 1 or 2.
ALTER TABLE accounts ADD COLUMN global_token_version BIGINT NOT NULL DEFAULT 1;
