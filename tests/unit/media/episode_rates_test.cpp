#include "media/episode_rates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tracker::media {
namespace {

using testing::HasSubstr;

std::optional<Rational> rate_of(std::string_view rates, std::string_view episode) {
  const auto parsed = EpisodeRates::parse(rates);
  EXPECT_TRUE(parsed.has_value()) << rates;
  return parsed->rate_of(episode_cell(episode));
}

std::string problem(std::string_view rates) {
  const auto parsed = EpisodeRates::parse(rates);
  EXPECT_FALSE(parsed.has_value()) << rates;
  return parsed ? std::string() : parsed.error().what + ": " + parsed.error().hint;
}

TEST(EpisodeRates, AreFoundAsTheMatchingFindsEpisodes) {
  constexpr std::string_view rates = "EP01 = 25; EP02=24000/1001 ;The Lost Kite=23.976;";
  EXPECT_EQ(rate_of(rates, "EP01"), (Rational{25, 1}));
  EXPECT_EQ(rate_of(rates, "ep 1 Pilot"), (Rational{25, 1}));
  EXPECT_EQ(rate_of(rates, "Episode 2"), (Rational{24000, 1001}));
  EXPECT_EQ(rate_of(rates, "the_lost kite"), (Rational{24000, 1001}));
  EXPECT_EQ(rate_of(rates, "EP03"), std::nullopt);
  EXPECT_EQ(rate_of(rates, "EP10"), std::nullopt);
  EXPECT_EQ(rate_of(rates, ""), std::nullopt);
  EXPECT_EQ(rate_of("", "EP01"), std::nullopt);
}

TEST(EpisodeRates, ThatAreMalformedNameThePartAndSayWhatToWrite) {
  EXPECT_EQ(problem("EP01=25; EP02 24"),
            "\"EP02 24\" has no = between episode and rate: write each episode with its frames per "
            "second, such as EP01=25; EP02=24000/1001");
  EXPECT_THAT(problem("EP01=fast"), HasSubstr("\"EP01=fast\" gives no frame rate"));
  EXPECT_THAT(problem("EP01=0"), HasSubstr("gives no frame rate"));
  EXPECT_THAT(problem("EP01=24/0"), HasSubstr("gives no frame rate"));
  EXPECT_THAT(problem("=25"), HasSubstr("names no episode"));
  EXPECT_THAT(problem("EP01=25; ep_1=24"),
              HasSubstr("\"ep_1=24\" names an episode that has its rate already"));
  std::string endless;
  for (int episode = 0; episode <= 1'000; ++episode) endless += std::to_string(episode) + "=25;";
  EXPECT_THAT(problem(endless), HasSubstr("\"1000=25\" is one of more than 1,000"));
}

}  // namespace
}  // namespace tracker::media
