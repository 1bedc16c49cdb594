// The messages about media and footage between the two roles, beside those of the sync
// (sync/messages.hpp).
//
// They came later: a cloud that does not know one answers not_found, and a local role goes on
// without. Nothing of the sync waits for them; each may be lost, doubled or late, and is
// idempotent. Plain values; pure functions.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/episode_plan.hpp"
#include "domain/media_file.hpp"
#include "domain/picture.hpp"

namespace tracker::sync {

inline constexpr std::size_t pictures_in_offer_max = 500;

/// local -> cloud: pictures that local has, of what rows show now.
struct Offer {
  std::string store;
  std::vector<PictureName> pictures;  ///< at most pictures_in_offer_max
};

struct OfferAnswer {
  std::vector<PictureName> wanted;  ///< those the cloud lacks and has room for
  std::vector<PictureName> early;   ///< those no row shows in the cloud, yet: offer them again
};

/// local -> cloud: a picture that was wanted.
struct PictureSent {
  std::string store;
  PictureName name;
  std::string jpeg;  ///< is_jpeg(); Base64 in the JSON
};

/// local -> cloud: the files of no shot, all of it, when it changed. The last one wins.
struct FilesTold {
  std::string store;
  UnmatchedFiles files;
};

/// local -> cloud: what did people give to rows? `known`: MediaPins::number of the last answer.
struct PinsAsked {
  std::string store;
  std::int64_t known = 0;
};

struct PinsAnswer {
  std::optional<MediaPins> pins;  ///< nothing = as it was
};

/// local -> cloud: how long are episodes meant to be? Answered by the EpisodePlans of those of
/// which something is planned.
struct PlansAsked {
  std::string store;
};

boost::json::object to_json(const Offer& message);
boost::json::object to_json(const OfferAnswer& message);
boost::json::object to_json(const PictureSent& message);

Result<Offer> parse_offer(const boost::json::value& json);
Result<OfferAnswer> parse_offer_answer(const boost::json::value& json);
Result<PictureSent> parse_picture_sent(const boost::json::value& json);

boost::json::object to_json(const FilesTold& message);
boost::json::object to_json(const PinsAsked& message);
boost::json::object to_json(const PinsAnswer& message);
Result<FilesTold> parse_files_told(const boost::json::value& json);
Result<PinsAsked> parse_pins_asked(const boost::json::value& json);
Result<PinsAnswer> parse_pins_answer(const boost::json::value& json);

boost::json::object to_json(const PlansAsked& message);
Result<PlansAsked> parse_plans_asked(const boost::json::value& json);

}  // namespace tracker::sync
