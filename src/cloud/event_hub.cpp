#include "cloud/event_hub.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "cloud/entry_json.hpp"
#include "core/json_text.hpp"
#include "core/log.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::size_t changes_in_read_max = 5000;
constexpr std::size_t recent_events_max = 10'000;
constexpr std::size_t recent_bytes_max = 16 * 1024 * 1024;
/// From so many rows on, reading all entries at once is cheaper than one by one.
constexpr std::size_t rows_one_by_one_max = 50;
constexpr std::size_t presences_max = 64;  ///< who is slower misses some; they are told again
constexpr auto heartbeat = 20s;
constexpr auto status_period = 2s;
constexpr auto retry_pause = 500ms;

}  // namespace

struct EventHub::Subscriber {
  explicit Subscriber(asio::any_io_executor executor) : news(std::move(executor)) {}
  runtime::Signal news;
};

json::object event_json(const Change& change, const std::optional<Entry>& row_now) {
  json::object out = to_json(change);
  if (!change.after) {
    out["entry"] = nullptr;
    return out;
  }
  if (row_now && row_now->version == change.seq) {
    out["extra"] = to_json(row_now->extra);
    out["entry"] = entry_json(*row_now);
    return out;
  }
  // The row moved on since: it is shown as this change left it.
  Entry entry = row_now.value_or(Entry());
  entry.id = change.entry_id;
  entry.cells = *change.after;
  entry.has_thumbnail = entry.has_strip = false;  // those of the row as it is now
  entry.measurement = change.measurement;
  entry.version = change.seq;
  entry.updated_at = change.at;
  if (!row_now) entry.created_at = change.at;
  out["extra"] = to_json(entry.extra);
  out["entry"] = entry_json(entry);
  return out;
}

EventHub::EventHub(asio::any_io_executor executor, store::Store& store)
    : executor_(executor), store_(store), work_(executor) {}
EventHub::~EventHub() = default;

void EventHub::announce(ChangeNumber head) {
  if (head <= head_) return;
  head_ = head;
  status_asked_ = true;
  work_.notify();
}

void EventHub::status_may_have_changed() {
  status_asked_ = true;
  work_.notify();
}

void EventHub::presence(std::string_view json) {
  presences_.push_back(http::event_text("", "presence", json));
  ++presence_number_;
  if (presences_.size() > presences_max) presences_.pop_front();
  wake_all();
}

std::string EventHub::presences_after(std::uint64_t& seen) const {
  const auto fresh = std::min<std::uint64_t>(presence_number_ - seen, presences_.size());
  seen = presence_number_;
  std::string text;
  for (auto one = presences_.end() - static_cast<std::ptrdiff_t>(fresh); one != presences_.end();
       ++one) {
    text += *one;
  }
  return text;
}

void EventHub::wake_all() {
  for (Subscriber* subscriber : subscribers_) subscriber->news.notify();
}

void EventHub::keep(std::vector<RenderedEvent> events) {
  for (RenderedEvent& event : events) {
    rendered_ = event.seq;
    recent_bytes_ += event.text.size();
    recent_.push_back(std::move(event));
  }
  while (recent_.size() > recent_events_max || recent_bytes_ > recent_bytes_max) {
    recent_bytes_ -= recent_.front().text.size();
    recent_.pop_front();
  }
}

Awaitable<Result<std::vector<RenderedEvent>>> EventHub::render(std::vector<Change> changes) {
  std::set<EntryId> ids;
  for (const Change& change : changes) {
    if (change.after) ids.insert(change.entry_id);
  }
  std::map<EntryId, Entry> rows;
  if (ids.size() > rows_one_by_one_max) {
    CO_TRY(store::EntryList all, co_await store_.list({}));
    for (Entry& entry : all.entries) {
      if (ids.contains(entry.id)) rows.emplace(entry.id, std::move(entry));
    }
  } else {
    for (EntryId id : ids) {
      auto entry = co_await store_.get(id);
      // Deleted since: its delete comes later in the feed.
      if (!entry && entry.error().code == ErrorCode::not_found) continue;
      if (!entry) co_return std::unexpected(entry.error());
      rows.emplace(id, std::move(*entry));
    }
  }
  std::vector<RenderedEvent> events;
  for (const Change& change : changes) {
    const auto row = rows.find(change.entry_id);
    const json::object object =
        event_json(change, row == rows.end() ? std::nullopt : std::optional(row->second));
    events.push_back(
        {change.seq, http::event_text(std::to_string(change.seq), "", json_text(object))});
  }
  co_return events;
}

