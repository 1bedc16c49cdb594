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
