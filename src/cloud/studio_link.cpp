#include "cloud/studio_link.hpp"

#include <boost/json.hpp>
#include <set>

#include "cloud/app.hpp"
#include "cloud/entry_json.hpp"
#include "core/digest.hpp"
#include "core/log.hpp"
#include "http/guards.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr auto lease_period = 20s;
constexpr std::size_t knock_changes_max = 500;

std::string_view action_of(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::insert:
    case ChangeKind::restore:
      return "create";
    case ChangeKind::remove:
      return "delete";
    case ChangeKind::edit:
    case ChangeKind::media:
      break;
  }
  return "update";
}

/// True for what a person did on the page, by API or SQL: local must hear of it. What came out of
/// the workbook returns to local with its own next pull.
bool concerns_workbook(const Change& change) {
  return change.origin != Origin::excel && change.origin != Origin::media;
}

json::object knock_data(const Change& change) {
  json::object data = to_json(change.after.value_or(change.before.value_or(Cells())));
  data["id"] = change.entry_id;
  data["version"] = change.seq;
  return data;
}

/// The rows whose cells it changes.
std::int64_t rows_touched(const sync::Push& push) {
  std::set<std::pair<EntryId, std::string>> rows;
  for (const Op& op : push.ops) {
    const bool changes_cells = op.kind != OpKind::measure && op.kind != OpKind::lost;
    if (changes_cells) rows.emplace(op.row.id, op.row.uid);
  }
  return static_cast<std::int64_t>(rows.size());
}

}  // namespace

json::object excel_sync_json(const ExcelSync& sync) {
  if (sync.success) {
    return {{"success", true}, {"records", sync.records}, {"durationMs", sync.took.count()}};
  }
  return {{"success", false}, {"error", "Excel file not available"}, {"detail", sync.detail}};
}

StudioLink::StudioLink(asio::any_io_executor executor, store::Store& store,
                       const Settings& settings)
    : executor_(executor),
      store_(store),
      settings_(settings),
      server_(executor, *this),
      news_(executor) {
  if (settings.local_server_url.empty() || !settings.enable_cloud_sync) return;
  link::WakeUpSettings wake_up;
  wake_up.local_url = settings.local_server_url;
  wake_up.api_key = settings.local_server_api_key;
  wake_up.webhook_secret = settings.webhook_secret;
  wake_up.client.proxy = settings.https_proxy;
  wake_ups_ = std::make_unique<link::WakeUps>(executor, std::move(wake_up));
}

void StudioLink::add_routes(http::Router& router) {
  server_.add_routes(router, [this](const http::Request& request) -> std::optional<http::Response> {
    const std::string& key = settings_.local_server_api_key.reveal();
    const auto given = http::api_key_of(request);
    if (key.empty() || !given || !equal_in_constant_time(hex(sha256(*given)), hex(sha256(key)))) {
      wrong_key_at_ = now();
      changed_status();
      return http::error_response(
          Error{ErrorCode::unauthorized, "the studio's key is missing or wrong",
                "API_SECRET of the local server must equal LOCAL_SERVER_API_KEY of the cloud",
                "X-API-Key"});
    }
    wrong_key_at_.reset();
    if (!settings_.enable_cloud_sync) {
      json::object error{{"code", "sync_disabled"},
                         {"message",
                          "the sync is switched off (ENABLE_CLOUD_SYNC=false); changes "
                          "wait in the database"}};
      return http::json_response(json::object{{"success", false}, {"error", std::move(error)}},
                                 503);
    }
    return std::nullopt;
  });
}

void StudioLink::start(runtime::TaskGroup& tasks) {
  tasks.start("link lease", keep_lease());
  tasks.start("link knocks", knock());
  if (wake_ups_) tasks.start("link wake-ups", wake_ups_->run());
}

void StudioLink::changed_status() {
  if (listeners_.on_status) listeners_.on_status();
}

void StudioLink::announce(ChangeNumber head) {
  if (head <= head_) return;
  head_ = head;
  server_.hint(head);
  news_.notify();
}

Awaitable<void> StudioLink::keep_lease() {
  for (;;) {
    co_await runtime::sleep_for(lease_period);
    if (server_.connected() == 0 || store_id_.empty()) continue;
    // A failure is the database being away; local says hello again when it notices.
    (void)co_await store_.heartbeat(store_id_);
  }
}

