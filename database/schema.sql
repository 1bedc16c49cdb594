-- Animation Tracker: the whole database, for those who make it by hand (psql, a hosting console).
-- `animation-tracker migrate` makes the same and is the easier way. Running this on a database that
-- holds the guide's two tables adopts their rows; running it twice stops at the first table that is
-- there already and changes nothing.
-- Made by database/make_schema.sh from database/migrations: change those.

BEGIN;

CREATE TABLE IF NOT EXISTS schema_migration (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- 001_guide_tables

-- The two tables of the setup guide, exactly. Where they exist already they stay as they are, with
-- their rows: 002 takes those rows into the feed. Whatever else the program keeps has its own tables.

CREATE TABLE IF NOT EXISTS production_summary (
    id SERIAL PRIMARY KEY,
    animator VARCHAR(100) NOT NULL,
    project_type VARCHAR(20) NOT NULL,
    episode_title VARCHAR(200) NOT NULL,
    scene VARCHAR(50) NOT NULL,
    shot VARCHAR(50) NOT NULL,
    week_yyyymmdd VARCHAR(8) NOT NULL,
    status VARCHAR(20) NOT NULL,
    notes TEXT,
    created_at TIMESTAMP DEFAULT NOW(),
    updated_at TIMESTAMP DEFAULT NOW()
);

CREATE TABLE IF NOT EXISTS sync_log (
    id SERIAL PRIMARY KEY,
    sync_type VARCHAR(50) NOT NULL,
    action VARCHAR(20) NOT NULL,
    status VARCHAR(20) NOT NULL,
    error_message TEXT,
    local_record_id INTEGER,
    railway_record_id INTEGER,
    data_snapshot JSONB,
    created_at TIMESTAMP DEFAULT NOW()
);

CREATE INDEX IF NOT EXISTS sync_log_open_conflicts ON sync_log (id)
    WHERE sync_type = 'conflict' AND status = 'open';

INSERT INTO schema_migration (number, name) VALUES (1, '001_guide_tables');

-- 002_change_feed

-- The feed: every change of production_summary, whoever made it, numbered in commit order.
--
-- How a change gets its number. Statement triggers on production_summary write what happened into
-- entry_draft. A deferred trigger (tracker_seal) runs once just before the transaction commits: it
-- locks the one row of feed_head, numbers the drafts, chains them, moves them into entry_change and
-- brings entry_state up to date. So
--   * seq order = commit order: a reader who has seen number n has seen every number below it;
--   * the counter is locked for an instant only: somebody who leaves a transaction open in psql
--     holds the rows that he touched, and nothing else;
--   * plain SQL, the program and other applications take the same way.
-- entry_draft is empty outside of a transaction, so it needs no write-ahead log. The index finds a
-- transaction's drafts among the dead ones of others (hence no sequential scans in tracker_seal).
-- Rows are looked up one by one (scalar subqueries, no JIT): the same plan is kept in a session for a
-- statement of one row and of thousands, and must be good for both.
--
-- A transaction may say who acts: set_config('tracker.origin' | 'tracker.author' | 'tracker.batch' |
-- 'tracker.push', value, true). Without it the origin is "sql" and the author the database user.

CREATE TABLE feed_head (
    only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row),
    seq BIGINT NOT NULL DEFAULT 0,
    chain BYTEA NOT NULL DEFAULT ''
) WITH (fillfactor = 10);
INSERT INTO feed_head DEFAULT VALUES;

