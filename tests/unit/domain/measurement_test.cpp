#include "domain/measurement.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tracker {
namespace {

namespace json = boost::json;

Result<Measurement> read_back(const Measurement& measurement) {
  return parse_measurement(json::parse(json::serialize(to_json(measurement))));
}

TEST(Measurement, KeepsWhatTheFileHoldsBesideTheShotsLength) {
  Measurement m;
  m.frames = 24;
  m.file_frames = 40;
  m.frame_rate = Rational{24, 1};
  m.duration = Rational{1, 1};
  m.start = Rational{1, 2};
  m.missing_frames = {{1003, 1004}};
  EXPECT_EQ(read_back(m), m);
  m.frames.reset();
  EXPECT_EQ(read_back(m), m);
}

TEST(Measurement, ReadsWhatWasKeptByOlderVersions) {
  const auto m = parse_measurement(json::parse(
      R"({"frames":142,"fps":"24/1","duration":"71/12","missing_frames":[],"problem":null})"));
  ASSERT_TRUE(m.has_value());
  EXPECT_EQ(m->frames, 142);
  EXPECT_FALSE(m->file_frames);
  EXPECT_FALSE(m->start);
}

}  // namespace
}  // namespace tracker
