#include "link/observed.hpp"

#include <boost/json.hpp>

namespace tracker::link {

boost::json::object to_json(const Observed& message) {
  return {{"store", message.store}, {"request", message.request},
          {"n", message.number},    {"generation", message.generation},
          {"rows", message.rows},   {"problem", message.problem}};
}

Result<Observed> parse_observed(const boost::json::value& json) {
  const auto* object = json.if_object();
  if (object == nullptr) return fail(ErrorCode::invalid_input, "observed is not an object");
  const auto text = [object](std::string_view key) {
    const auto* value = object->if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
  };
  const auto number = [object](std::string_view key) {
    const auto* value = object->if_contains(key);
    return value != nullptr && value->is_int64() ? value->get_int64() : 0;
  };
  Observed message;
  message.store = text("store");
  message.request = text("request");
  message.number = number("n");
  message.generation = number("generation");
  message.rows = number("rows");
  message.problem = text("problem");
  if (message.request.empty() || message.request.size() > 64) {
    return fail(ErrorCode::invalid_input, "observed names no request", {}, "request");
  }
  return message;
}

}  // namespace tracker::link