-- Never trimmed: history, undo, audit, live events and outbox in one.
CREATE TABLE entry_change (
    seq BIGINT PRIMARY KEY,
    entry_id INTEGER NOT NULL,
    op TEXT NOT NULL CHECK (op IN ('insert', 'edit', 'delete', 'restore', 'media')),
    changed SMALLINT NOT NULL,          -- bit i = column i of the eight has another value
    before JSONB,                       -- the eight cells; NULL = the row was not there
    after JSONB,                        -- the eight cells; NULL = the row is gone
    measurement JSONB,                  -- of the row after the change
    extra JSONB,                        -- only where the change replaced the row's extra columns
    uid TEXT,                           -- the workbook's own name of the row, where it came from there
    origin TEXT NOT NULL CHECK (origin IN ('web', 'excel', 'media', 'sql', 'adopt')),
    author TEXT NOT NULL,
    batch_id TEXT NOT NULL,             -- one save, one paste: one undo
    push_number BIGINT NOT NULL,        -- of the local role's push; 0 = none
    at TIMESTAMPTZ NOT NULL,
    chain BYTEA NOT NULL                -- SHA-256 over the previous chain and this change
);
CREATE INDEX entry_change_by_entry ON entry_change (entry_id, seq);
CREATE INDEX entry_change_by_batch ON entry_change (batch_id);

-- What belongs to a row beside the guide's columns. Stays when the row is deleted.
CREATE TABLE entry_state (
    entry_id INTEGER PRIMARY KEY,
    version BIGINT NOT NULL,            -- seq of the row's last change
    cell_seq BIGINT[] NOT NULL,         -- seq of the last change of each of the eight cells
    removed BOOLEAN NOT NULL,
    inserted_seq BIGINT NOT NULL,
    inserted_origin TEXT NOT NULL,
    measurement JSONB,
    extra JSONB
);

-- The workbook's name of a row ("<store>:<number>") -> the id it got, once and for ever.
CREATE TABLE entry_uid (
    uid TEXT PRIMARY KEY,
    entry_id INTEGER NOT NULL
);

CREATE UNLOGGED TABLE entry_draft (
    transaction_id XID8 NOT NULL DEFAULT pg_current_xact_id(),
    ordinal BIGINT GENERATED ALWAYS AS IDENTITY,
    opens BOOLEAN NOT NULL,             -- the first draft of a statement: asks for the seal
    entry_id INTEGER NOT NULL,
    op TEXT NOT NULL,
    changed SMALLINT NOT NULL DEFAULT 0,
    before JSONB,
    after JSONB,
    measurement JSONB,
    extra JSONB,
    uid TEXT,
    origin TEXT NOT NULL DEFAULT coalesce(nullif(current_setting('tracker.origin', TRUE), ''), 'sql'),
    author TEXT NOT NULL DEFAULT coalesce(nullif(current_setting('tracker.author', TRUE), ''), session_user),
    batch_id TEXT NOT NULL DEFAULT coalesce(nullif(current_setting('tracker.batch', TRUE), ''),
                                            'sql:' || pg_current_xact_id()::text),
    push_number BIGINT NOT NULL DEFAULT coalesce(nullif(current_setting('tracker.push', TRUE), ''), '0')::bigint
) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
CREATE INDEX entry_draft_of_transaction ON entry_draft (transaction_id);

CREATE FUNCTION tracker_cells(animator TEXT, project_type TEXT, episode_title TEXT, scene TEXT, shot TEXT,
                              week_yyyymmdd TEXT, status TEXT, notes TEXT) RETURNS JSONB
LANGUAGE SQL IMMUTABLE AS $$
    SELECT jsonb_build_object('animator', animator, 'project_type', project_type,
        'episode_title', episode_title, 'scene', scene, 'shot', shot,
        'week_yyyymmdd', week_yyyymmdd, 'status', status, 'notes', coalesce(notes, ''))
$$;

CREATE FUNCTION tracker_chain_step(state BYTEA, start BYTEA, change TEXT) RETURNS BYTEA
LANGUAGE SQL IMMUTABLE AS $$
    SELECT sha256(coalesce(state, start) || convert_to(change, 'UTF8'))
$$;
CREATE AGGREGATE tracker_chain(BYTEA, TEXT) (SFUNC = tracker_chain_step, STYPE = BYTEA);

CREATE FUNCTION tracker_inserted() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET jit = off AS $$
DECLARE
    highest BIGINT;
