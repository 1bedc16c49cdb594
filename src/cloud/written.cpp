#include "cloud/written.hpp"

#include <boost/json.hpp>

#include "cloud/entry_json.hpp"

namespace tracker::cloud {

namespace json = boost::json;

void announce(App& app, ChangeNumber head) {
  if (head == 0) return;
  app.studio.announce(head);
  app.events.announce(head);
}

void announce(App& app, const store::Written& written) { announce(app, written.head); }

http::Response written_response(const store::Written& written, Shape shape, int status) {
  json::object out{{"success", true}};
  if (shape == Shape::list) {
    out["data"] = entries_json(written.entries);
  } else if (written.entries.empty()) {
    out["data"] = nullptr;
  } else {
    out["data"] = entry_json(written.entries.front());
  }
  out["batch"] = written.batch_id.empty() ? json::value(nullptr) : json::value(written.batch_id);
  return http::json_response(out, status);
}

}  // namespace tracker::cloud
