#include "cloud/body.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>

#include "core/text.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;

std::optional<std::int64_t> integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || problem != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::unexpected<Error> wrong(std::string_view key, std::string_view expected) {
  return fail(ErrorCode::invalid_input, fmt::format("{} is {}", key, expected), {},
              std::string(key));
}

const json::value* present(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

}  // namespace

Result<std::int64_t> id_of(const http::Request& request) {
  const auto id = integer(request.path_parameter("id"));
  if (!id || *id <= 0) return fail(ErrorCode::not_found, "there is no such number", {}, "id");
  return *id;
}

Result<json::object> object_body(const http::Request& request, bool may_be_empty) {
  if (request.body.empty() && may_be_empty) return json::object();
  TRY(json::value body, http::parse_json_body(request));
  if (!body.is_object()) return fail(ErrorCode::invalid_input, "the body is a JSON object");
  return std::move(body.get_object());
}

Result<std::optional<std::string>> text_in(const json::object& object, std::string_view key,
                                           std::size_t length_max) {
  const json::value* value = present(object, key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string() || !is_utf8(value->get_string())) return wrong(key, "text");
  if (value->get_string().size() > length_max) {
    return wrong(key, fmt::format("at most {} bytes long", length_max));
  }
  return std::string(value->get_string());
}

Result<std::optional<std::int64_t>> integer_in(const json::object& object, std::string_view key) {
  const json::value* value = present(object, key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_int64()) return wrong(key, "a whole number");
  return value->get_int64();
}

Result<std::optional<bool>> flag_in(const json::object& object, std::string_view key) {
  const json::value* value = present(object, key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) return wrong(key, "true or false");
  return value->get_bool();
}

Result<std::optional<std::vector<std::string>>> texts_in(const json::object& object,
                                                         std::string_view key) {
  constexpr std::size_t texts_max = 100;
  const json::value* value = present(object, key);
  if (value == nullptr) return std::nullopt;
  const json::array* array = value->if_array();
  if (array == nullptr || array->size() > texts_max) return wrong(key, "a list of texts");
  std::vector<std::string> texts;
  for (const json::value& one : *array) {
    if (!one.is_string() || !is_utf8(one.get_string()) || one.get_string().size() > 1024) {
      return wrong(key, "a list of texts");
    }
    texts.push_back(canonical(one.get_string()));
  }
  return texts;
}

Result<std::int64_t> number_in_query(const http::Request& request, std::string_view name,
                                     std::int64_t least, std::int64_t most,
                                     std::int64_t otherwise) {
  const auto text = request.query_value(name);
  if (!text || text->empty()) return otherwise;
  const auto value = integer(*text);
  if (!value || *value < least || *value > most) {
    return wrong(name, fmt::format("a number from {} to {}", least, most));
  }
  return *value;
}

Result<std::optional<ChangeNumber>> version_seen(const http::Request& request) {
  auto header = request.header("If-Match");
  if (!header || *header == "*") return std::nullopt;
  std::string_view text = *header;
  if (text.starts_with("W/")) text.remove_prefix(2);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  const auto version = integer(text);
  if (!version || *version < 0) {
    return fail(ErrorCode::invalid_input, "If-Match is the entry's version, such as \"812\"", {},
                "If-Match");
  }
  return *version;
}

}  // namespace tracker::cloud
