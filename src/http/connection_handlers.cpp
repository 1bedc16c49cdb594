// How a connection runs each kind of handler.
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

#include "http/connection.hpp"
#include "http/web_socket_server.hpp"

namespace tracker::http {

using runtime::as_result;
using runtime::TaskGroup;

namespace {

Response failed_inside() {
  return error_response({ErrorCode::internal, "a handler threw", {}, {}});
}

std::string chunk(const std::string& text) {
  char size[20];
  const int digits = std::snprintf(size, sizeof size, "%zx\r\n", text.size());
  std::string bytes(size, static_cast<std::size_t>(digits));
  bytes += text;
  bytes += "\r\n";
  return bytes;
}

}  // namespace

/// The event stream that a handler sees.
class Connection::Stream final : public EventStream {
 public:
  Stream(Connection& connection, const Current& current)
      : connection_(connection), current_(current) {}

  Awaitable<Status> open(Headers headers) override {
    if (opened_) co_return Status{};
    opened_ = true;
    Response response;
    response.content_type = "text/event-stream; charset=utf-8";
    response.headers = std::move(headers);
    response.headers.set("Cache-Control", "no-cache, no-transform");
    response.headers.set("X-Accel-Buffering", "no");
    AnswerContext context;
    context.request_id = current_.request_id;
    context.date = connection_.core_->date();
    context.keep_alive = false;
    context.framing = chunked() ? BodyFraming::chunked : BodyFraming::until_close;
    co_return co_await put(answer_head(response, context));
  }

  Awaitable<Status> write(std::string text) override {
    CO_CHECK_OK(co_await open({}));
    if (text.empty()) co_return Status{};
    co_return co_await put(chunked() ? chunk(text) : std::move(text));
  }

  bool is_open() const override { return open_; }
  bool was_opened() const { return opened_; }

  Awaitable<void> finish() {
    if (open_ && chunked()) co_await put("0\r\n\r\n");
  }

 private:
  bool chunked() const { return current_.verdict.version_minor == 1; }

  Awaitable<Status> put(std::string bytes) {
    if (open_) open_ = co_await connection_.write(std::move(bytes), {});
    if (!open_) co_return fail(ErrorCode::unavailable, "the reader has gone");
    co_return Status{};
  }

  Connection& connection_;
  const Current& current_;
  bool opened_ = false;
  bool open_ = true;
};

Awaitable<bool> Connection::dispatch(const Route& route, Request request, Current current,
                                     std::string received) {
  if (const auto* handler = std::get_if<Handler>(&route.handler)) {
    co_return co_await run_handler(*handler, std::move(request), std::move(current));
  }
  if (const auto* handler = std::get_if<StreamHandler>(&route.handler)) {
    co_return co_await run_stream(*handler, std::move(request), std::move(current));
  }
  co_return co_await run_socket(std::get<SocketHandler>(route.handler), std::move(request),
                                std::move(current), std::move(received));
}

Awaitable<bool> Connection::run_handler(const Handler& handler, Request request, Current current) {
  const bool head_only = request.method == "HEAD";
  const auto where = request.method + " " + request.path;
  Response response;
  try {
    response = co_await handler(std::move(request));
  } catch (...) {
    if (!TaskGroup::note_exception(std::current_exception(), where)) throw;
    response = failed_inside();
  }
  co_return co_await send(std::move(response), current, head_only);
}

Awaitable<void> Connection::peer_gone() {
  co_await socket_.async_wait(asio::ip::tcp::socket::wait_read, as_result);
}

Awaitable<bool> Connection::run_stream(const StreamHandler& handler, Request request,
                                       Current current) {
  phase_ = Phase::streaming;
  const auto where = request.method + " " + request.path;
  if (request.method == "HEAD") co_return co_await send({}, current, true);
  Stream stream(*this, current);
  const auto executor = core_->executor;
  auto [order, thrown, response, other_thrown] =
      co_await asio::experimental::make_parallel_group(
          asio::co_spawn(executor, handler(std::move(request), stream), asio::deferred),
          asio::co_spawn(executor, peer_gone(), asio::deferred))
          .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  phase_ = Phase::answering;
  const bool fault = TaskGroup::note_exception(thrown, where);
  if (order[0] != 0) co_return false;
  if (stream.was_opened()) {
    co_await stream.finish();
    co_return false;
  }
  co_return co_await send(fault ? failed_inside() : std::move(response), current, false);
}

Awaitable<bool> Connection::run_socket(const SocketHandler& handler, Request request,
                                       Current current, std::string received) {
  const auto where = "WebSocket " + request.path;
  Response verdict;
  try {
    verdict = co_await handler.accept(request);
  } catch (...) {
    if (!TaskGroup::note_exception(std::current_exception(), where)) throw;
    verdict = failed_inside();
  }
  if (verdict.status != 101) {
    co_return co_await send(std::move(verdict), current, request.method == "HEAD");
  }
  const auto upgrade = request.header("Upgrade");
  if (!upgrade || request.method != "GET") {
    auto response =
        error_response({ErrorCode::unsupported, "this path speaks WebSocket only", {}, {}}, 426);
    response.headers.set("Upgrade", "websocket");
    co_return co_await send(std::move(response), current, false);
  }
  phase_ = Phase::socket;
  auto accepted = co_await accept_web_socket(Transport(std::move(socket_)), std::move(received),
                                             current.request_id);
  if (!accepted) co_return false;
  if (core_->draining) {
    // The drain came during the handshake, when there was no channel to close yet.
    co_await accepted->channel->close(CloseCode::service_restart, "the server restarts");
    co_return false;
  }
  web_socket_ = accepted->handle;
  co_await handler.serve(std::move(request), std::move(accepted->channel));
  web_socket_.reset();
  co_return false;
}

}  // namespace tracker::http