BEGIN
    INSERT INTO entry_draft (opens, entry_id, op, changed, after)
    SELECT row_number() OVER (ORDER BY n.id) = 1, n.id,
           CASE WHEN (SELECT s.removed FROM entry_state s WHERE s.entry_id = n.id)
                THEN 'restore' ELSE 'insert' END, 255,
           tracker_cells(n.animator, n.project_type, n.episode_title, n.scene, n.shot,
                         n.week_yyyymmdd, n.status, n.notes)
    FROM new_rows n ORDER BY n.id;
    -- An id that somebody chose by hand must not be handed out a second time.
    SELECT max(id) INTO highest FROM new_rows;
    IF highest > (SELECT last_value FROM production_summary_id_seq) THEN
        PERFORM setval('production_summary_id_seq', highest);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION tracker_updated() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET jit = off AS $$
BEGIN
    INSERT INTO entry_draft (opens, entry_id, op, changed, before, after)
    SELECT row_number() OVER (ORDER BY d.id) = 1, d.id, d.op, d.changed, d.before, d.after
    FROM (
        SELECT coalesce(o.id, n.id) AS id,
               CASE WHEN o.id IS NULL THEN 'insert' WHEN n.id IS NULL THEN 'delete' ELSE 'edit' END AS op,
               CASE WHEN n.id IS NULL THEN 0 WHEN o.id IS NULL THEN 255 ELSE
                   (o.animator <> n.animator)::int + (o.project_type <> n.project_type)::int * 2
                   + (o.episode_title <> n.episode_title)::int * 4 + (o.scene <> n.scene)::int * 8
                   + (o.shot <> n.shot)::int * 16 + (o.week_yyyymmdd <> n.week_yyyymmdd)::int * 32
                   + (o.status <> n.status)::int * 64
                   + (coalesce(o.notes, '') <> coalesce(n.notes, ''))::int * 128 END AS changed,
               CASE WHEN o.id IS NOT NULL THEN tracker_cells(o.animator, o.project_type, o.episode_title,
                   o.scene, o.shot, o.week_yyyymmdd, o.status, o.notes) END AS before,
               CASE WHEN n.id IS NOT NULL THEN tracker_cells(n.animator, n.project_type, n.episode_title,
                   n.scene, n.shot, n.week_yyyymmdd, n.status, n.notes) END AS after
        FROM old_rows o FULL JOIN new_rows n ON n.id = o.id
    ) d
    WHERE d.changed <> 0 OR d.op = 'delete'
    ORDER BY d.id;
    RETURN NULL;
END $$;

CREATE FUNCTION tracker_deleted() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET jit = off AS $$
BEGIN
    INSERT INTO entry_draft (opens, entry_id, op, before)
    SELECT row_number() OVER (ORDER BY o.id) = 1, o.id, 'delete',
           tracker_cells(o.animator, o.project_type, o.episode_title, o.scene, o.shot,
                         o.week_yyyymmdd, o.status, o.notes)
    FROM old_rows o ORDER BY o.id;
    RETURN NULL;
END $$;

CREATE FUNCTION tracker_truncated() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET jit = off AS $$
BEGIN
    INSERT INTO entry_draft (opens, entry_id, op, before)
    SELECT row_number() OVER (ORDER BY o.id) = 1, o.id, 'delete',
           tracker_cells(o.animator, o.project_type, o.episode_title, o.scene, o.shot,
                         o.week_yyyymmdd, o.status, o.notes)
    FROM production_summary o ORDER BY o.id;
    RETURN NULL;
END $$;

-- created_at and updated_at hold UTC, in whatever time zone the writer's session lives.
CREATE FUNCTION tracker_times() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.created_at = LOCALTIMESTAMP THEN
            NEW.created_at := now() AT TIME ZONE 'UTC';
        END IF;
        IF NEW.updated_at = LOCALTIMESTAMP THEN
            NEW.updated_at := now() AT TIME ZONE 'UTC';
        END IF;
    ELSIF NEW IS DISTINCT FROM OLD THEN
        NEW.updated_at := now() AT TIME ZONE 'UTC';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION tracker_seal() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET jit = off
