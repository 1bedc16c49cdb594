#include "http/dialer.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "runtime/with_timeout.hpp"

namespace tracker::http {
namespace {

using asio::ip::tcp;
using runtime::as_result;

/// Addresses that never are a peer of ours, but are where clouds keep their secrets.
bool is_refused(const asio::ip::address& given) {
  auto address = given;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  if (address.is_multicast() || address.is_unspecified()) return true;
  if (address.is_v4()) return (address.to_v4().to_uint() >> 16U) == 0xA9FE;  // 169.254.0.0/16
  static const auto metadata = asio::ip::make_address_v6("fd00:ec2::254");
  return address.to_v6().is_link_local() || address.to_v6() == metadata;
}

Error not_reached(const Address& address, std::string reason) {
  return {ErrorCode::unavailable,
          address.host_header + " can't be reached: " + std::move(reason),
          "check the address and that the other side runs",
          {}};
}

Awaitable<Result<tcp::socket>> connect_tcp(Address address) {
  const auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  const auto [resolve_error, found] =
      co_await resolver.async_resolve(address.host, address.port, as_result);
  if (resolve_error) {
    co_return std::unexpected<Error>(
        not_reached(address, "its name has no address (" + resolve_error.message() + ")"));
  }
  std::string reason = "its name has no address";
  for (const auto& candidate : found) {
    const auto endpoint = candidate.endpoint();
    if (is_refused(endpoint.address())) {
      co_return fail(ErrorCode::forbidden,
                     address.host + " is a link-local or metadata address: refused");
    }
    tcp::socket socket(executor);
    const auto connected = co_await runtime::with_timeout(socket.async_connect(endpoint, as_result),
                                                          std::chrono::seconds(5), "connecting");
    if (!connected) {
      reason = connected.error().what;
      continue;
    }
    const auto [connect_error] = *connected;
    if (!connect_error) {
      tune(socket);
      co_return socket;
    }
    reason = connect_error.message();
  }
  co_return std::unexpected<Error>(not_reached(address, std::move(reason)));
}

Awaitable<Result<tcp::socket>> connect_through_proxy(Address address, std::string proxy) {
  CO_TRY(const Address via, parse_address(proxy));
  if (via.secure) co_return fail(ErrorCode::unsupported, "HTTPS_PROXY must be an http:// address");
  CO_TRY(auto socket, co_await connect_tcp(via));
  const auto there =
      (address.host.contains(':') ? "[" + address.host + "]" : address.host) + ":" + address.port;
  const auto request = "CONNECT " + there + " HTTP/1.1\r\nHost: " + there + "\r\n\r\n";
  const auto [write_error, written] =
      co_await asio::async_write(socket, asio::buffer(request), as_result);
  if (write_error) co_return std::unexpected<Error>(not_reached(via, write_error.message()));
  std::string answer;
  const auto [read_error, size] = co_await asio::async_read_until(
      socket, asio::dynamic_buffer(answer, 16 * 1024), "\r\n\r\n", as_result);
  if (read_error) co_return std::unexpected<Error>(not_reached(via, read_error.message()));
  if (size != answer.size() || answer.size() < 12 || answer.substr(8, 4) != " 200") {
    co_return fail(ErrorCode::unavailable,
                   "the proxy refuses: " + answer.substr(0, answer.find('\r')), {}, "HTTPS_PROXY");
  }
  co_return socket;
}

Awaitable<Result<Transport>> secure(Address address, tcp::socket socket,
                                    std::shared_ptr<asio::ssl::context> tls) {
  auto stream = std::make_unique<Transport::Tls>(std::move(socket), *tls);
  boost::system::error_code literal;
  asio::ip::make_address(address.host, literal);
  if (literal) SSL_set_tlsext_host_name(stream->native_handle(), address.host.c_str());
  stream->set_verify_mode(asio::ssl::verify_peer);
  stream->set_verify_callback(asio::ssl::host_name_verification(address.host));
  const auto [error] = co_await stream->async_handshake(asio::ssl::stream_base::client, as_result);
  if (!error) co_return Transport(std::move(stream));
  const auto verdict = SSL_get_verify_result(stream->native_handle());
  if (verdict != X509_V_OK) {
    co_return fail(ErrorCode::forbidden,
                   "the certificate of " + address.host +
                       " is not accepted: " + X509_verify_cert_error_string(verdict),
                   "check the address; a studio's own authority needs its certificate file");
  }
  co_return fail(ErrorCode::unavailable,
                 "no TLS with " + address.host_header + ": " + error.message());
}

}  // namespace

Result<Address> parse_address(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  const auto malformed = [&url] {
    return fail(ErrorCode::invalid_input, "not an address: " + url.substr(0, 200),
                "expected http://host:port or https://host");
  };
  if (!parsed || parsed->has_userinfo() || !parsed->has_authority()) return malformed();
  const std::string scheme = parsed->scheme();
  const bool is_secure = scheme == "https" || scheme == "wss";
  if (!is_secure && scheme != "http" && scheme != "ws") return malformed();
  Address address;
  address.secure = is_secure;
  address.host = parsed->host_address();
  const std::string own_port = is_secure ? "443" : "80";
  address.port = parsed->port().empty() ? own_port : std::string(parsed->port());
  if (address.host.empty()) return malformed();
  address.target = parsed->encoded_path().empty() ? "/" : std::string(parsed->encoded_path());
  if (parsed->has_query()) address.target += "?" + std::string(parsed->encoded_query());
  address.host_header = parsed->encoded_host();
  if (address.port != own_port) address.host_header += ":" + address.port;
  return address;
}

Result<std::shared_ptr<asio::ssl::context>> make_tls_context(const ClientSettings& settings) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  boost::system::error_code error;
  context->set_default_verify_paths(error);
  if (!error && !settings.ca_file.empty()) context->load_verify_file(settings.ca_file, error);
  if (error) {
    return fail(ErrorCode::io, "the certificates to trust can't be read: " + error.message(), {},
                settings.ca_file);
  }
  return context;
}

Awaitable<Result<Transport>> open_transport(Address address, ClientSettings settings,
                                            std::shared_ptr<asio::ssl::context> tls) {
  if (!address.secure) {
    CO_TRY(auto socket, co_await connect_tcp(std::move(address)));
    co_return Transport(std::move(socket));
  }
  if (settings.proxy.empty()) {
    CO_TRY(auto socket, co_await connect_tcp(address));
    co_return co_await secure(std::move(address), std::move(socket), std::move(tls));
  }
  CO_TRY(auto socket, co_await connect_through_proxy(address, settings.proxy));
  co_return co_await secure(std::move(address), std::move(socket), std::move(tls));
}

}  // namespace tracker::http
