// LinkServer: the cloud's end of the link. It turns messages into calls of a LinkService, keeps the
// set of connected local servers, and wakes them.
//
// Promises: messages of one channel are answered in their order, one at a time; a message that
// can't be read is answered with an error and changes nothing. hint() never waits. Who may connect
// is decided before serve() (X-API-Key at the upgrade), not here.
// Thread rule: the io thread. REQUIRES: the service outlives the server.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "domain/entry.hpp"
#include "http/channel.hpp"
#include "http/router.hpp"
#include "link/observed.hpp"
#include "runtime/asio.hpp"
#include "sync/media_messages.hpp"
#include "sync/messages.hpp"

namespace tracker::link {

/// What the cloud does with each message; the messages are bounded and well-formed, not yet judged.
class LinkService {
 public:
  virtual ~LinkService() = default;
  virtual Awaitable<Result<sync::HelloAnswer>> hello(sync::Hello message) = 0;
  virtual Awaitable<Result<sync::PullAnswer>> pull(sync::Pull message) = 0;
  virtual Awaitable<Result<sync::PushAnswer>> push(sync::Push message) = 0;
  virtual Awaitable<Status> applied(sync::Applied message) = 0;
  virtual Awaitable<Status> decide(sync::Decide message) = 0;
  virtual Awaitable<Status> report(sync::Report message) = 0;
  virtual Awaitable<Result<sync::OfferAnswer>> offer(sync::Offer message) = 0;
  virtual Awaitable<Status> picture(sync::PictureSent message) = 0;
  virtual Awaitable<Status> files(sync::FilesTold message) = 0;
  virtual Awaitable<Result<sync::PinsAnswer>> pins(sync::PinsAsked message) = 0;
  virtual Awaitable<Result<EpisodePlans>> plans(sync::PlansAsked message) = 0;
  /// After those who wait in observe() were told.
  virtual Awaitable<Status> observed(Observed message) = 0;
  /// A WebSocket came or went; `connected` is how many there are now.
  virtual void connections_changed(std::size_t connected) = 0;
};

class LinkServer {
 public:
  LinkServer(asio::any_io_executor executor, LinkService& service);
  ~LinkServer();
  LinkServer(const LinkServer&) = delete;
  LinkServer& operator=(const LinkServer&) = delete;

  /// Until the channel ends.
  Awaitable<void> serve(std::unique_ptr<http::Channel> channel);

  /// The same messages over HTTP: `kind` is the last segment of /api/sync/link/<kind>.
  Awaitable<http::Response> answer(std::string kind, http::Request request);

  /// Adds the WebSocket route /api/sync/link and the POST routes (bodies up to 8 MiB). `accept`
  /// is asked before each; it answers nothing to let the request pass (key right, sync enabled).
  void add_routes(http::Router& router,
                  std::function<std::optional<http::Response>(const http::Request&)> accept);

  /// "There is news up to `head`", to every connected local server.
  void hint(ChangeNumber head);
  /// A hint without a number: local pulls whatever it knows. Never waits.
  void ask_to_pull();

  /// Asks the connected local servers to look at the workbook now, and waits for `observed`. With
  /// `ask_elsewhere` (webhook mode) the request also goes out through it. Error unavailable if
  /// nobody is connected, timeout.
  Awaitable<Result<Observed>> observe(std::chrono::milliseconds limit,
                                      std::function<void(std::string request)> ask_elsewhere = {});

  std::size_t connected() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tracker::link