SET enable_seqscan = off AS $$
DECLARE
    head feed_head;
    moment TIMESTAMPTZ;
BEGIN
    IF NOT EXISTS (SELECT FROM entry_draft WHERE transaction_id = pg_current_xact_id()) THEN
        RETURN NULL;  -- sealed already by an earlier statement's request
    END IF;
    SELECT * INTO head FROM feed_head FOR UPDATE;
    moment := clock_timestamp();

    INSERT INTO entry_change (seq, entry_id, op, changed, before, after, measurement, extra, uid, origin,
                              author, batch_id, push_number, at, chain)
    SELECT seq, entry_id, op, changed, before, after, measured, extra, uid, origin, author, batch_id,
           push_number, moment,
           tracker_chain(head.chain, concat_ws('|', seq, entry_id, op, before, after, measured, extra, uid,
                                               origin, author, batch_id, push_number)) OVER (ORDER BY seq)
    FROM (SELECT head.seq + row_number() OVER (ORDER BY d.ordinal) AS seq, d.*,
                 CASE WHEN d.op = 'media' THEN d.measurement
                      ELSE (SELECT s.measurement FROM entry_state s WHERE s.entry_id = d.entry_id)
                 END AS measured
          FROM entry_draft d WHERE d.transaction_id = pg_current_xact_id()) numbered;
    DELETE FROM entry_draft WHERE transaction_id = pg_current_xact_id();

    INSERT INTO entry_state AS s (entry_id, version, cell_seq, removed, inserted_seq, inserted_origin,
                                  measurement, extra)
    SELECT t.entry_id, t.version, t.cell_seq, last.op = 'delete', t.inserted_seq,
           coalesce((SELECT c.origin FROM entry_change c WHERE c.seq = t.inserted_seq), ''),
           last.measurement, (SELECT c.extra FROM entry_change c WHERE c.seq = t.extra_seq)
    FROM (SELECT c.entry_id, max(c.seq) AS version,
               ARRAY[coalesce(max(c.seq) FILTER (WHERE c.changed & 1 <> 0), 0),
                     coalesce(max(c.seq) FILTER (WHERE c.changed & 2 <> 0), 0),
                     coalesce(max(c.seq) FILTER (WHERE c.changed & 4 <> 0), 0),
                     coalesce(max(c.seq) FILTER (WHERE c.changed & 8 <> 0), 0),
                     coalesce(max(c.seq) FILTER (WHERE c.changed & 16 <> 0), 0),
                     coalesce(max(c.seq) FILTER (WHERE c.changed & 32 <> 0), 0),
                     coalesce(max(c.seq) FILTER (WHERE c.changed & 64 <> 0), 0),
                     coalesce(max(c.seq) FILTER (WHERE c.changed & 128 <> 0), 0)] AS cell_seq,
               coalesce(max(c.seq) FILTER (WHERE c.op = 'insert'), 0) AS inserted_seq,
               max(c.seq) FILTER (WHERE c.extra IS NOT NULL) AS extra_seq
          FROM entry_change c WHERE c.seq > head.seq GROUP BY c.entry_id) t
    JOIN entry_change last ON last.seq = t.version
    ON CONFLICT (entry_id) DO UPDATE SET
        version = EXCLUDED.version,
        cell_seq = ARRAY[greatest(s.cell_seq[1], EXCLUDED.cell_seq[1]),
                         greatest(s.cell_seq[2], EXCLUDED.cell_seq[2]),
                         greatest(s.cell_seq[3], EXCLUDED.cell_seq[3]),
                         greatest(s.cell_seq[4], EXCLUDED.cell_seq[4]),
                         greatest(s.cell_seq[5], EXCLUDED.cell_seq[5]),
                         greatest(s.cell_seq[6], EXCLUDED.cell_seq[6]),
                         greatest(s.cell_seq[7], EXCLUDED.cell_seq[7]),
                         greatest(s.cell_seq[8], EXCLUDED.cell_seq[8])],
        removed = EXCLUDED.removed,
        inserted_seq = greatest(s.inserted_seq, EXCLUDED.inserted_seq),
        inserted_origin = CASE WHEN EXCLUDED.inserted_seq > 0 THEN EXCLUDED.inserted_origin
                               ELSE s.inserted_origin END,
        measurement = EXCLUDED.measurement,
        extra = coalesce(EXCLUDED.extra, s.extra);

    UPDATE feed_head SET (seq, chain) = (SELECT c.seq, c.chain FROM entry_change c ORDER BY c.seq DESC LIMIT 1)
    RETURNING seq INTO head.seq;
    PERFORM pg_notify('tracker_changes', head.seq::text);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER tracker_seal AFTER INSERT ON entry_draft
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.opens) EXECUTE FUNCTION tracker_seal();

