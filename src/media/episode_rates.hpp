// The frame rates of episodes that run at another one than the project: a series at 24 with its
// specials at 25. An episode is named as the rows name it, and found as the matching finds it:
// "EP01", "1" and "ep 1 The Lost Kite" are one, "The Lost Kite" is that title's.
// Plain value; safe on any thread.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/rational.hpp"
#include "core/result.hpp"
#include "media/tokens.hpp"

namespace tracker::media {

class EpisodeRates {
 public:
  /// "EP01=25; EP02=24000/1001"; '' = none. The error names the part and says what to write.
  static Result<EpisodeRates> parse(std::string_view text);

  /// Nothing for an episode that is not named, and for a blank cell.
  std::optional<Rational> rate_of(const CellTokens& episode) const;

  bool operator==(const EpisodeRates&) const = default;

 private:
  struct Rate {
    CellTokens episode;
    Rational rate;
    bool operator==(const Rate&) const = default;
  };
  std::vector<Rate> rates_;
};

}  // namespace tracker::media
