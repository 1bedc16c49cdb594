#include "http/connection.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "http/names.hpp"

namespace tracker::http {

namespace beast_http = boost::beast::http;
using runtime::as_result;
using std::chrono::seconds;

namespace {

constexpr std::size_t read_bytes = 16 * 1024;
constexpr std::size_t write_bytes = 64 * 1024;

Response refusal_of(int status, std::string_view reason) {
  const auto code =
      status == 413 || status == 431 ? ErrorCode::too_large : ErrorCode::invalid_input;
  return error_response({code, std::string(reason), {}, {}}, status);
}

}  // namespace

Connection::Connection(std::shared_ptr<ServerCore> core, asio::ip::tcp::socket socket,
                       std::string address, bool counts_for_address)
    : core_(std::move(core)),
      socket_(std::move(socket)),
      address_(std::move(address)),
      counts_for_address_(counts_for_address) {
  core_->connections.insert(this);
  core_->counters.connections = core_->connections.size();
  if (counts_for_address_) ++core_->connections_by_address[address_];
}

Connection::~Connection() {
  core_->connections.erase(this);
  core_->counters.connections = core_->connections.size();
  if (!counts_for_address_) return;
  const auto place = core_->connections_by_address.find(address_);
  if (--place->second == 0) core_->connections_by_address.erase(place);
}

Awaitable<void> Connection::run(std::shared_ptr<Connection> self) {
  while (co_await self->serve_one()) {
  }
  boost::system::error_code ignored;
  self->socket_.close(ignored);
}

void Connection::check_deadline(Clock::time_point now) {
  if (now < deadline_) return;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Connection::drain() {
  boost::system::error_code ignored;
  if (phase_ == Phase::idle || phase_ == Phase::streaming) socket_.cancel(ignored);
}

std::string_view Connection::buffered() const {
  const auto bytes = buffer_.cdata();
  return {static_cast<const char*>(bytes.data()), bytes.size()};
}

Awaitable<bool> Connection::fill_buffer(std::size_t bytes_max) {
  const auto [error, size] =
      co_await socket_.async_read_some(buffer_.prepare(bytes_max), as_result);
  buffer_.commit(size);
  co_return !error;
}

Awaitable<std::size_t> Connection::receive_header() {
  const GateLimits limits{core_->limits.header_bytes_max, core_->limits.header_fields_max};
  phase_ = buffer_.size() == 0 ? Phase::idle : Phase::receiving;
  deadline_ = Clock::now() +
              (phase_ == Phase::idle ? core_->limits.idle_time_max : core_->limits.header_time_max);
  while (true) {
    const auto end = find_header_end(buffered(), limits);
    if (end.status != 0) {
      ++core_->counters.refused_by_gate;
      Current current;
      current.request_id = core_->next_request_id();
      co_await refuse(refusal_of(end.status, end.reason), std::move(current));
      co_return 0;
    }
    if (end.size != 0) co_return end.size;
    if (core_->draining && phase_ == Phase::idle) co_return 0;
    if (!co_await fill_buffer(read_bytes)) co_return 0;
    if (phase_ == Phase::idle) {
      phase_ = Phase::receiving;
      deadline_ = Clock::now() + core_->limits.header_time_max;
    }
  }
}

std::string Connection::remote_address(const Headers& headers) const {
  if (core_->limits.trusted_proxies == 0) return address_;
  std::string_view chain = headers.find("X-Forwarded-For").value_or("");
  for (std::size_t hop = 1; hop < core_->limits.trusted_proxies; ++hop) {
    const auto comma = chain.rfind(',');
    if (comma == std::string_view::npos) break;
    chain = chain.substr(0, comma);
  }
  const auto comma = chain.rfind(',');
  const auto word = trimmed(comma == std::string_view::npos ? chain : chain.substr(comma + 1));
  boost::system::error_code problem;
  const auto address = asio::ip::make_address(std::string(word), problem);
  return problem ? address_ : address.to_string();
}

std::optional<Request> Connection::make_request(Parser& parser, const Current& current) const {
  const auto url = boost::urls::parse_origin_form(
      boost::urls::string_view(current.verdict.target.data(), current.verdict.target.size()));
  if (!url) return std::nullopt;
  Request request;
  request.method = current.verdict.method;
  request.target = current.verdict.target;
  request.path = url->path();
  for (char c : request.path) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return std::nullopt;
  }
  boost::urls::encoding_opts form;
  form.space_as_plus = true;
  for (const auto& parameter : url->params(form)) {
    request.query.emplace_back(parameter.key, parameter.value);
  }
  for (const auto& field : parser.get()) {
    request.headers.add(std::string(field.name_string()), std::string(field.value()));
  }
  request.remote_address = remote_address(request.headers);
  return request;
}

Awaitable<bool> Connection::serve_one() {
  Current current;
  current.header_size = co_await receive_header();
  if (current.header_size == 0) co_return false;
  // The verdict's views point into this copy: the buffer moves while the body comes in.
  const std::string header(buffered().substr(0, current.header_size));
  current.verdict =
      inspect_header(header, {core_->limits.header_bytes_max, core_->limits.header_fields_max});
  const auto& verdict = current.verdict;
  phase_ = Phase::answering;
  ++core_->counters.requests;
  current.request_id = core_->next_request_id();
  if (verdict.status != 0) {
    ++core_->counters.refused_by_gate;
    co_return co_await refuse(refusal_of(verdict.status, verdict.reason), std::move(current));
  }
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(core_->limits.header_bytes_max + 1));
  parser.body_limit(boost::none);
  boost::system::error_code error;
  buffer_.consume(parser.put(asio::buffer(header), error));
  auto request = error ? std::nullopt : make_request(parser, current);
  if (!request) {
    co_return co_await refuse(refusal_of(400, "the request can't be read"), std::move(current));
  }
  if (const auto given = request->header("X-Request-Id"); given && is_request_id(*given)) {
    current.request_id = *given;
  }
  request->request_id = current.request_id;
  current.keep_alive = verdict.version_minor == 1 &&
                       !list_holds(request->header("Connection").value_or(""), "close");

