// The statements that change entries, for web edits and pushes alike. All of one transaction carry
// who did it (acting_as); seal() must stand behind the last of them, so that the numbers of the
// changes can be read before COMMIT. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/entry.hpp"
#include "domain/op.hpp"
#include "store/pg_value.hpp"

namespace tracker::store {

struct IdentifiedCells {
  EntryId id = 0;
  Cells cells;
};

Statement acting_as(Origin origin, std::string_view author, std::string_view batch_id,
                    std::int64_t push_number = 0);
/// Numbers what was written so far; from here on the counter is locked: COMMIT must follow.
Statement seal();

/// In id order, as every path does.
Statement lock_rows(const std::vector<EntryId>& ids);
/// With the columns of select_entries, in id order.
Statement read_rows(const std::vector<EntryId>& ids);

/// In the order given; the database gives the ids.
Statement insert_rows(const std::vector<Cells>& rows);
Statement insert_rows(const std::vector<IdentifiedCells>& rows);
Statement update_rows(const std::vector<IdentifiedCells>& rows);
Statement delete_rows(const std::vector<EntryId>& ids);

/// 128 random bits: names one save or one paste.
std::string new_batch_id();

/// The rows a batch left, in the order of their ids, with the columns of select_entries.
Statement entries_of_batch(std::string_view batch_id);
/// max(seq) of a batch, 0 if it changed nothing.
Statement head_of_batch(std::string_view batch_id);

}  // namespace tracker::store
