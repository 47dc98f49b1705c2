-- An instance profile has room for one role.
CREATE TABLE instance_profiles (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    path TEXT NOT NULL,
    role_id TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX instance_profiles_by_name ON instance_profiles (account_id, name_key);
CREATE INDEX instance_profiles_by_role ON instance_profiles (account_id, role_id, name_key);

-- The tasks that deleted service-linked roles: each is over as soon as it is there.
CREATE TABLE role_deletions (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    task_id TEXT NOT NULL,
    PRIMARY KEY (account_id, task_id)
);

-- Trust policies name users and roles of all accounts by id.
CREATE INDEX users_by_id ON users (id);
CREATE INDEX roles_by_id ON roles (id);
