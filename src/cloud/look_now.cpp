// "Look at the workbook now": over the WebSocket by observe/observed, in webhook mode by fetching
// excel-data through the tunnel. Either way local pushes what it found, and we wait for that.
#include <boost/json.hpp>

#include "cloud/studio_link.hpp"
#include "core/log.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// ngrok's free plan has 20,000 requests a month: one look serves everybody for a while.
constexpr auto tunnel_look_period = 150s;
constexpr auto applied_poll_period = 10ms;

std::chrono::milliseconds since(steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - start);
}

ExcelSync not_available(std::string detail) {
  ExcelSync sync;
  sync.detail = std::move(detail);
  return sync;
}

std::int64_t integer_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

Awaitable<bool> StudioLink::wait_until_applied(std::int64_t number,
                                               std::chrono::milliseconds limit) {
  const auto start = steady_clock::now();
  for (;;) {
    auto state = co_await store_.link_state();
    if (state && state->applied_number >= number) co_return true;
    if (since(start) >= limit) co_return false;
    co_await runtime::sleep_for(applied_poll_period);
  }
}

Awaitable<ExcelSync> StudioLink::look_through_tunnel(std::chrono::milliseconds limit) {
  const auto start = steady_clock::now();
  const bool metered = settings_.local_server_url.find("ngrok") != std::string::npos;
  if (metered && last_tunnel_look_ && start - last_tunnel_look_at_ < tunnel_look_period) {
    co_return *last_tunnel_look_;
  }
  auto data = co_await wake_ups_->fetch_excel_data(limit);
  if (!data) co_return not_available(describe(data.error()));
  const json::value* success = data->if_contains("success");
  if (success == nullptr || !success->is_bool() || !success->get_bool()) {
    const std::string detail = text_of(*data, "detail");
    co_return not_available(detail.empty() ? "the local server can't read its workbook" : detail);
  }
  const json::value* pushed = data->if_contains("sync");
  const std::int64_t number =
      pushed != nullptr && pushed->is_object() ? integer_of(pushed->get_object(), "n") : 0;
  const auto left = std::max(limit - since(start), 0ms);
  if (!co_await wait_until_applied(number, left)) {
    co_return not_available(
        "the local server read its workbook, but its changes did not arrive: "
        "check RAILWAY_APP_URL there");
  }
  ExcelSync sync{true, integer_of(*data, "count"), since(start), {}};
  last_tunnel_look_ = sync;
  last_tunnel_look_at_ = start;
  co_return sync;
}

Awaitable<ExcelSync> StudioLink::look_now(std::chrono::milliseconds limit) {
  if (!settings_.enable_cloud_sync) {
    co_return not_available("the sync is switched off (ENABLE_CLOUD_SYNC=false)");
  }
  const auto start = steady_clock::now();
  ExcelSync sync;
  if (server_.connected() > 0) {
    auto seen = co_await server_.observe(limit);
    if (!seen) co_return not_available(describe(seen.error()));
    if (!seen->problem.empty()) co_return not_available(seen->problem);
    const auto left = std::max(limit - since(start), 0ms);
    if (!co_await wait_until_applied(seen->number, left)) {
      co_return not_available("the workbook was read, but its changes did not arrive in time");
    }
    sync = ExcelSync{true, seen->rows, since(start), {}};
  } else if (wake_ups_) {
    sync = co_await look_through_tunnel(limit);
  } else {
    co_return not_available(
        "no local server is connected: start `animation-tracker local` in the studio, or set "
        "LOCAL_SERVER_URL");
  }
  if (sync.success) {
    log::info("📥 Found {} records in local Excel file", sync.records);
    log::info("✅ Railway database updated from Excel file");
  }
  co_return sync;
}

}  // namespace tracker::cloud
