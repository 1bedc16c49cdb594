#include "sync/media_messages.hpp"

#include <boost/json.hpp>

#include "core/base64.hpp"
#include "sync/reader.hpp"

namespace tracker::sync {
namespace {

namespace json = boost::json;

json::array names_json(const std::vector<PictureName>& names) {
  json::array out;
  for (const PictureName& name : names) out.push_back(json::string(to_string(name)));
  return out;
}

Result<PictureName> parse_name(const json::value& value) {
  const json::string* text = value.if_string();
  const auto name = text != nullptr ? parse_picture_name(*text) : std::nullopt;
  if (name) return *name;
  return fail(ErrorCode::invalid_input, "a picture is named <digest>/thumbnail or <digest>/strip",
              {}, "pictures");
}

Result<std::vector<PictureName>> names_in(const Reader& in, std::string_view key) {
  TRY(const json::array* list, in.list(key, pictures_in_offer_max));
  std::vector<PictureName> names;
  names.reserve(list->size());
  for (const json::value& one : *list) {
    TRY(PictureName name, parse_name(one));
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

json::object to_json(const Offer& m) {
  return {{"store", m.store}, {"pictures", names_json(m.pictures)}};
}

json::object to_json(const OfferAnswer& m) {
  return {{"wanted", names_json(m.wanted)}, {"early", names_json(m.early)}};
}

json::object to_json(const PictureSent& m) {
  return {{"store", m.store}, {"picture", to_string(m.name)}, {"jpeg", base64(m.jpeg)}};
}

Result<Offer> parse_offer(const json::value& value) {
  TRY(Reader in, Reader::of(value, "an offer"));
  Offer m;
  TRY(m.store, in.store());
  TRY(m.pictures, names_in(in, "pictures"));
  return m;
}

Result<OfferAnswer> parse_offer_answer(const json::value& value) {
  TRY(Reader in, Reader::of(value, "the answer to an offer"));
  OfferAnswer m;
  TRY(m.wanted, names_in(in, "wanted"));
  TRY(m.early, names_in(in, "early"));
  return m;
}

Result<PictureSent> parse_picture_sent(const json::value& value) {
  TRY(Reader in, Reader::of(value, "a picture"));
  PictureSent m;
  TRY(m.store, in.store());
  TRY(m.name, parse_name(json::string(in.text("picture"))));
  m.jpeg = from_base64(in.text("jpeg"));
  if (!is_jpeg(m.jpeg)) {
    return fail(ErrorCode::invalid_input, "a picture is a JPEG of at most 120,000 bytes", {},
                "jpeg");
  }
  return m;
}

json::object to_json(const FilesTold& m) {
  return {{"store", m.store}, {"unmatched", tracker::to_json(m.files)}};
}

json::object to_json(const PinsAsked& m) { return {{"store", m.store}, {"known", m.known}}; }

json::object to_json(const PinsAnswer& m) {
  return m.pins ? tracker::to_json(*m.pins) : json::object();
}

Result<FilesTold> parse_files_told(const json::value& value) {
  TRY(Reader in, Reader::of(value, "files"));
  FilesTold m;
  TRY(m.store, in.store());
  const json::value* files = in.find("unmatched");
  TRY(m.files, parse_unmatched_files(files == nullptr ? json::value() : *files));
  return m;
}

Result<PinsAsked> parse_pins_asked(const json::value& value) {
  TRY(Reader in, Reader::of(value, "pins"));
  PinsAsked m;
  TRY(m.store, in.store());
  m.known = in.integer("known");
  return m;
}

Result<PinsAnswer> parse_pins_answer(const json::value& value) {
  TRY(Reader in, Reader::of(value, "the answer to pins"));
  PinsAnswer m;
  if (in.find("pins") != nullptr) {
    TRY(m.pins, parse_media_pins(value));
  }
  return m;
}

json::object to_json(const PlansAsked& m) { return {{"store", m.store}}; }

Result<PlansAsked> parse_plans_asked(const json::value& value) {
  TRY(Reader in, Reader::of(value, "plans"));
  PlansAsked m;
  TRY(m.store, in.store());
  return m;
}

}  // namespace tracker::sync
