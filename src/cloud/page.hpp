// The page: from the program itself, or from a folder while one works on it.
#pragma once

#include "cloud/settings.hpp"
#include "http/router.hpp"

namespace tracker::cloud {

/// Adds the catch-all route. Fails only if --web-root can't be read.
Status add_page(http::Router& router, const Settings& settings);

}  // namespace tracker::cloud
