#include "local/parts.hpp"

#include <openssl/rand.h>

#include <boost/json.hpp>

#include "core/digest.hpp"
#include "core/log.hpp"
#include "disk/file.hpp"

namespace tracker::local {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string new_store_name() {
  std::array<unsigned char, 9> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  return hex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

Status make_data_folder(const fs::path& folder) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem) return disk::system_error("can't create DATA_DIR", folder, problem.value());
  fs::permissions(folder, fs::perms::owner_all, problem);
  return {};
}

link::LinkSettings link_settings(const Settings& settings) {
  link::LinkSettings out;
  out.cloud_url = settings.railway_app_url;
  out.api_key = settings.api_secret;
  out.client.proxy = settings.https_proxy;
  return out;
}

std::unique_ptr<link::CloudLink> make_link(const Settings& settings, asio::any_io_executor executor,
                                           Actor& actor, LinkListeners listeners) {
  link::LinkEvents events;
  events.on_hint = [&actor, on_news = listeners.on_news](ChangeNumber head) {
    actor.post(sync::Hinted{head});
    if (head == 0 && on_news) on_news();
  };
  events.on_observe_request = [&actor](std::string request) {
    actor.observe_for_cloud(std::move(request));
  };
  events.on_connected = [&actor, on_news = listeners.on_news, url = settings.railway_app_url] {
    log::info("connected to {}", url);
    actor.link_connected();
    if (on_news) on_news();
  };
  events.on_disconnected = [&actor, on_lost = std::move(listeners.on_lost),
                            url = settings.railway_app_url](const Error& reason) {
    log::warning("not connected to {}: {}", url, describe(reason));
    actor.post(sync::LinkDown{reason.what});
    if (on_lost) on_lost(reason);
  };
  return settings.webhook_mode
             ? link::make_http_link(std::move(executor), link_settings(settings), std::move(events))
             : link::make_socket_link(std::move(executor), link_settings(settings),
                                      std::move(events));
}

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object report_json(const sync::Report& report) {
  json::array waiting;
  for (const sync::Waiting& one : report.quarantined) {
    waiting.push_back(json::object{{"where", one.where}, {"reason", one.reason}});
  }
  return {{"rows", report.rows},
          {"workbookOpenBy", text_or_null(report.open_by)},
          {"pendingToWorkbook", report.pending_to_workbook},
          {"pendingToCloud", report.pending_to_cloud},
          {"waiting", std::move(waiting)},
          {"problem", text_or_null(report.problem)}};
}

json::object preview_json(const sync::Preview& preview) {
  json::object out = sync::to_json(preview);
  for (const auto& [key, value] : report_json(preview.report)) out[key] = value;
  return out;
}

Error nothing_to_replace_with() {
  return {ErrorCode::conflict,
          "the workbook has no rows: the database is not replaced by nothing",
          "delete the rows on the page if that is meant",
          {}};
}

}  // namespace tracker::local
