// The one file that includes Beast's WebSocket: 10 s of compiling stay here.
#include "http/web_socket.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include "http/dialer.hpp"
#include "http/web_socket_server.hpp"
#include "runtime/signal.hpp"
#include "runtime/turn.hpp"
#include "runtime/with_timeout.hpp"

namespace boost::beast {

// How Beast ends the connection below a WebSocket: by closing it, the goodbye was said in frames.
template <class Handler>
void async_teardown(role_type, tracker::http::Transport& transport, Handler&& handler) {
  transport.close();
  boost::asio::post(transport.get_executor(), [handler = std::forward<Handler>(handler)]() mutable {
    handler(boost::system::error_code{});
  });
}
inline void teardown(role_type, tracker::http::Transport& transport,
                     boost::system::error_code& error) {
  transport.close();
  error = {};
}

}  // namespace boost::beast

namespace tracker::http {
namespace {

namespace websocket = boost::beast::websocket;
using runtime::as_result;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

using Stream = websocket::stream<Transport>;

constexpr auto ping_interval = seconds(20);
constexpr double messages_per_second_max = 200;

/// Lets `messages_per_second_max` through, with one second's worth in store.
class Rate {
 public:
  /// How long the next message has to wait.
  milliseconds take() {
    const auto now = steady_clock::now();
    const std::chrono::duration<double> passed = now - last_;
    last_ = now;
    stored_ =
        std::min(messages_per_second_max, stored_ + passed.count() * messages_per_second_max) - 1;
    if (stored_ >= 0) return milliseconds(0);
    return milliseconds(static_cast<int>(-stored_ / messages_per_second_max * 1000) + 1);
  }

 private:
  steady_clock::time_point last_ = steady_clock::now();
  double stored_ = messages_per_second_max;
};

class WebSocketChannel final : public Channel {
 public:
  WebSocketChannel(Transport transport, std::size_t sent_bytes_max, std::size_t received_bytes_max)
      : stream_(std::move(transport)),
        write_turn_(stream_.get_executor()),
        sent_bytes_max_(sent_bytes_max) {
    stream_.read_message_max(received_bytes_max);
    stream_.auto_fragment(false);
    stream_.text(true);
    // Beast pings after half of idle_timeout without a word and gives up after the whole.
    stream_.set_option(websocket::stream_base::timeout{seconds(10), 2 * ping_interval, true});
    stream_.set_option(websocket::permessage_deflate{});
  }

  Stream& stream() { return stream_; }

  Awaitable<Status> send(std::string message) override {
    if (message.size() > sent_bytes_max_) {
      co_return fail(ErrorCode::too_large, "the message is larger than " +
                                               std::to_string(sent_bytes_max_ >> 20U) + " MiB");
    }
    const auto turn = co_await write_turn_.take();
    if (!is_open()) co_return ended();
    const auto [error, size] = co_await stream_.async_write(asio::buffer(message), as_result);
    if (error) co_return broken(error);
    co_return Status{};
  }

  Awaitable<Result<std::string>> receive() override {
    if (!is_open()) co_return ended();
    const auto pause = rate_.take();
    if (pause.count() > 0) co_await runtime::sleep_for(pause);
    boost::beast::flat_buffer buffer;
    const auto [error, size] = co_await stream_.async_read(buffer, as_result);
    if (error) co_return broken(error);
    const auto bytes = buffer.cdata();
    co_return std::string(static_cast<const char*>(bytes.data()), bytes.size());
  }

  Awaitable<void> close(CloseCode code, std::string reason) override {
    if (!is_open()) co_return;
    reason.resize(std::min(reason.size(), std::size_t{120}));
    if (reason_.empty()) reason_ = "closed by this side";
    const websocket::close_reason words(static_cast<websocket::close_code>(code), reason);
    const auto said = co_await runtime::with_timeout(stream_.async_close(words, as_result),
                                                     seconds(2), "closing");
    if (!said) stream_.next_layer().close();
  }

  bool is_open() const override { return stream_.is_open() && !broken_; }

 private:
  std::unexpected<Error> ended() const {
    return fail(ErrorCode::unavailable, reason_.empty() ? "the connection is closed" : reason_);
  }

  std::unexpected<Error> broken(const boost::system::error_code& error) {
    if (!broken_ && reason_.empty()) {
      if (error == websocket::error::closed) {
        reason_ = "closed by the other side (" + std::to_string(stream_.reason().code) + ")";
      } else {
        reason_ = "connection lost: " + error.message();
      }
    }
    broken_ = true;
    return ended();
  }

