// Observed: local's answer when the cloud asked it to look at the workbook now (design/sync.md §4).
// Plain value; pure functions.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <string>

#include "core/result.hpp"

namespace tracker::link {

struct Observed {
  std::string store;
  std::string request;      ///< the id that the cloud gave
  std::int64_t number = 0;  ///< everything seen is in pushes up to this one
  std::int64_t generation = 0;
  std::int64_t rows = 0;  ///< records in the workbook
  std::string problem;    ///< '' = the workbook was read
  bool operator==(const Observed&) const = default;
};

boost::json::object to_json(const Observed& message);
Result<Observed> parse_observed(const boost::json::value& json);

}  // namespace tracker::link
