-- What the folders of renders have to show: small pictures, files of no shot, files that people gave
-- to a row.

-- The local role draws the pictures. A digest names one state of one file: what stands here under a
-- digest never changes, and may be dropped (the local role offers it again).
CREATE TABLE media_picture (
    source_digest TEXT PRIMARY KEY CHECK (source_digest ~ '^[0-9a-f]{32}$'),
    thumbnail BYTEA,
    strip BYTEA,
    bytes BIGINT NOT NULL GENERATED ALWAYS AS
        (coalesce(octet_length(thumbnail), 0) + coalesce(octet_length(strip), 0)) STORED,
    number BIGINT NOT NULL,  -- grows with each picture: a page asks for what came since
    stored_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
-- JPEG gets no smaller.
ALTER TABLE media_picture
    ALTER COLUMN thumbnail SET STORAGE EXTERNAL,
    ALTER COLUMN strip SET STORAGE EXTERNAL;
CREATE SEQUENCE media_picture_number OWNED BY media_picture.number;
CREATE INDEX media_picture_by_number ON media_picture (number);
-- Only what some row shows is kept.
CREATE INDEX entry_state_by_source ON entry_state ((measurement->>'source_digest'))
    WHERE measurement IS NOT NULL;

-- The newest files that fit no row, as the local role said last.
ALTER TABLE local_store ADD COLUMN unmatched JSONB;

-- A file that a person gave to a row; without a row: the names decide again. No foreign key: a row
-- that comes back has its files again.
CREATE TABLE media_pin (
    path TEXT PRIMARY KEY,
    entry_id BIGINT,
    author TEXT NOT NULL,
    number BIGINT NOT NULL,  -- grows with each pin: the local role asks for what came since
    at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE SEQUENCE media_pin_number OWNED BY media_pin.number;