CREATE TRIGGER tracker_times BEFORE INSERT OR UPDATE ON production_summary
    FOR EACH ROW EXECUTE FUNCTION tracker_times();
CREATE TRIGGER tracker_inserted AFTER INSERT ON production_summary
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tracker_inserted();
CREATE TRIGGER tracker_updated AFTER UPDATE ON production_summary
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION tracker_updated();
CREATE TRIGGER tracker_deleted AFTER DELETE ON production_summary
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tracker_deleted();
CREATE TRIGGER tracker_truncated BEFORE TRUNCATE ON production_summary
    FOR EACH STATEMENT EXECUTE FUNCTION tracker_truncated();

-- Rows that were here before us.
INSERT INTO entry_draft (opens, entry_id, op, changed, after, origin, author, batch_id)
SELECT row_number() OVER (ORDER BY id) = 1, id, 'insert', 255,
       tracker_cells(animator, project_type, episode_title, scene, shot, week_yyyymmdd, status, notes),
       'adopt', session_user, 'adopt'
FROM production_summary ORDER BY id;
SET CONSTRAINTS tracker_seal IMMEDIATE;
SET CONSTRAINTS tracker_seal DEFERRED;

INSERT INTO schema_migration (number, name) VALUES (2, '002_change_feed');

-- 003_local_role

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

INSERT INTO schema_migration (number, name) VALUES (3, '003_local_role');

-- 004_accounts

-- People and their keys. Of every secret only its hash is here.

CREATE TABLE app_user (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email TEXT NOT NULL UNIQUE CHECK (email = lower(email)),
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'animator', 'producer', 'admin')),
    animator_names TEXT[] NOT NULL DEFAULT '{}',
    password_hash TEXT NOT NULL,
    disabled BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE app_session (
    hash TEXT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES app_user ON DELETE CASCADE,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    used_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX app_session_by_user ON app_session (user_id);

CREATE TABLE api_token (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'animator', 'producer', 'admin')),
    created_by TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    used_at TIMESTAMPTZ,
    expires_at TIMESTAMPTZ,
    revoked BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE sign_in_link (
    hash TEXT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES app_user ON DELETE CASCADE,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);

INSERT INTO schema_migration (number, name) VALUES (4, '004_accounts');

-- 005_shared_settings

