-- Rows that the workbook may have brought twice: two people saved it at once, and the row had no id.
CREATE TABLE possible_duplicate (
    entry_id BIGINT PRIMARY KEY,           -- the newer row
    twin_id BIGINT NOT NULL,               -- the row that it looks like
    at TIMESTAMPTZ NOT NULL DEFAULT now(),
    settled_by TEXT                        -- who said that both are meant; NULL = nobody yet
);
