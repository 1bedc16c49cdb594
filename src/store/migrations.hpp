// The numbered migrations of database/migrations, as they were when the program was built.
#pragma once

#include <string_view>
#include <vector>

namespace tracker::store {

struct Migration {
  int number = 0;
  std::string_view name;  ///< "002_change_feed"
  std::string_view sql;   ///< several statements
};

/// In order.
const std::vector<Migration>& migrations();

}  // namespace tracker::store