  auto match = core_->router.match(request->method, request->path);
  request->path_parameters = std::move(match.path_parameters);
  auto refusal = core_->router.refusal(*request);
  if (!refusal && match.route == nullptr) refusal = std::move(match.refusal);
  const bool body_comes = verdict.chunked || verdict.content_length > 0;
  if (refusal && body_comes) co_return co_await refuse(std::move(*refusal), std::move(current));
  const bool head_only = request->method == "HEAD";
  if (refusal) co_return co_await send(std::move(*refusal), current, head_only);
  if (body_comes) {
    const auto bytes_max = match.route->options.body_bytes_max;
    parser.body_limit(bytes_max);
    const int status =
        verdict.content_length > bytes_max ? 413 : co_await receive_body(parser, current);
    if (status < 0) co_return false;
    if (status > 0) {
      const auto reason =
          status == 413 ? "the body is larger than this path takes" : "the body can't be read";
      co_return co_await refuse(refusal_of(status, reason), std::move(current));
    }
    request->body = std::move(parser.get().body());
  }
  deadline_ = Clock::time_point::max();
  std::string received;
  if (std::holds_alternative<SocketHandler>(match.route->handler)) {
    received = header + std::string(buffered());
  }
  co_return co_await dispatch(*match.route, std::move(*request), std::move(current),
                              std::move(received));
}

Awaitable<int> Connection::receive_body(Parser& parser, const Current& current) {
  if (current.verdict.expects_continue && buffer_.size() == 0) {
    if (!co_await write("HTTP/1.1 100 Continue\r\n\r\n", {})) co_return -1;
  }
  parser.eager(true);
  const auto start = Clock::now();
  std::uint64_t received = buffer_.size();
  while (!parser.is_done()) {
    boost::system::error_code error;
    if (buffer_.size() > 0) {
      const auto used = parser.put(buffer_.cdata(), error);
      buffer_.consume(used);
      if (error == beast_http::error::body_limit) co_return 413;
      if (error && error != beast_http::error::need_more) co_return 400;
      if (parser.is_done()) break;
      if (used > 0 && buffer_.size() > 0) continue;
      // What is left is an unfinished chunk line: those are short.
      if (buffer_.size() >= read_bytes) co_return 400;
    }
    deadline_ = start + core_->limits.header_time_max +
                seconds(received / core_->limits.body_bytes_per_second_min);
    if (!co_await fill_buffer(write_bytes)) co_return -1;
    received += buffer_.size();
  }
  co_return 0;
}

Awaitable<bool> Connection::write(std::string head, std::string body) {
  std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(body)};
  while (parts[0].size() + parts[1].size() > 0) {
    deadline_ = Clock::now() + core_->limits.write_stall_max;
    const std::array<asio::const_buffer, 2> now{parts[0], asio::buffer(parts[1], write_bytes)};
    const auto [error, size] = co_await socket_.async_write_some(now, as_result);
    if (error) co_return false;
    const auto of_head = std::min(size, parts[0].size());
    parts[0] += of_head;
    parts[1] += size - of_head;
  }
  deadline_ = Clock::time_point::max();
  co_return true;
}

Awaitable<bool> Connection::send(Response response, const Current& current, bool head_only) {
  AnswerContext context;
  context.request_id = current.request_id;
  context.date = core_->date();
  context.keep_alive = current.keep_alive && !core_->draining;
  context.head_only = head_only;
  auto head = answer_head(response, context);
  auto body = has_body(response, context) ? std::move(response.body) : std::string();
  const bool written = co_await write(std::move(head), std::move(body));
  co_return written&& context.keep_alive;
}

Awaitable<bool> Connection::refuse(Response response, Current current) {
  current.keep_alive = false;
  co_await send(std::move(response), current, false);
  co_await linger();
  co_return false;
}

Awaitable<void> Connection::linger() {
  boost::system::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  deadline_ = Clock::now() + seconds(2);
  std::size_t dropped = 0;
  while (dropped < 1024 * 1024) {
    buffer_.clear();
    if (!co_await fill_buffer(write_bytes)) break;
    dropped += buffer_.size();
  }
}

}  // namespace tracker::http
