-- Identity providers. Lists are JSON: they have few members and are read whole.
CREATE TABLE oidc_providers (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    issuer TEXT NOT NULL,
    client_ids TEXT NOT NULL,
    thumbprints TEXT NOT NULL,
    description TEXT NOT NULL,
    issuance_limit_hours BIGINT,
    -- What a tester handed over, and the key that signs tokens for testers without an identity provider.
    jwks TEXT,
    signing_key_id TEXT,
    signing_key BYTEA,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, name)
);
CREATE INDEX oidc_providers_by_issuer ON oidc_providers (account_id, issuer);

CREATE TABLE saml_providers (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    description TEXT NOT NULL,
    metadata TEXT NOT NULL,
    encryption_required BOOLEAN NOT NULL,
    private_keys TEXT NOT NULL,
    valid_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, name_key)
);
