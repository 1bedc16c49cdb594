// The gate: what a request's header must look like before the parser may see it.
//
// Two programs in a row that read one request differently are how requests are smuggled, so
// whatever could be read in two ways is refused here: bare LF, folded lines, blanks before a colon,
// Transfer-Encoding other than exactly "chunked" or together with Content-Length or in HTTP/1.0,
// repeated or odd Content-Length, not exactly one valid Host, absolute-form, unknown methods.
// Pure functions; views point into the bytes given. Any bytes are safe input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tracker::http {

struct GateLimits {
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t fields_max = 100;
};

struct HeaderEnd {
  std::size_t size = 0;  ///< bytes of the header with its empty line; 0 = not all there yet
  int status = 0;        ///< not 0: refuse at once, whatever follows
  std::string_view reason;
};

/// Looks for the header's end in what came so far.
HeaderEnd find_header_end(std::string_view bytes, const GateLimits& limits);

struct GateVerdict {
  int status = 0;           ///< 0 = pass; else 400, 413, 417, 431, 501 or 505, and close
  std::string_view reason;  ///< one sentence for the answer

  std::string_view method;
  std::string_view target;  ///< origin-form
  int version_minor = 1;    ///< HTTP/1.x
  bool chunked = false;
  std::uint64_t content_length = 0;
  bool expects_continue = false;
};

/// `header` is what find_header_end() delimited.
GateVerdict inspect_header(std::string_view header, const GateLimits& limits);

}  // namespace tracker::http