Awaitable<Status> EventHub::read_feed() {
  if (!started_) {
    CO_TRY(rendered_, co_await store_.head());
    head_ = std::max(head_, rendered_);
    started_ = true;
  }
  while (rendered_ < head_) {
    if (subscribers_.empty()) {
      recent_.clear();
      recent_bytes_ = 0;
      rendered_ = head_;
      break;
    }
    CO_TRY(store::ChangePage page, co_await store_.changes_since(rendered_, changes_in_read_max));
    if (page.changes.empty()) break;
    CO_TRY(std::vector<RenderedEvent> events, co_await render(std::move(page.changes)));
    keep(std::move(events));
    wake_all();
  }
  co_return Status{};
}

Awaitable<void> EventHub::refresh_status() {
  status_asked_ = false;
  if (subscribers_.empty() || !read_status_) co_return;
  auto status = co_await read_status_();
  if (!status) co_return;
  std::string text = http::event_text("", "status", json_text(*status));
  if (text == status_text_) co_return;
  status_text_ = std::move(text);
  ++status_number_;
  wake_all();
}

Awaitable<void> EventHub::run() {
  for (;;) {
    auto status = co_await read_feed();
    if (status) {
      co_await refresh_status();
    } else {
      co_await runtime::sleep_for(retry_pause);
    }
    // Reports of another process's link are seen by looking; nobody watching, nothing to look at.
    if (!co_await work_.wait_for(status_period) && !subscribers_.empty()) status_asked_ = true;
  }
}

Awaitable<Status> EventHub::catch_up(http::EventStream& stream, ChangeNumber& at) {
  while (at < rendered_) {
    const ChangeNumber end = rendered_;
    const bool kept = !recent_.empty() && recent_.front().seq <= at + 1;
    std::vector<RenderedEvent> events;
    if (kept) {
      const auto first = std::upper_bound(
          recent_.begin(), recent_.end(), at,
          [](ChangeNumber seq, const RenderedEvent& event) { return seq < event.seq; });
      const auto count = std::min<std::ptrdiff_t>(recent_.end() - first, 100);
      events.assign(first, first + count);
    } else {
      CO_TRY(store::ChangePage page, co_await store_.changes_since(at, changes_in_read_max));
      CO_TRY(events, co_await render(std::move(page.changes)));
    }
    if (events.empty()) {
      at = end;
      break;
    }
    std::string text;
    for (const RenderedEvent& event : events) text += event.text;
    at = events.back().seq;
    CO_CHECK_OK(co_await stream.write(std::move(text)));
  }
  co_return Status{};
}

Awaitable<bool> EventHub::is_known(http::EventStream& stream, ChangeNumber at) {
  if (at <= rendered_) co_return true;
  auto head = co_await store_.head();
  if (!head) co_return false;
  if (at <= *head) co_return true;
  // The database was restored: what this reader knows never happened. It loads everything again.
  (void)co_await stream.write(http::event_text("", "reset", "{}"));
  co_return false;
}

Awaitable<void> EventHub::serve(http::EventStream& stream, std::optional<ChangeNumber> after) {
  Subscriber self(executor_);
  struct Membership {
    std::list<Subscriber*>& list;
    std::list<Subscriber*>::iterator place;
    ~Membership() { list.erase(place); }
  } member{subscribers_, subscribers_.insert(subscribers_.end(), &self)};

  ChangeNumber at = after.value_or(std::max(rendered_, head_));
  if (!after && !started_) {  // the process has just begun, and has not asked where the feed stands
    const auto head = co_await store_.head();
    if (!head) co_return;
    at = std::max(at, *head);
  }
  if (!co_await is_known(stream, at)) co_return;
  std::uint64_t status_seen = 0;
  std::uint64_t presence_seen = presence_number_;
  status_may_have_changed();
  for (;;) {
    if (!co_await catch_up(stream, at)) co_return;
    if (status_seen != status_number_ && !status_text_.empty()) {
      status_seen = status_number_;
      if (!co_await stream.write(status_text_)) co_return;
    }
    if (presence_seen != presence_number_) {
      if (!co_await stream.write(presences_after(presence_seen))) co_return;
    }
    if (at < rendered_) continue;
    if (!co_await self.news.wait_for(heartbeat)) {
      if (!co_await stream.write(http::comment_text("still here"))) co_return;
    }
  }
}

}  // namespace tracker::cloud
