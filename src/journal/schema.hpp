// The journal's tables. Numbered by PRAGMA user_version.
#pragma once

namespace tracker::journal {

inline constexpr int schema_version = 2;

inline constexpr const char* schema_sql = R"sql(
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
-- M: the cloud's rows at the cursor.
CREATE TABLE mirror (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, uid TEXT NOT NULL,
                     cells TEXT NOT NULL, media TEXT);
-- Pushes that the cloud has not yet been seen to apply.
CREATE TABLE queue (number INTEGER PRIMARY KEY, batch_id TEXT NOT NULL, author TEXT NOT NULL,
                    based_on INTEGER NOT NULL, ops TEXT NOT NULL, held TEXT);
-- One line of states: S (written) and O (observed), in the order in which they came to be.
CREATE TABLE state (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, generation INTEGER NOT NULL,
                    digest TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX state_by_digest ON state (digest);
CREATE INDEX state_by_generation ON state (generation);
-- A row as it stood in the states from_state <= n < to_state, below the row `after_uid`.
CREATE TABLE state_row (uid INTEGER NOT NULL, from_state INTEGER NOT NULL, to_state INTEGER,
                        after_uid INTEGER NOT NULL, row TEXT NOT NULL,
                        PRIMARY KEY (uid, from_state)) WITHOUT ROWID;
CREATE INDEX state_row_by_end ON state_row (to_state);
CREATE TABLE intent (one INTEGER PRIMARY KEY CHECK (one = 1), generation INTEGER NOT NULL,
                     old_digest TEXT NOT NULL, new_digest TEXT NOT NULL, temp_name TEXT NOT NULL);
CREATE TABLE command (key TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID;
)sql";

/// From version 1: pushes say what the workbook holds back.
inline constexpr const char* upgrade_1_sql = "ALTER TABLE queue ADD COLUMN held TEXT";

}  // namespace tracker::journal
