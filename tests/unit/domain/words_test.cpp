// Canonical text, weeks, rates: what both sides must agree on to the byte.
#include "core/text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/rational.hpp"
#include "core/time.hpp"
#include "domain/fields.hpp"

namespace tracker {
namespace {

TEST(Text, canonical_keeps_everything_but_line_ends_and_outer_blanks) {
  EXPECT_EQ(canonical(" a\r\nb\rc \t"), "a\nb\nc");
  EXPECT_EQ(canonical("001"), "001");
  EXPECT_EQ(canonical("=1+1"), "=1+1");
  EXPECT_EQ(canonical("e\xCC\x81"), "\xC3\xA9");  // NFC
  EXPECT_EQ(canonical("\xFF"), "\xEF\xBF\xBD");
}

RC_GTEST_PROP(Text, canonical_is_a_fixpoint, (const std::string& text)) {
  const std::string once = canonical(text);
  RC_ASSERT(is_utf8(once));
  RC_ASSERT(canonical(once) == once);
}

TEST(Text, headers_compare_without_case_and_gaps) {
  EXPECT_EQ(field_by_header("  EPISODE_title "), Field::episode_title);
  EXPECT_EQ(field_by_header("Week (YYYYMMDD)"), Field::week_yyyymmdd);
  EXPECT_EQ(field_by_header("Budget"), std::nullopt);
}

TEST(Text, a_problem_names_the_limit) {
  EXPECT_EQ(problem_with(Field::shot, ""), "shot may not be blank");
  EXPECT_EQ(problem_with(Field::scene, std::string(51, 'x')),
            "scene holds at most 50 characters, this has 51");
  EXPECT_EQ(problem_with(Field::scene, std::string(50, 'x')), std::nullopt);
  EXPECT_TRUE(problem_with(Field::status, "a\nb"));
  EXPECT_FALSE(problem_with(Field::notes, "a\n\tb"));
  EXPECT_TRUE(problem_with(Field::week_yyyymmdd, "20260230"));
}

TEST(Weeks, follow_iso_8601) {
  EXPECT_EQ(iso_week("20241230"), (IsoWeek{2025, 1}));
  EXPECT_EQ(iso_week("20261231"), (IsoWeek{2026, 53}));
  EXPECT_EQ(iso_week("20270103"), (IsoWeek{2026, 53}));
  EXPECT_EQ(iso_week("hello"), std::nullopt);
}

TEST(Times, are_rfc_3339_in_utc) {
  const auto time = parse_rfc3339("2026-01-03T10:05:00.25+01:00");
  ASSERT_TRUE(time);
  EXPECT_EQ(format_rfc3339(*time), "2026-01-03T09:05:00.250Z");
  EXPECT_FALSE(parse_rfc3339("2026-02-30T00:00:00Z"));
}

TEST(Rates, are_exact) {
  EXPECT_EQ(parse_frame_rate("23.976"), (Rational{24000, 1001}));
  EXPECT_EQ(parse_frame_rate("24"), (Rational{24, 1}));
  EXPECT_EQ(parse_frame_rate("48/2"), (Rational{24, 1}));
  EXPECT_EQ(parse_frame_rate("-1"), std::nullopt);
}

}  // namespace
}  // namespace tracker
