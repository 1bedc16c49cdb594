#include "sync/reader.hpp"

#include <fmt/format.h>

namespace tracker::sync {

namespace json = boost::json;

Result<Reader> Reader::of(const json::value& value, std::string_view what) {
  const json::object* object = value.if_object();
  if (object == nullptr) {
    return fail(ErrorCode::invalid_input, fmt::format("{} is a JSON object", what));
  }
  return Reader(*object);
}

std::string Reader::text(std::string_view key) const {
  const json::value* value = find(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::int64_t Reader::integer(std::string_view key, std::int64_t otherwise) const {
  const json::value* value = find(key);
  return value != nullptr && value->is_int64() ? value->get_int64() : otherwise;
}

bool Reader::flag(std::string_view key) const {
  const json::value* value = find(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

Time Reader::time(std::string_view key) const { return parse_rfc3339(text(key)).value_or(Time()); }

Result<std::string> Reader::store() const {
  std::string store = text("store");
  if (store.empty() || store.size() > name_length_max) {
    return fail(ErrorCode::invalid_input,
                fmt::format("store is the journal's id, 1 to {} bytes", name_length_max), {},
                "store");
  }
  return store;
}

Result<const json::array*> Reader::list(std::string_view key, std::size_t length_max) const {
  static const json::array none;
  const json::value* value = find(key);
  if (value == nullptr || value->is_null()) return &none;
  const json::array* array = value->if_array();
  if (array == nullptr) {
    return fail(ErrorCode::invalid_input, fmt::format("{} is a list", key), {}, std::string(key));
  }
  if (array->size() > length_max) {
    return fail(
        ErrorCode::too_large,
        fmt::format("{} holds at most {} items, this has {}", key, length_max, array->size()), {},
        std::string(key));
  }
  return array;
}

}  // namespace tracker::sync
