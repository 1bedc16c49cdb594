// CloudLink: local's way to the cloud, over one WebSocket or over plain HTTP; same messages, same
// answers (design/sync.md §4).
//
// Promises: every call has a time limit and ends with an answer or an Error; nothing is sent again
// by itself (all messages are idempotent: the caller repeats). Error codes: unavailable (no
// connection; also "tunnel answers HTML" when something else than our cloud answers), unauthorized
// (the keys differ), timeout, and whatever the cloud itself answered. Hints may be lost, doubled or
// late. Callbacks run on the io thread and only set state.
// Thread rule: the io thread. REQUIRES: run() is running in a task group.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "core/secret.hpp"
#include "domain/entry.hpp"
#include "http/client.hpp"
#include "link/observed.hpp"
#include "runtime/asio.hpp"
#include "sync/media_messages.hpp"
#include "sync/messages.hpp"

namespace tracker::link {

struct LinkSettings {
  std::string cloud_url;  ///< RAILWAY_APP_URL, without a trailing slash
  Secret api_key;         ///< API_SECRET
  http::ClientSettings client;
  std::chrono::milliseconds answer_time_max = std::chrono::seconds(30);
  std::chrono::milliseconds backoff_min = std::chrono::milliseconds(500);
  std::chrono::milliseconds backoff_max = std::chrono::seconds(30);
};

struct LinkEvents {
  std::function<void(ChangeNumber head)> on_hint;
  std::function<void(std::string request)> on_observe_request;
  /// Messages can be sent; say hello first. Comes again after every reconnect.
  std::function<void()> on_connected;
  /// The connection is lost, or can't be made; not again for further tries that fail alike.
  std::function<void(Error reason)> on_disconnected;
};

class CloudLink {
 public:
  virtual ~CloudLink() = default;

  /// Connects, and connects again (full jitter, backoff_min to backoff_max), until cancelled.
  virtual Awaitable<void> run() = 0;
  virtual bool connected() const = 0;

  virtual Awaitable<Result<sync::HelloAnswer>> hello(sync::Hello message) = 0;
  virtual Awaitable<Result<sync::PullAnswer>> pull(sync::Pull message) = 0;
  virtual Awaitable<Result<sync::PushAnswer>> push(sync::Push message) = 0;
  virtual Awaitable<Status> applied(sync::Applied message) = 0;
  virtual Awaitable<Status> decide(sync::Decide message) = 0;
  virtual Awaitable<Status> report(sync::Report message) = 0;
  virtual Awaitable<Status> observed(Observed message) = 0;

  // An older cloud answers these with not_found.
  virtual Awaitable<Result<sync::OfferAnswer>> offer(sync::Offer message) = 0;
  virtual Awaitable<Status> picture(sync::PictureSent message) = 0;
  virtual Awaitable<Status> files(sync::FilesTold message) = 0;
  virtual Awaitable<Result<sync::PinsAnswer>> pins(sync::PinsAsked message) = 0;
  virtual Awaitable<Result<EpisodePlans>> plans(sync::PlansAsked message) = 0;
};

/// Dial-out: a WebSocket to <cloud_url>/api/sync/link.
std::unique_ptr<CloudLink> make_socket_link(asio::any_io_executor executor, LinkSettings settings,
                                            LinkEvents events);

/// Webhook mode: POST <cloud_url>/api/sync/link/{hello,…}. Hints come in through the local role's
/// own routes, not from here; connected means that the last request was answered.
std::unique_ptr<CloudLink> make_http_link(asio::any_io_executor executor, LinkSettings settings,
                                          LinkEvents events);

}  // namespace tracker::link
