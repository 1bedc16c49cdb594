#include "cloud/page.hpp"

#include "http/static_assets.hpp"
#include "http/web_assets.hpp"

namespace tracker::cloud {
Status add_page(http::Router& router, const Settings& settings) {
  if (!settings.web_root.empty()) {
    return http::add_assets_from_folder(router, settings.web_root);
  }
  http::add_assets(router, http::web_assets());
  return {};
}

}  // namespace tracker::cloud
