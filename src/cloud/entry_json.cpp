#include "cloud/entry_json.hpp"

#include <boost/json.hpp>

namespace tracker::cloud {

namespace json = boost::json;

json::object entry_json(const Entry& entry) {
  json::object out = to_json(entry);
  // No pictures are made yet, so there is no address that would answer.
  if (json::object* media = out["media"].if_object()) (*media)["thumbnail"] = nullptr;
  return out;
}

json::array entries_json(const std::vector<Entry>& entries) {
  json::array out;
  out.reserve(entries.size());
  for (const Entry& entry : entries) out.push_back(entry_json(entry));
  return out;
}

json::object conflict_json(const store::CellConflict& conflict) {
  return {{"field", spec(conflict.field).column_name},
          {"current", conflict.current},
          {"yours", conflict.wanted},
          {"changed_by", conflict.changed_by},
          {"origin", name_of(conflict.origin)},
          {"changed_at", format_rfc3339(conflict.changed_at)}};
}

}  // namespace tracker::cloud
