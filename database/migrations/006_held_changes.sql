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
