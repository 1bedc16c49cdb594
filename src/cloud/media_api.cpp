// What the folders of renders have to show: small pictures, files of no shot and whose they are.
#include <boost/json.hpp>

#include "cloud/access.hpp"
#include "cloud/body.hpp"
#include "cloud/endpoints.hpp"
#include "cloud/entry_json.hpp"
#include "core/text.hpp"

namespace tracker::cloud {
namespace {

namespace json = boost::json;

constexpr std::size_t pictures_in_answer_max = 1000;

/// What stands under a digest never changes: an address with one may be kept for ever.
constexpr std::string_view for_ever = "private, max-age=31536000, immutable";
constexpr std::string_view ask_again = "private, no-cache";

/// ":id" is the digest of what was measured, or an entry's number: then its newest is meant.
Awaitable<Result<std::string>> digest_of(App& app, const http::Request& request) {
  if (is_source_digest(request.path_parameter("id"))) co_return request.path_parameter("id");
  CO_TRY(const std::int64_t id, id_of(request));
  CO_TRY(Entry entry, co_await app.store.get(id));
  if (entry.measurement) co_return std::move(entry.measurement->source_digest);
  co_return fail(ErrorCode::not_found, "nothing was measured for this entry", {}, "id");
}

Awaitable<Result<http::Response>> picture_response(App& app, const http::Request& request,
                                                   Picture picture) {
  CO_TRY(std::string digest, co_await digest_of(app, request));
  const bool is_fixed = digest == request.path_parameter("id");
  const PictureName name{std::move(digest), picture};
  const std::string tag = "\"" + to_string(name) + "\"";
  http::Response response;
  response.headers = {{"ETag", tag},
                      {"Cache-Control", std::string(is_fixed ? for_ever : ask_again)}};
  if (request.header("If-None-Match").value_or("") == tag) {
    response.status = 304;
    co_return response;
  }
  CO_TRY(response.body, co_await app.store.picture(name));
  response.content_type = "image/jpeg";
  co_return response;
}

Awaitable<http::Response> picture_of(App& app, Call call, Picture picture) {
  auto response = co_await picture_response(app, call.request, picture);
  if (!response) co_return refuse(response.error(), call.request);
  co_return std::move(*response);
}

}  // namespace

Awaitable<http::Response> thumbnail(App& app, Call call) {
  return picture_of(app, std::move(call), Picture::thumbnail);
}

Awaitable<http::Response> strip(App& app, Call call) {
  return picture_of(app, std::move(call), Picture::strip);
}

Awaitable<http::Response> list_pictures(App& app, Call call) {
  auto after = number_in_query(call.request, "after", 0, INT64_MAX, 0);
  if (!after) co_return refuse(after.error(), call.request);
  auto list = co_await app.store.pictures_since(*after, pictures_in_answer_max);
  if (!list) co_return refuse(list.error(), call.request);
  json::array data;
  for (const store::KeptPictures& kept : list->kept) {
    json::object one{{"source_digest", kept.source_digest}};
    add_addresses(one, kept);
    data.push_back(std::move(one));
  }
  co_return http::json_response(
      json::object{{"success", true}, {"data", std::move(data)}, {"pictures", list->number}});
}

Awaitable<http::Response> list_unmatched(App& app, Call call) {
  auto files = co_await app.store.unmatched();
  if (!files) co_return refuse(files.error(), call.request);
  auto pins = co_await app.store.pins();
  if (!pins) co_return refuse(pins.error(), call.request);
  co_return http::json_response(json::object{{"success", true},
                                             {"data", to_json(*files)["files"]},
                                             {"total", files->total},
                                             {"pins", to_json(*pins)["pins"]}});
}

Awaitable<http::Response> put_pin(App& app, Call call) {
  auto body = object_body(call.request);
  if (!body) co_return refuse(body.error(), call.request);
  auto path = text_in(*body, "path", media_path_bytes_max);
  if (!path) co_return refuse_value(path.error());
  auto entry = integer_in(*body, "entry_id");
  if (!entry) co_return refuse_value(entry.error());
  if (!*path || (*path)->empty()) {
    co_return refuse_value(Error{ErrorCode::invalid_input, "path is missing", {}, "path"});
  }
  auto done = co_await app.store.pin(canonical(**path), *entry, call.caller.who());
  if (!done) co_return refuse(done.error(), call.request);
  co_return http::json_response(json::object{{"success", true}});
}

}  // namespace tracker::cloud
