-- Where the two roles meet (docs/sync): who may push, what was pushed, what waits for a person.

-- One studio, one lease. Each grant has the next epoch; a push with an older one is refused.
CREATE TABLE link_lease (
    only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row),
    store_id TEXT NOT NULL DEFAULT '',
    epoch BIGINT NOT NULL DEFAULT 0,
    seen_at TIMESTAMPTZ NOT NULL DEFAULT '-infinity'
);
INSERT INTO link_lease DEFAULT VALUES;

CREATE TABLE local_store (
    store_id TEXT PRIMARY KEY,
    incarnation BIGINT NOT NULL,
    applied_n BIGINT NOT NULL DEFAULT 0,
    pushed_at TIMESTAMPTZ,
    acked_seq BIGINT NOT NULL DEFAULT 0,
    acked_at TIMESTAMPTZ,
    generation BIGINT NOT NULL DEFAULT 0,
    report JSONB,
    reported_at TIMESTAMPTZ
);

-- A push that comes again gets the answer it got; the same number with another content is a mistake.
CREATE TABLE push_result (
    store_id TEXT NOT NULL,
    incarnation BIGINT NOT NULL,
    n BIGINT NOT NULL,
    hash TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (store_id, incarnation, n)
);

-- Deleting very much at once waits for a producer.
CREATE TABLE held_batch (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reason TEXT NOT NULL,
    author TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL DEFAULT now(),
    entry_ids INTEGER[] NOT NULL,
    state TEXT NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'approved', 'rejected')),
    decided_by TEXT,
    decided_at TIMESTAMPTZ
);

-- POST with an Idempotency-Key: the batch that it became, from which the answer is told again.
CREATE TABLE idempotency_key (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (scope, key)
);

CREATE TABLE footage_target (
    animator TEXT NOT NULL,
    from_yyyymmdd TEXT NOT NULL,
    frames_per_week BIGINT NOT NULL CHECK (frames_per_week > 0),
    PRIMARY KEY (animator, from_yyyymmdd)
);
