// The SQL of pictures that others send along. Pure.
#pragma once

#include "store/pg_value.hpp"

namespace tracker::store {

/// What no row has shown for a day.
Statement drop_old_pictures();

}  // namespace tracker::store
