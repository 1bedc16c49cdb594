#include "link/link_server.hpp"

#include <boost/json.hpp>
#include <list>
#include <map>
#include <optional>
#include <random>

#include "link/frame.hpp"
#include "runtime/signal.hpp"
#include "runtime/task_group.hpp"

namespace tracker::link {
namespace {

using runtime::TaskGroup;

constexpr std::size_t observers_max = 100;

std::string random_id() {
  std::random_device random;
  char text[24];
  std::snprintf(text, sizeof text, "%08x%08x", static_cast<unsigned>(random()),
                static_cast<unsigned>(random()));
  return text;
}

http::Response go_on() { return {101, "", {}, ""}; }

Awaitable<http::Response> answer_with(http::Response response) { co_return response; }

/// Reads the message, calls the service, and gives the answer's JSON.
template <class Message, class Answer>
Awaitable<Result<boost::json::object>> call(
    LinkService& service, Awaitable<Result<Answer>> (LinkService::*method)(Message),
    Result<Message> message) {
  if (!message) co_return std::unexpected<Error>(std::move(message.error()));
  CO_TRY(const auto answer, co_await (service.*method)(std::move(*message)));
  co_return to_json(answer);
}

template <class Message>
Awaitable<Result<boost::json::object>> call(LinkService& service,
                                            Awaitable<Status> (LinkService::*method)(Message),
                                            Result<Message> message) {
  if (!message) co_return std::unexpected<Error>(std::move(message.error()));
  CO_CHECK_OK(co_await (service.*method)(std::move(*message)));
  co_return boost::json::object{{"success", true}};
}

}  // namespace

struct LinkServer::State {
  struct Peer {
    std::shared_ptr<http::Channel> channel;
    ChangeNumber head_to_tell = 0;
    bool telling = false;
  };
  struct Observer {
    explicit Observer(asio::any_io_executor executor) : told(std::move(executor)) {}
    runtime::Signal told;
    std::optional<Observed> observed;
  };

  State(asio::any_io_executor on, LinkService& given) : executor(on), service(given), tasks(on) {}

  asio::any_io_executor executor;
  LinkService& service;
  TaskGroup tasks;
  std::list<std::shared_ptr<Peer>> peers;
  std::map<std::string, Observer*> observers;

  /// Takes the message by its kind; unknown kinds are an error.
  Awaitable<Result<boost::json::object>> take(std::string kind, boost::json::value body) {
    using S = LinkService;
    if (kind == "hello") return call(service, &S::hello, sync::parse_hello(body));
    if (kind == "pull") return call(service, &S::pull, sync::parse_pull(body));
    if (kind == "push") return call(service, &S::push, sync::parse_push(body));
    if (kind == "applied") return call(service, &S::applied, sync::parse_applied(body));
    if (kind == "decide") return call(service, &S::decide, sync::parse_decide(body));
    if (kind == "report") return call(service, &S::report, sync::parse_report(body));
    if (kind == "offer") return call(service, &S::offer, sync::parse_offer(body));
    if (kind == "picture") return call(service, &S::picture, sync::parse_picture_sent(body));
    if (kind == "files") return call(service, &S::files, sync::parse_files_told(body));
    if (kind == "pins") return call(service, &S::pins, sync::parse_pins_asked(body));
    if (kind == "plans") return call(service, &S::plans, sync::parse_plans_asked(body));
    if (kind == "observed") return take_observed(parse_observed(body));
    return unknown(std::move(kind));
  }

  Awaitable<Result<boost::json::object>> unknown(std::string kind) {
    co_return fail(ErrorCode::not_found, "there is no message " + kind.substr(0, 40));
  }

  Awaitable<Result<boost::json::object>> take_observed(Result<Observed> message) {
    if (message) {
      if (const auto place = observers.find(message->request); place != observers.end()) {
        place->second->observed = *message;
        place->second->told.notify();
      }
    }
    co_return co_await call(service, &LinkService::observed, std::move(message));
  }

  Awaitable<std::string> answer_to(Frame frame) {
    const auto id = frame.id;
    try {
      auto answer = co_await take(std::move(frame.type), std::move(frame.body));
      co_return answer ? answer_frame(id, std::move(*answer)) : error_frame(id, answer.error());
    } catch (...) {
      if (!TaskGroup::note_exception(std::current_exception(), "link message")) throw;
    }
    co_return error_frame(id, {ErrorCode::internal, "the cloud made a mistake", {}, {}});
  }

