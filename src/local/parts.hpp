// What a local role is put together from, whether it runs for months (run) or once (sync_once).
// Thread rule: the io thread of whoever calls.
#pragma once

#include <boost/json/fwd.hpp>
#include <functional>
#include <memory>
#include <string>

#include "link/cloud_link.hpp"
#include "local/actor.hpp"
#include "local/settings.hpp"

namespace tracker::local {

/// 18 random hexadecimal digits.
std::string new_store_name();

/// Creates DATA_DIR, for its owner only.
Status make_data_folder(const std::filesystem::path& folder);

/// What others than the actor want to hear of the link.
struct LinkListeners {
  std::function<void(const Error&)> on_lost = {};  ///< why there is no connection
  std::function<void()> on_news = {};              ///< connected, or the cloud has news
};

/// The link that the settings ask for; what it hears goes to the actor, and is logged. The actor
/// outlives the link.
std::unique_ptr<link::CloudLink> make_link(const Settings& settings, asio::any_io_executor executor,
                                           Actor& actor, LinkListeners listeners = {});

link::LinkSettings link_settings(const Settings& settings);

// What API and command line show, by the same keys.
boost::json::value text_or_null(const std::string& text);
boost::json::object report_json(const sync::Report& report);
boost::json::object preview_json(const sync::Preview& preview);

/// Of a replacement by a workbook without rows.
Error nothing_to_replace_with();

}  // namespace tracker::local