Awaitable<Status> StudioLink::knock_for_news() {
  if (!head_known_) {
    // What happened before this start, local learns by its own pull.
    CO_TRY(knocked_, co_await store_.head());
    head_known_ = true;
  }
  while (knocked_ < head_) {
    CO_TRY(store::ChangePage page, co_await store_.changes_since(knocked_, knock_changes_max));
    if (page.changes.empty()) break;
    const Change* newest = nullptr;
    for (const Change& change : page.changes) {
      if (concerns_workbook(change)) newest = &change;
    }
    knocked_ = page.changes.back().seq;
    if (newest == nullptr) continue;
    if (server_.connected() > 0) {
      // The hint is out already; local answers it with `applied` when the workbook has it.
      log::info("🚀 CRITICAL: Notifying local server of Railway database change...");
      notified_ = newest->seq;
    } else if (wake_ups_) {
      wake_ups_->notify(std::string(action_of(newest->kind)), knock_data(*newest));
    }
  }
  co_return Status{};
}

Awaitable<void> StudioLink::knock() {
  for (;;) {
    if (co_await knock_for_news()) {
      co_await news_.wait_for(30s);
    } else {
      co_await runtime::sleep_for(1s);
    }
  }
}

Awaitable<Result<sync::HelloAnswer>> StudioLink::hello(sync::Hello message) {
  std::string store_id = message.store;
  const bool peek = message.peek;
  CO_TRY(sync::HelloAnswer answer, co_await store_.hello(std::move(message)));
  if (peek) co_return answer;
  if (answer.outcome == sync::HelloOutcome::ok) store_id_ = std::move(store_id);
  changed_status();
  co_return answer;
}

Awaitable<Result<sync::PullAnswer>> StudioLink::pull(sync::Pull message) {
  co_return co_await store_.pull(std::move(message));
}

Awaitable<Result<sync::PushAnswer>> StudioLink::push(sync::Push message) {
  const std::int64_t rows = rows_touched(message);
  CO_TRY(sync::PushAnswer answer, co_await store_.push(std::move(message)));
  if (answer.outcome == sync::PushOutcome::applied) {
    if (rows > 0) {
      log::info("📥 Found {} records in local Excel file", workbook_rows_.value_or(rows));
      log::info("✅ Railway database updated from Excel file");
    }
    auto head = co_await store_.head();
    if (head && listeners_.on_head) listeners_.on_head(*head);
  }
  co_return answer;
}

Awaitable<Status> StudioLink::applied(sync::Applied message) {
  const ChangeNumber seq = message.seq;
  CO_CHECK_OK(co_await store_.applied(std::move(message)));
  if (notified_ > confirmed_ && seq >= notified_) {
    confirmed_ = notified_;
    log::info("✅ Local server notified of new Railway entry");
  }
  changed_status();
  co_return Status{};
}

Awaitable<Status> StudioLink::decide(sync::Decide message) {
  CO_TRY(const store::HeldOutcome outcome, co_await store_.decide(std::move(message)));
  if (outcome.written.head != 0 && listeners_.on_head) listeners_.on_head(outcome.written.head);
  changed_status();
  co_return Status{};
}

Awaitable<Status> StudioLink::report(sync::Report message) {
  if (message.workbook_available) workbook_rows_ = message.rows;
  CO_CHECK_OK(co_await store_.report(std::move(message)));
  changed_status();
  co_return Status{};
}

Awaitable<Status> StudioLink::observed(link::Observed message) {
  workbook_rows_ = message.rows;
  co_return Status{};
}

Awaitable<Result<sync::OfferAnswer>> StudioLink::offer(sync::Offer message) {
  co_return co_await store_.offer(std::move(message));
}

Awaitable<Status> StudioLink::picture(sync::PictureSent message) {
  co_return co_await store_.put_picture(std::move(message.name), std::move(message.jpeg));
}

Awaitable<Status> StudioLink::files(sync::FilesTold message) {
  CO_CHECK_OK(co_await store_.tell_unmatched(std::move(message)));
  changed_status();
  co_return Status{};
}

Awaitable<Result<sync::PinsAnswer>> StudioLink::pins(sync::PinsAsked message) {
  CO_TRY(MediaPins pins, co_await store_.pins());
  if (pins.number == message.known) co_return sync::PinsAnswer{};
  co_return sync::PinsAnswer{std::move(pins)};
}

Awaitable<Result<EpisodePlans>> StudioLink::plans(sync::PlansAsked) {
  CO_TRY(const store::FootageSummary footage, co_await store_.summary({}, {}));
  EpisodePlans plans;
  for (const store::FootageGroup& episode : footage.episodes) {
    if (plans.size() == episode_plans_max) break;
    EpisodePlan plan{episode.project_type, episode.episode_title, {}, episode.frames_target};
    if (episode.shots_planned > 0) plan.frames_planned = episode.frames_planned;
    if (plan.frames_planned || plan.frames_target) plans.push_back(std::move(plan));
  }
  co_return std::move(plans);
}

void StudioLink::connections_changed(std::size_t connected) {
  log::info("studio's local server: {}", connected == 0 ? "disconnected" : "connected");
  if (connected == 0) lost_at_ = now();
  changed_status();
}

}  // namespace tracker::cloud
