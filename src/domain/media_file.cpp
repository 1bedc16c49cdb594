#include "domain/media_file.hpp"

#include <boost/json.hpp>

#include "domain/json_read.hpp"

namespace tracker {
namespace {

namespace json = boost::json;

constexpr std::size_t fits_max = 4;

/// The objects of the list under `key`, or an error if it is none, or longer than `length_max`.
Result<std::vector<const json::object*>> objects_in(const json::value& value, std::string_view key,
                                                    std::size_t length_max) {
  const json::object* object = value.if_object();
  const json::value* list = object == nullptr ? nullptr : object->if_contains(key);
  if (list == nullptr || !list->is_array() || list->get_array().size() > length_max) {
    return fail(ErrorCode::invalid_input, std::string(key) + " is no list, or too long", {},
                std::string(key));
  }
  std::vector<const json::object*> out;
  for (const json::value& one : list->get_array()) {
    const std::string path = one.is_object() ? text_of(one.get_object(), "path") : std::string();
    if (path.empty() || path.size() > media_path_bytes_max) {
      return fail(ErrorCode::invalid_input, "a file has a path of at most 4096 bytes", {}, "path");
    }
    out.push_back(&one.get_object());
  }
  return out;
}

}  // namespace

json::object to_json(const UnmatchedFiles& files) {
  json::array list;
  for (const UnmatchedFile& file : files.newest) {
    list.push_back(json::object{{"path", file.path},
                                {"kind", file.kind},
                                {"fits", json::array(file.fits.begin(), file.fits.end())},
                                {"modified_at", file.modified_at}});
  }
  return {{"total", files.total}, {"files", std::move(list)}};
}

Result<UnmatchedFiles> parse_unmatched_files(const json::value& value) {
  TRY(const auto objects, objects_in(value, "files", unmatched_files_max));
  UnmatchedFiles files;
  files.total = integer_of(value.get_object(), "total");
  for (const json::object* object : objects) {
    UnmatchedFile file{
        text_of(*object, "path"), text_of(*object, "kind"), {}, text_of(*object, "modified_at")};
    const json::value* fits = object->if_contains("fits");
    for (std::size_t i = 0;
         fits != nullptr && fits->is_array() && i < fits->get_array().size() && i < fits_max; ++i) {
      if (const json::string* shot = fits->get_array()[i].if_string())
        file.fits.emplace_back(*shot);
    }
    files.newest.push_back(std::move(file));
  }
  return files;
}

json::object to_json(const MediaPins& pins) {
  json::array list;
  for (const MediaPin& pin : pins.pins) {
    list.push_back(json::object{{"path", pin.path}, {"entry_id", pin.entry_id}});
  }
  return {{"number", pins.number}, {"pins", std::move(list)}};
}

Result<MediaPins> parse_media_pins(const json::value& value) {
  TRY(const auto objects, objects_in(value, "pins", pins_max));
  MediaPins pins;
  pins.number = integer_of(value.get_object(), "number");
  for (const json::object* object : objects) {
    pins.pins.push_back({text_of(*object, "path"), integer_of(*object, "entry_id")});
  }
  return pins;
}

}  // namespace tracker
