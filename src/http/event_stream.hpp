// EventStream: one open answer of Server-Sent Events.
//
// A handler decides first (an ordinary Response refuses), then open()s and write()s. A write waits
// until the kernel took the bytes, so a slow reader slows its own handler only; a reader that takes
// nothing for 30 s is cut. When the browser goes away, or the server drains, the handler is
// cancelled where it waits. Thread rule: the io thread; one write at a time.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "http/message.hpp"
#include "runtime/asio.hpp"

namespace tracker::http {

class EventStream {
 public:
  virtual ~EventStream() = default;

  /// Sends status 200 and the headers; `headers` are added to text/event-stream's own.
  virtual Awaitable<Status> open(Headers headers = {}) = 0;
  /// Text as event_text() or comment_text() make it; opens the stream if nobody did.
  virtual Awaitable<Status> write(std::string text) = 0;
  virtual bool is_open() const = 0;
};

/// "id: 17\nevent: change\ndata: {…}\n\n"; id and event may be ''. Line feeds in data are kept.
std::string event_text(std::string_view id, std::string_view event, std::string_view data);

/// A line that clients ignore: keeps proxies from closing a quiet stream. Send one every 25 s.
std::string comment_text(std::string_view text);

}  // namespace tracker::http
