// Delivered against claimed: each thing that speaks against a finished shot has its word.
#include "domain/doubts.hpp"

#include <gtest/gtest.h>

namespace tracker {
namespace {

Entry whole() {
  Entry entry;
  entry.measurement = Measurement{};
  entry.measurement->frames = 48;
  entry.measurement->modified_at = "2026-01-05T10:00:00.000Z";
  entry.measurement->measured_at = "2026-01-09T10:00:00.000Z";
  return entry;
}

using Doubts = std::vector<Doubt>;

TEST(Doubts, a_whole_file_leaves_none) { EXPECT_EQ(doubts_about(whole()), Doubts{}); }

TEST(Doubts, nothing_delivered_is_the_only_one) {
  Entry entry;
  entry.retake_at = parse_rfc3339("2026-01-06T10:00:00Z");
  EXPECT_EQ(doubts_about(entry), Doubts{Doubt::no_file});
}

TEST(Doubts, a_file_from_before_the_last_retake_is_not_what_was_asked_for) {
  Entry entry = whole();
  entry.retake_at = parse_rfc3339("2026-01-05T10:00:00.001Z");
  EXPECT_EQ(doubts_about(entry), Doubts{Doubt::older_than_retake});
  entry.retake_at = parse_rfc3339("2026-01-05T09:59:59Z");
  EXPECT_EQ(doubts_about(entry), Doubts{});
}

TEST(Doubts, a_measurement_without_a_time_of_its_file_counts_by_its_own) {
  Entry entry = whole();
  entry.measurement->modified_at.clear();
  entry.retake_at = parse_rfc3339("2026-01-08T10:00:00Z");
  EXPECT_EQ(doubts_about(entry), Doubts{});
  entry.retake_at = parse_rfc3339("2026-01-10T10:00:00Z");
  EXPECT_EQ(doubts_about(entry), Doubts{Doubt::older_than_retake});
}

TEST(Doubts, what_the_file_lacks_has_a_word_each_and_another_problem_has_one) {
  Entry entry = whole();
  entry.measurement->flags = {"EMPTY", "RATE_NOT_PROJECT"};
  entry.measurement->missing_frames = {{7, 9}};
  entry.measurement->problem = "3 frames are missing: 7-9";
  EXPECT_EQ(doubts_about(entry), (Doubts{Doubt::empty, Doubt::gaps, Doubt::wrong_rate}));
  entry = whole();
  entry.measurement->problem = "the file is cut: 26 frames are there";
  entry.retake_at = parse_rfc3339("2026-01-06T10:00:00Z");
  EXPECT_EQ(doubts_about(entry), (Doubts{Doubt::older_than_retake, Doubt::problem}));
  EXPECT_EQ(name_of(Doubt::problem), "problem");
  EXPECT_EQ(name_of(Doubt::no_file), "no_file");
}

}  // namespace
}  // namespace tracker
