// The SQL side of a push: the rows that its ops name, and the statements that write a Decision.
#pragma once

#include <vector>

#include "merge/decide.hpp"
#include "store/pg_value.hpp"
#include "sync/messages.hpp"

namespace tracker::store {

/// Ids of rows that the other side made since, with the natural key of one of these inserts.
Statement find_twins(const std::vector<const Op*>& inserts, ChangeNumber based_on);

Statement read_cloud_rows(const std::vector<EntryId>& ids);
void append_cloud_rows(const Rows& rows, std::vector<merge::CloudRow>& out);
Statement read_removed_cloud_rows(const std::vector<EntryId>& ids);
void append_removed_cloud_rows(const Rows& rows, std::vector<merge::CloudRow>& out);

/// As the workbook says; "Excel" where it does not.
std::string author_of(const sync::Push& push);

/// Everything that the push changes, its number and its sync_log rows included; all rows have ids.
std::vector<Statement> writes_of(const sync::Push& push, const merge::Decision& decision);

}  // namespace tracker::store
