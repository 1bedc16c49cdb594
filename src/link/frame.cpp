#include "link/frame.hpp"

#include <boost/json.hpp>

namespace tracker::link {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::int64_t integer_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

ErrorCode code_by_name(std::string_view name, ErrorCode otherwise) {
  for (int i = 0; i <= static_cast<int>(ErrorCode::internal); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    if (name_of(code) == name) return code;
  }
  return otherwise;
}

}  // namespace

std::string request_frame(std::int64_t id, std::string_view type, json::object body) {
  return json::serialize(json::object{{"id", id}, {"type", type}, {"body", std::move(body)}});
}

std::string answer_frame(std::int64_t id, json::object body) {
  return request_frame(id, "answer", std::move(body));
}

std::string error_frame(std::int64_t id, const Error& error) {
  json::object inner{{"code", name_of(error.code)}, {"message", error.what}};
  if (!error.hint.empty()) inner["hint"] = error.hint;
  if (!error.where.empty()) inner["field"] = error.where;
  return json::serialize(json::object{{"id", id}, {"type", "error"}, {"error", std::move(inner)}});
}

std::string hint_frame(ChangeNumber head) {
  return json::serialize(json::object{{"type", "hint"}, {"head", head}});
}

std::string observe_frame(std::string_view request) {
  return json::serialize(json::object{{"type", "observe"}, {"request", request}});
}

Result<json::value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = 32;
  boost::system::error_code problem;
  auto value = json::parse({text.data(), text.size()}, problem, {}, options);
  if (problem) return fail(ErrorCode::invalid_input, "not JSON: " + problem.message());
  return value;
}

Error parse_error(const json::value& json, ErrorCode otherwise) {
  const auto* object = json.if_object();
  if (object == nullptr)
    return {otherwise, json.is_string() ? std::string(json.get_string()) : "", {}, {}};
  return {code_by_name(text_of(*object, "code"), otherwise), text_of(*object, "message"),
          text_of(*object, "hint"), text_of(*object, "field")};
}

Result<Frame> parse_frame(std::string_view text) {
  TRY(auto value, parse_json(text));
  auto* object = value.if_object();
  if (object == nullptr) return fail(ErrorCode::invalid_input, "a message is a JSON object");
  Frame frame;
  frame.id = integer_of(*object, "id");
  frame.type = text_of(*object, "type");
  frame.head = integer_of(*object, "head");
  frame.request = text_of(*object, "request");
  if (frame.type.empty()) return fail(ErrorCode::invalid_input, "a message has a type", {}, "type");
  if (auto* body = object->if_contains("body")) frame.body = std::move(*body);
  if (const auto* error = object->if_contains("error")) {
    frame.error = parse_error(*error, ErrorCode::internal);
  }
  return frame;
}

}  // namespace tracker::link
