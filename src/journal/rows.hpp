// Rows of the journal's tables as the engine's values: mirror, queue, what is held back.
//
// Errors: what SQLite throws, and std::runtime_error for a row that can't be understood; the
// journal turns both into one Error. Use inside its transactions, on the disk thread.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

#include "sync/engine.hpp"

namespace tracker::journal {

void load_mirror(SQLite::Database& database, sync::Memory& memory);
/// REQUIRES: store and incarnation of `memory` are loaded.
void load_queue(SQLite::Database& database, sync::Memory& memory);
void put_mirror_rows(SQLite::Database& database, const sync::SaveMirror& mirror);
merge::Held held_of(const std::string& text);

}  // namespace tracker::journal
