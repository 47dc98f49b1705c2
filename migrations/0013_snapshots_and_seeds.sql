-- The state as testers named it, as documents: of the world, or of one account, which need not be there.
CREATE TABLE snapshots (
    name TEXT COLLATE "C" PRIMARY KEY,
    account_id TEXT,
    document TEXT NOT NULL,
    size BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- What an account was seeded with: a digest. One that has it is left alone at the next start.
ALTER TABLE accounts ADD COLUMN seeded_from TEXT;
