// Entries and what comes with them, as this API shows them. Pure functions.
#pragma once

#include <boost/json/fwd.hpp>
#include <vector>

#include "domain/entry.hpp"
#include "store/entries.hpp"
#include "store/link_state.hpp"

namespace tracker::cloud {

/// domain's form, and where the row's pictures are.
boost::json::object entry_json(const Entry& entry);
boost::json::array entries_json(const std::vector<Entry>& entries);

/// Where a measurement's pictures are ("thumbnail", "strip"), or null.
void add_addresses(boost::json::object& media, const store::KeptPictures& kept);

/// {"field","current","yours","changed_by","origin","changed_at"}, for a refused or left alone
/// cell.
boost::json::object conflict_json(const store::CellConflict& conflict);

}  // namespace tracker::cloud
