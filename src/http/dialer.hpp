// Dialing: from a URL to an open Transport. Resolves once, tries each address that is allowed,
// speaks CONNECT to a proxy for https, then TLS with the peer verified. Thread rule: the io thread.
#pragma once

#include <memory>
#include <string>

#include "core/result.hpp"
#include "http/client.hpp"
#include "http/transport.hpp"
#include "runtime/asio.hpp"

namespace tracker::http {

struct Address {
  bool secure = false;
  std::string host;  ///< without brackets
  std::string port;
  std::string target;       ///< path and query, at least "/"
  std::string host_header;  ///< as Host wants it: brackets, port unless it is the scheme's own
};

/// http, https, ws or wss; nothing else, no user name.
Result<Address> parse_address(const std::string& url);

/// The TLS side of a client: the system's certificates and those of `settings`; TLS 1.2 or newer.
Result<std::shared_ptr<asio::ssl::context>> make_tls_context(const ClientSettings& settings);

/// Cancellable; the caller sets the time limit. `tls` may be empty for plain addresses.
Awaitable<Result<Transport>> open_transport(Address address, ClientSettings settings,
                                            std::shared_ptr<asio::ssl::context> tls);

}  // namespace tracker::http
