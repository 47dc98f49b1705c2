-- Faults that testers injected, with what is left of each. How often one still strikes is counted here alone, so that
-- replicas share it.
CREATE TABLE faults (
    id TEXT COLLATE "C" PRIMARY KEY,
    position BIGINT NOT NULL,
    rule TEXT NOT NULL,
    remaining BIGINT,
    hits BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