-- What the team shares on the page: saved views, the list of statuses, the columns of an import.
CREATE TABLE shared_setting (
    name TEXT PRIMARY KEY,
    value JSONB NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

INSERT INTO schema_migration (number, name) VALUES (5, '005_shared_settings');

-- 006_held_changes

-- Held changes as ops: what the workbook holds back (edits and removals, as its pushes say it), and
-- what the page or the API would delete in bulk.
ALTER TABLE held_batch
    ADD COLUMN store_id TEXT NOT NULL DEFAULT '',       -- '' = asked for on the page or by the API
    ADD COLUMN incarnation BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN push_number BIGINT NOT NULL DEFAULT 0,   -- of the push that said it last
    ADD COLUMN ops JSONB NOT NULL DEFAULT '[]';

UPDATE held_batch h SET ops = (
    SELECT coalesce(jsonb_agg(jsonb_build_object('op', 'delete', 'id', p.id, 'old',
               tracker_cells(p.animator, p.project_type, p.episode_title, p.scene, p.shot,
                             p.week_yyyymmdd, p.status, p.notes)) ORDER BY p.id), '[]')
    FROM production_summary p WHERE p.id = ANY(h.entry_ids))
WHERE h.state = 'held';

ALTER TABLE held_batch
    DROP COLUMN entry_ids,
    DROP CONSTRAINT held_batch_state_check,
    ADD CONSTRAINT held_batch_state_check
        CHECK (state IN ('held', 'approved', 'rejected', 'withdrawn'));
-- One workbook holds back one set of ops at a time.
CREATE UNIQUE INDEX held_batch_of_store ON held_batch (store_id) WHERE state = 'held' AND store_id <> '';
CREATE INDEX held_batch_decided ON held_batch (store_id, incarnation, push_number)
    WHERE state IN ('approved', 'rejected');

INSERT INTO schema_migration (number, name) VALUES (6, '006_held_changes');

-- 007_media

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

INSERT INTO schema_migration (number, name) VALUES (7, '007_media');

-- 008_possible_duplicates

-- Rows that the workbook may have brought twice: two people saved it at once, and the row had no id.
CREATE TABLE possible_duplicate (
    entry_id BIGINT PRIMARY KEY,           -- the newer row
    twin_id BIGINT NOT NULL,               -- the row that it looks like
    at TIMESTAMPTZ NOT NULL DEFAULT now(),
    settled_by TEXT                        -- who said that both are meant; NULL = nobody yet
);

INSERT INTO schema_migration (number, name) VALUES (8, '008_possible_duplicates');

-- 009_retakes

-- When a shot was sent back last: a render that is older than that is not what was asked for.

-- Statuses are the studio's own words; these are the usual ones in the languages of the page. "Fixed"
-- and "revisado" say the opposite.
CREATE FUNCTION tracker_is_retake(status TEXT) RETURNS BOOLEAN
LANGUAGE SQL IMMUTABLE PARALLEL SAFE AS $$
    SELECT status ~* ('\m(retakes?|redo|fix(es)?|reject(ed)?|revise|revisions?|korrekturen?|überarbeiten|'
                      'reprises?|retouches?|corregir|correcciones|rehacer|rechazado)\M|リテイク|修正|差し戻し')
$$;

CREATE INDEX entry_change_retakes ON entry_change (entry_id, seq)
    WHERE changed & 64 <> 0 AND tracker_is_retake(after->>'status');

-- In UTC; nothing if it never was.
CREATE FUNCTION tracker_retake_at(entry INTEGER) RETURNS TIMESTAMP
LANGUAGE SQL STABLE PARALLEL SAFE AS $$
    SELECT (SELECT c.at AT TIME ZONE 'UTC' FROM entry_change c
            WHERE c.entry_id = entry AND c.changed & 64 <> 0 AND tracker_is_retake(c.after->>'status')
            ORDER BY c.seq DESC LIMIT 1)
$$;

INSERT INTO schema_migration (number, name) VALUES (9, '009_retakes');

-- 010_episode_targets

-- How long an episode is meant to be, where a producer said so on the page.
CREATE TABLE episode_target (
    project_type TEXT NOT NULL,
    episode_title TEXT NOT NULL,
    frames BIGINT NOT NULL CHECK (frames > 0),
    PRIMARY KEY (project_type, episode_title)
);

INSERT INTO schema_migration (number, name) VALUES (10, '010_episode_targets');

COMMIT;
