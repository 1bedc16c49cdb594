#include "cli/http_call.hpp"

#include <fmt/format.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <utility>

namespace tracker::cli {
namespace {

Awaitable<void> send_into(http::Client& client, http::ClientRequest request,
                          std::optional<Result<http::ClientResponse>>& answer) {
  answer = co_await client.send(std::move(request));
}

}  // namespace

Result<http::ClientResponse> call_http(http::ClientRequest request) {
  asio::io_context context(1);
  std::optional<Result<http::ClientResponse>> answer;
  try {
    http::Client client(context.get_executor());
    asio::co_spawn(context, send_into(client, std::move(request), answer), asio::detached);
    context.run();
  } catch (const std::exception& thrown) {
    return fail(ErrorCode::internal, thrown.what());
  }
  if (!answer) return fail(ErrorCode::internal, "the request ended without an answer");
  return std::move(*answer);
}

bool answers_health(const std::string& url, std::chrono::milliseconds limit) {
  http::ClientRequest request;
  request.url = url + "/api/health";
  request.timeout = limit;
  const auto answer = call_http(std::move(request));
  return answer && answer->status == 200;
}

std::string local_address(const std::string& bind, std::uint16_t port) {
  if (bind == "::" || bind == "0.0.0.0") return fmt::format("http://127.0.0.1:{}", port);
  if (bind.contains(':')) return fmt::format("http://[{}]:{}", bind, port);
  return fmt::format("http://{}:{}", bind, port);
}

Result<std::uint16_t> free_port(const std::string& bind, std::uint16_t port,
                                std::string_view option) {
  using asio::ip::tcp;
  boost::system::error_code failed;
  const tcp::endpoint endpoint(asio::ip::make_address(bind, failed), port);
  asio::io_context context(1);
  tcp::acceptor acceptor(context);
  if (!failed) acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(1, failed);
  if (!failed) return acceptor.local_endpoint(failed).port();
  if (failed == asio::error::address_in_use) {
    return fail(ErrorCode::busy, fmt::format("port {} is taken by another program", port),
                fmt::format("stop that program, or choose another port with {}", option));
  }
  return fail(ErrorCode::io, fmt::format("port {} cannot be used: {}", port, failed.message()),
              fmt::format("choose another one with {}", option));
}

}  // namespace tracker::cli