  static Awaitable<void> tell_head(std::shared_ptr<Peer> peer) {
    while (peer->head_to_tell != 0) {
      const auto head = std::exchange(peer->head_to_tell, 0);
      if (!co_await peer->channel->send(hint_frame(head))) break;
    }
    peer->telling = false;
  }

  static Awaitable<void> tell(std::shared_ptr<Peer> peer, std::string frame) {
    (void)co_await peer->channel->send(std::move(frame));
  }
};

LinkServer::LinkServer(asio::any_io_executor executor, LinkService& service)
    : state_(std::make_shared<State>(std::move(executor), service)) {}

LinkServer::~LinkServer() = default;

Awaitable<void> LinkServer::serve(std::unique_ptr<http::Channel> channel) {
  const auto state = state_;
  const auto peer = std::make_shared<State::Peer>();
  peer->channel = std::move(channel);
  struct Place {
    State& state;
    std::list<std::shared_ptr<State::Peer>>::iterator position;
    ~Place() {
      state.peers.erase(position);
      state.service.connections_changed(state.peers.size());
    }
  } place{*state, state->peers.insert(state->peers.end(), peer)};
  state->service.connections_changed(state->peers.size());
  while (auto text = co_await peer->channel->receive()) {
    auto frame = parse_frame(*text);
    if (!frame) {
      co_await peer->channel->close(http::CloseCode::policy, frame.error().what);
      co_return;
    }
    const auto id = frame->id;
    auto sent = co_await peer->channel->send(co_await state->answer_to(std::move(*frame)));
    if (!sent && sent.error().code == ErrorCode::too_large) {
      sent = co_await peer->channel->send(error_frame(id, sent.error()));
    }
    if (!sent) co_return;
  }
}

Awaitable<http::Response> LinkServer::answer(std::string kind, http::Request request) {
  const auto state = state_;
  auto body = http::parse_json_body(request);
  if (!body) co_return http::error_response(body.error());
  auto answer = co_await state->take(std::move(kind), std::move(*body));
  if (!answer) co_return http::error_response(answer.error());
  co_return http::json_response(std::move(*answer));
}

void LinkServer::add_routes(
    http::Router& router,
    std::function<std::optional<http::Response>(const http::Request&)> accept) {
  router.add_socket(
      "/api/sync/link",
      {[accept](http::Request request) { return answer_with(accept(request).value_or(go_on())); },
       [this](http::Request, std::unique_ptr<http::Channel> channel) {
         return serve(std::move(channel));
       }});
  for (const auto* kind : {"hello", "pull", "push", "applied", "decide", "report", "observed",
                           "offer", "picture", "files", "pins", "plans"}) {
    router.add("POST", std::string("/api/sync/link/") + kind,
               [this, accept, kind](http::Request request) {
                 if (auto refusal = accept(request)) return answer_with(std::move(*refusal));
                 return answer(kind, std::move(request));
               },
               {http::to_server_bytes_max});
  }
}

void LinkServer::hint(ChangeNumber head) {
  for (const auto& peer : state_->peers) {
    peer->head_to_tell = std::max(peer->head_to_tell, head);
    if (peer->telling) continue;
    peer->telling = true;
    state_->tasks.start("hint", State::tell_head(peer));
  }
}

void LinkServer::ask_to_pull() {
  for (const auto& peer : state_->peers)
    state_->tasks.start("hint", State::tell(peer, hint_frame(0)));
}

Awaitable<Result<Observed>> LinkServer::observe(
    std::chrono::milliseconds limit, std::function<void(std::string request)> ask_elsewhere) {
  const auto state = state_;
  if (state->peers.empty() && !ask_elsewhere) {
    co_return fail(ErrorCode::unavailable, "the local server is not connected",
                   "start it, or check its RAILWAY_APP_URL and API_SECRET");
  }
  if (state->observers.size() >= observers_max) {
    co_return fail(ErrorCode::busy, "too many ask for the workbook at once", "try again soon");
  }
  const auto request = random_id();
  State::Observer observer(state->executor);
  struct Place {
    State& state;
    std::string request;
    ~Place() { state.observers.erase(request); }
  } place{*state, request};
  state->observers[request] = &observer;
  for (const auto& peer : state->peers) {
    state->tasks.start("observe", State::tell(peer, observe_frame(request)));
  }
  if (ask_elsewhere) ask_elsewhere(request);
  co_await observer.told.wait_for(limit);
  if (observer.observed) co_return std::move(*observer.observed);
  co_return fail(ErrorCode::timeout, "the local server did not look at the workbook in time");
}

std::size_t LinkServer::connected() const { return state_->peers.size(); }

}  // namespace tracker::link
