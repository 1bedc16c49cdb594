// JSON text as people and spreadsheets read it: numbers in plain decimals (1.458333), where
// Boost.JSON writes 1.458333E0. Otherwise the same text. Pure; safe on any thread.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

namespace tracker {

/// The shortest text that reads back as the same number. REQUIRES: no NaN, no infinity.
std::string json_text(const boost::json::value& value);

}  // namespace tracker
