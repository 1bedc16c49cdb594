#!/bin/sh
# Writes database/schema.sql: the migrations in one text that a person may run by hand.
set -eu
cd "$(dirname "$0")"
{
  cat <<'HEAD'
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
HEAD
  for file in migrations/*.sql; do
    name=$(basename "$file" .sql)
    printf '\n-- %s\n\n' "$name"
    cat "$file"
    printf "\nINSERT INTO schema_migration (number, name) VALUES (%d, '%s');\n" \
      "$(expr "${name%%_*}" + 0)" "$name"
  done
  printf '\nCOMMIT;\n'
} > schema.sql
