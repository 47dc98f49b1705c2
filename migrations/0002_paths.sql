-- What identities of AWS have and those of Alibaba Cloud have not: paths, permissions boundaries, several MFA devices.
ALTER TABLE users ADD COLUMN path TEXT NOT NULL DEFAULT '/';
ALTER TABLE users ADD COLUMN permissions_boundary TEXT;
ALTER TABLE roles ADD COLUMN path TEXT NOT NULL DEFAULT '/';
ALTER TABLE roles ADD COLUMN permissions_boundary TEXT;
ALTER TABLE roles ADD COLUMN service_name TEXT;
ALTER TABLE roles ADD COLUMN last_used_at BIGINT;
ALTER TABLE roles ADD COLUMN last_used_region TEXT;
ALTER TABLE mfa_devices ADD COLUMN path TEXT NOT NULL DEFAULT '/';
DROP INDEX mfa_devices_by_user;
CREATE INDEX mfa_devices_by_user ON mfa_devices (account_id, user_id);
ALTER TABLE access_keys ADD COLUMN last_used_region TEXT;

-- What a session carries beside its policy: session tags, transitive keys, policies by ARN, who called (JSON).
ALTER TABLE sessions ADD COLUMN context TEXT;

-- Counts of an account, as those of users and roles.
ALTER TABLE accounts ADD COLUMN groups BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN policies BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN instance_profiles BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN server_certificates BIGINT NOT NULL DEFAULT 0;
