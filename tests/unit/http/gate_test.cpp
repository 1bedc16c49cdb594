// The gate by itself: every way of saying two things at once that we know of.
#include "http/gate.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tracker::http {
namespace {

GateVerdict inspect(const std::string& header) {
  const auto end = find_header_end(header, {});
  if (end.status != 0) {
    GateVerdict verdict;
    verdict.status = end.status;
    verdict.reason = end.reason;
    return verdict;
  }
  EXPECT_EQ(end.size, header.size()) << header;
  return inspect_header(header, {});
}

struct Case {
  const char* name;
  std::string header;
  int status;
};

void PrintTo(const Case& value, std::ostream* out) { *out << value.name; }

class Gate : public testing::TestWithParam<Case> {};

TEST_P(Gate, Decides) {
  const auto verdict = inspect(GetParam().header);
  EXPECT_EQ(verdict.status, GetParam().status) << verdict.reason;
}

std::string get(const std::string& fields) { return "GET / HTTP/1.1\r\n" + fields + "\r\n"; }
std::string post(const std::string& fields) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Gate,
    testing::Values(Case{"plain", get("Host: a\r\n"), 0},
                    Case{"host_with_port", get("Host: a:80\r\n"), 0},
                    Case{"host_v6", get("Host: [::1]:80\r\n"), 0}, Case{"no_host", get(""), 400},
                    Case{"two_hosts", get("Host: a\r\nHost: a\r\n"), 400},
                    Case{"empty_host", get("Host: \r\n"), 400},
                    Case{"host_list", get("Host: a, b\r\n"), 400},
                    Case{"host_with_path", get("Host: a/b\r\n"), 400},
                    Case{"host_with_user", get("Host: u@a\r\n"), 400},
                    Case{"host_bad_port", get("Host: a:8x\r\n"), 400},
                    Case{"length", post("Content-Length: 5\r\n"), 0},
                    Case{"two_lengths", post("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
                    Case{"length_list", post("Content-Length: 5, 5\r\n"), 400},
                    Case{"length_sign", post("Content-Length: +5\r\n"), 400},
                    Case{"length_hex", post("Content-Length: 0x5\r\n"), 400},
                    Case{"length_negative", post("Content-Length: -1\r\n"), 400},
                    Case{"length_empty", post("Content-Length:\r\n"), 400},
                    Case{"length_huge", post("Content-Length: 99999999999999999999\r\n"), 400},
                    Case{"chunked", post("Transfer-Encoding: chunked\r\n"), 0},
                    Case{"chunked_and_length",
                         post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400},
                    Case{"length_and_chunked",
                         post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
                    Case{"gzip_chunked", post("Transfer-Encoding: gzip, chunked\r\n"), 400},
                    Case{"identity", post("Transfer-Encoding: identity\r\n"), 400},
                    Case{"xchunked", post("Transfer-Encoding: xchunked\r\n"), 400},
                    Case{"chunked_vertical_tab",
                         post("Transfer-Encoding: \x0b"
                              "chunked\r\n"),
                         400},
                    Case{"two_encodings",
                         post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
                    Case{"encoding_with_blank", post("Transfer-Encoding : chunked\r\n"), 400},
                    Case{"encoding_in_1_0",
                         "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
                    Case{"folded", get("Host: a\r\nX: b\r\n c\r\n"), 400},
                    Case{"folded_first", get(" X: b\r\nHost: a\r\n"), 400},
                    Case{"no_colon", get("Host: a\r\nX\r\n"), 400},
                    Case{"no_name", get("Host: a\r\n: b\r\n"), 400},
                    Case{"blank_before_colon", get("Host : a\r\n"), 400},
                    Case{"nul_in_value", get(std::string("Host: a\r\nX: b\0c\r\n", 17)), 400},
                    Case{"cr_in_value", get("Host: a\r\nX: b\rc\r\n"), 400},
                    Case{"bare_lf", "GET / HTTP/1.1\nHost: a\n\n", 400},
                    Case{"bare_lf_later", get("Host: a\r\nX: b\n"), 400},
                    Case{"empty_line_first", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                    Case{"absolute_form", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                    Case{"asterisk_form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                    Case{"connect", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
                    Case{"trace", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
                    Case{"lower_case_method", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
                    Case{"http_2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
                    Case{"http_1_2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
                    Case{"http_0_9", "GET /\r\nHost: a\r\n\r\n", 400},
                    Case{"lower_case_version", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
                    Case{"two_blanks", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                    Case{"tab_in_line", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                    Case{"blank_in_target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                    Case{"raw_utf8_in_target", "GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                    Case{"fragment", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
                    Case{"http_1_0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", 0},
                    Case{"expect", post("Expect: 100-continue\r\nContent-Length: 1\r\n"), 0},
                    Case{"expect_other", post("Expect: 200-ok\r\n"), 417}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(GateLimits, AreKept) {
  std::string fields = "Host: a\r\n";
  for (int i = 0; i < 99; ++i) fields += "X: y\r\n";
  EXPECT_EQ(inspect(get(fields)).status, 0);
  EXPECT_EQ(inspect(get(fields + "X: y\r\n")).status, 431);
  EXPECT_EQ(inspect(get("Host: a\r\nX: " + std::string(20'000, 'y') + "\r\n")).status, 431);
}

TEST(HeaderEnd, WaitsForTheEmptyLine) {
  const std::string header = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t size = 0; size < header.size(); ++size) {
    const auto end = find_header_end(header.substr(0, size), {});
    EXPECT_EQ(end.size, 0U);
    EXPECT_EQ(end.status, 0) << size;
  }
  EXPECT_EQ(find_header_end(header + "body", {}).size, header.size());
}

}  // namespace
}  // namespace tracker::http
