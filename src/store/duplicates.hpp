// Rows that may stand twice, because two people saved one workbook at once (design/sync.md §6, the
// known limit): kept until somebody deletes one of them, or says that both are meant.
#pragma once

#include <vector>

#include "store/pg_value.hpp"
#include "sync/messages.hpp"

namespace tracker::store {

/// After the rows and uids of `push` are written: which of its rows may be second copies.
std::vector<Statement> remember_twins(const sync::Push& push);

}  // namespace tracker::store
