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
