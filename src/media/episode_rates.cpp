#include "media/episode_rates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/text.hpp"

namespace tracker::media {
namespace {

constexpr std::size_t episodes_max = 1'000;

bool is_blank(const CellTokens& episode) { return episode.number.empty() && episode.text.empty(); }

std::unexpected<Error> refuse(std::string_view part, std::string_view why) {
  return fail(ErrorCode::invalid_input, fmt::format("\"{}\" {}", part, why),
              "write each episode with its frames per second, such as EP01=25; EP02=24000/1001");
}

}  // namespace

Result<EpisodeRates> EpisodeRates::parse(std::string_view text) {
  EpisodeRates out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string part = canonical(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (part.empty()) continue;
    const std::size_t sign = part.rfind('=');
    if (sign == std::string::npos) return refuse(part, "has no = between episode and rate");
    CellTokens episode = episode_cell(std::string_view(part).substr(0, sign));
    if (is_blank(episode)) return refuse(part, "names no episode");
    const auto rate = parse_frame_rate(canonical(std::string_view(part).substr(sign + 1)));
    if (!rate) return refuse(part, "gives no frame rate");
    if (out.rate_of(episode)) return refuse(part, "names an episode that has its rate already");
    if (out.rates_.size() >= episodes_max) return refuse(part, "is one of more than 1,000");
    out.rates_.push_back({std::move(episode), *rate});
  }
  return out;
}

std::optional<Rational> EpisodeRates::rate_of(const CellTokens& episode) const {
  if (is_blank(episode)) return std::nullopt;
  const auto found = std::ranges::find_if(
      rates_, [&](const Rate& one) { return same_episode(one.episode, episode); });
  return found != rates_.end() ? std::optional(found->rate) : std::nullopt;
}

}  // namespace tracker::media
