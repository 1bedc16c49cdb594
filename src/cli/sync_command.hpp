// What `sync` prints, from the JSON that the local role's API and a sync without it give alike.
// Pure; main thread.
#pragma once

#include <boost/json/object.hpp>
#include <string>

namespace tracker::cli {

/// The cell diff, for people: a line for each cell or row, by side, and what waits.
std::string preview_text(const boost::json::object& preview);

/// True if the preview holds something that would change.
bool changes_anything(const boost::json::object& preview);

/// Why workbook and database are not equal after a sync; '' = they are.
std::string what_waits(const boost::json::object& report);

}  // namespace tracker::cli
