// The page, as the program carries it: every file of web/dist with its compressed forms.
//
// The table is made by the build (cmake/EmbedWeb.cmake) and lies in read-only memory: all views
// live as long as the program, and any thread may read them. Built with -DTRACKER_WEB=OFF the table
// is empty. Nothing here can fail.
#pragma once

#include <span>

#include "http/static_assets.hpp"

namespace tracker::http {

/// Sorted by path. The page itself is "/index.html".
std::span<const Asset> web_assets();

}  // namespace tracker::http
