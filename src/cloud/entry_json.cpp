#include "cloud/entry_json.hpp"

#include <boost/json.hpp>

#include "domain/doubts.hpp"

namespace tracker::cloud {

namespace json = boost::json;

json::object entry_json(const Entry& entry) {
  json::object out = to_json(entry);
  if (json::object* media = out["media"].if_object()) {
    const std::string& digest = entry.measurement->source_digest;
    add_addresses(*media, {digest, entry.has_thumbnail, entry.has_strip});
  }
  json::array& doubts = out["doubts"].emplace_array();
  for (const Doubt doubt : doubts_about(entry)) doubts.emplace_back(name_of(doubt));
  return out;
}

void add_addresses(json::object& media, const store::KeptPictures& kept) {
  const auto address = [&kept](bool is_kept, Picture picture) {
    const std::string text = "/api/media/" + to_string(PictureName{kept.source_digest, picture});
    return is_kept ? json::value(json::string(text)) : json::value(nullptr);
  };
  media["thumbnail"] = address(kept.thumbnail, Picture::thumbnail);
  media["strip"] = address(kept.strip, Picture::strip);
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
