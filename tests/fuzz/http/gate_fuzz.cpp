// Any bytes into the gate; what it lets through must be readable in one way only, so the parser
// behind it has to agree on method, target and length.
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdlib>

#include "http/gate.hpp"
#include "runtime/asio.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  namespace http = tracker::http;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto end = http::find_header_end(bytes, {});
  if (end.status != 0 || end.size == 0) return 0;
  require(end.size <= bytes.size());
  const auto header = bytes.substr(0, end.size);
  const auto verdict = http::inspect_header(header, {});
  if (verdict.status != 0) return 0;

  namespace beast_http = boost::beast::http;
  beast_http::request_parser<beast_http::string_body> parser;
  parser.header_limit(32 * 1024);
  parser.body_limit(boost::none);
  boost::system::error_code error;
  const auto used = parser.put(tracker::asio::buffer(header), error);
  if (error) return 0;  // the parser may be stricter than the gate
  require(used == header.size());
  require(parser.is_header_done());
  const auto& message = parser.get();
  require(std::string_view(message.method_string().data(), message.method_string().size()) ==
          verdict.method);
  require(std::string_view(message.target().data(), message.target().size()) == verdict.target);
  require(parser.chunked() == verdict.chunked);
  require(message.count(beast_http::field::host) == 1);
  if (!verdict.chunked && message.count(beast_http::field::content_length) == 1) {
    require(parser.content_length() == verdict.content_length);
  }
  return 0;
}
