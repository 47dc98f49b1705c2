-- Groups of users, and the policies of users, groups and roles.

CREATE TABLE user_groups (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    path TEXT NOT NULL,
    display_name TEXT NOT NULL,
    comments TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX user_groups_by_name ON user_groups (account_id, name_key);

CREATE TABLE group_members (
    account_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, group_id, user_id),
    FOREIGN KEY (account_id, group_id) REFERENCES user_groups (account_id, id) ON DELETE CASCADE,
    FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE
);
CREATE INDEX group_members_by_user ON group_members (account_id, user_id);

-- The account's own managed policies. A version's number is never given again, so the last one given is kept.
CREATE TABLE policies (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    path TEXT NOT NULL,
    description TEXT NOT NULL,
    default_version BIGINT NOT NULL,
    last_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX policies_by_name ON policies (account_id, name_key);

CREATE TABLE policy_versions (
    account_id TEXT NOT NULL,
    policy_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    document TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, policy_id, number),
    FOREIGN KEY (account_id, policy_id) REFERENCES policies (account_id, id) ON DELETE CASCADE
);

-- Managed policies of users, groups and roles, by ARN: the cloud's own have no row in policies.
CREATE TABLE policy_attachments (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    owner_kind TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    policy_arn TEXT NOT NULL,
    policy_name TEXT NOT NULL,
    policy_key TEXT COLLATE "C" NOT NULL,
    policy_path TEXT NOT NULL,
    attached_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, owner_kind, owner_id, policy_arn)
);
CREATE INDEX policy_attachments_by_policy ON policy_attachments (account_id, policy_arn, owner_kind, owner_id);

-- How many rows of policy_attachments name a policy.
CREATE TABLE policy_uses (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    policy_arn TEXT NOT NULL,
    attachments BIGINT NOT NULL,
    PRIMARY KEY (account_id, policy_arn)
);
CREATE INDEX users_by_boundary ON users (account_id, permissions_boundary) WHERE permissions_boundary IS NOT NULL;
CREATE INDEX roles_by_boundary ON roles (account_id, permissions_boundary) WHERE permissions_boundary IS NOT NULL;

-- Policies that are part of a user, a group or a role; size counts characters other than white space.
CREATE TABLE inline_policies (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    owner_kind TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    document TEXT NOT NULL,
    size BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, owner_kind, owner_id, name_key)
);
