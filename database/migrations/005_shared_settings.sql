-- What the team shares on the page: saved views, the list of statuses, the columns of an import.
CREATE TABLE shared_setting (
    name TEXT PRIMARY KEY,
    value JSONB NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
