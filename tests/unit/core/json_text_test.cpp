#include "core/json_text.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tracker {
namespace {

namespace json = boost::json;

TEST(JsonText, WritesNumbersAsPlainDecimals) {
  EXPECT_EQ(json_text(1.458333), "1.458333");
  EXPECT_EQ(json_text(0.5), "0.5");
  EXPECT_EQ(json_text(2.0), "2");
  EXPECT_EQ(json_text(json::value(std::int64_t{-7})), "-7");
  EXPECT_EQ(json_text(json::value(UINT64_MAX)), "18446744073709551615");
}

TEST(JsonText, ReadsBackAsTheSameValue) {
  const json::value value = {{"a", {1, 2.25, nullptr, true, json::array{}, json::object{}}},
                             {"quote \" \\ \n\r\t\x01", "アニメ ü"},
                             {"tiny", 1e-9}};
  EXPECT_EQ(json::parse(json_text(value)), value);
}

}  // namespace
}  // namespace tracker