  Stream stream_;
  runtime::Turn write_turn_;
  std::size_t sent_bytes_max_;
  Rate rate_;
  std::string reason_;
  bool broken_ = false;
};

/// What a handler owns: the connection ends when it lets go.
class OwnedChannel final : public Channel {
 public:
  explicit OwnedChannel(std::shared_ptr<WebSocketChannel> channel) : channel_(std::move(channel)) {}
  ~OwnedChannel() override { channel_->stream().next_layer().close(); }

  Awaitable<Status> send(std::string message) override {
    return keep(channel_, channel_->send(std::move(message)));
  }
  Awaitable<Result<std::string>> receive() override { return keep(channel_, channel_->receive()); }
  Awaitable<void> close(CloseCode code, std::string reason) override {
    return keep_void(channel_, channel_->close(code, std::move(reason)));
  }
  bool is_open() const override { return channel_->is_open(); }

 private:
  /// Keeps the connection alive while an operation on it runs.
  template <class T>
  static Awaitable<T> keep([[maybe_unused]] std::shared_ptr<WebSocketChannel> channel,
                           Awaitable<T> operation) {
    co_return co_await std::move(operation);
  }
  static Awaitable<void> keep_void([[maybe_unused]] std::shared_ptr<WebSocketChannel> channel,
                                   Awaitable<void> operation) {
    co_await std::move(operation);
  }

  std::shared_ptr<WebSocketChannel> channel_;
};

Error refused(const Address& address, const websocket::response_type& answer,
              const boost::system::error_code& error) {
  if (error != websocket::error::upgrade_declined) {
    return {ErrorCode::unavailable,
            "no WebSocket with " + address.host_header + ": " + error.message(),
            {},
            {}};
  }
  const auto status = static_cast<int>(answer.result_int());
  const auto text =
      address.host_header + " answers " + std::to_string(status) + " instead of a WebSocket";
  if (status == 401 || status == 403) return {ErrorCode::unauthorized, text, {}, {}};
  const auto type = answer[boost::beast::http::field::content_type];
  if (type.starts_with("text/html"))
    return {ErrorCode::unavailable, "tunnel answers HTML", text, {}};
  if (status >= 500 || status == 429) return {ErrorCode::unavailable, text, {}, {}};
  return {ErrorCode::unsupported, text, "check the address", {}};
}

Awaitable<Result<std::unique_ptr<Channel>>> dial_without_limit(Address address, Headers headers,
                                                               ClientSettings settings) {
  std::shared_ptr<asio::ssl::context> tls;
  if (address.secure) {
    CO_TRY(tls, make_tls_context(settings));
  }
  CO_TRY(auto transport, co_await open_transport(address, settings, tls));
  auto channel = std::make_shared<WebSocketChannel>(std::move(transport), to_server_bytes_max,
                                                    from_server_bytes_max);
  auto& stream = channel->stream();
  stream.set_option(websocket::stream_base::decorator([headers](websocket::request_type& request) {
    for (const auto& [name, value] : headers) request.set(name, value);
  }));
  websocket::response_type answer;
  const auto [error] =
      co_await stream.async_handshake(answer, address.host_header, address.target, as_result);
  if (error) co_return std::unexpected<Error>(refused(address, answer, error));
  co_return std::make_unique<OwnedChannel>(std::move(channel));
}

}  // namespace

Awaitable<Result<std::unique_ptr<Channel>>> dial(std::string url, Headers headers,
                                                 ClientSettings settings, milliseconds limit) {
  CO_TRY(auto address, parse_address(url));
  const auto what = "connecting to " + address.host_header;
  co_return co_await runtime::with_timeout(
      dial_without_limit(std::move(address), std::move(headers), std::move(settings)), limit, what);
}

Awaitable<Result<AcceptedSocket>> accept_web_socket(Transport transport, std::string received,
                                                    std::string request_id) {
  tune(transport.socket());
  auto channel = std::make_shared<WebSocketChannel>(std::move(transport), from_server_bytes_max,
                                                    to_server_bytes_max);
  auto& stream = channel->stream();
  stream.set_option(
      websocket::stream_base::decorator([request_id](websocket::response_type& response) {
        response.set("X-Request-Id", request_id);
        response.set(boost::beast::http::field::server, "animation-tracker");
      }));
  const auto [error] = co_await stream.async_accept(asio::buffer(received), as_result);
  if (error) co_return fail(ErrorCode::invalid_input, "no WebSocket: " + error.message());
  co_return AcceptedSocket{std::make_unique<OwnedChannel>(channel), channel};
}

}  // namespace tracker::http
