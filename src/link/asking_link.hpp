// AskingLink: turns each message of CloudLink into one question and its answer, so that a transport
// only has to carry JSON. For socket_link.cpp and http_link.cpp; the io thread.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "link/cloud_link.hpp"

namespace tracker::link {

class AskingLink : public CloudLink {
 public:
  Awaitable<Result<sync::HelloAnswer>> hello(sync::Hello message) final;
  Awaitable<Result<sync::PullAnswer>> pull(sync::Pull message) final;
  Awaitable<Result<sync::PushAnswer>> push(sync::Push message) final;
  Awaitable<Status> applied(sync::Applied message) final;
  Awaitable<Status> decide(sync::Decide message) final;
  Awaitable<Status> report(sync::Report message) final;
  Awaitable<Status> observed(Observed message) final;
  Awaitable<Result<sync::OfferAnswer>> offer(sync::Offer message) final;
  Awaitable<Status> picture(sync::PictureSent message) final;
  Awaitable<Status> files(sync::FilesTold message) final;
  Awaitable<Result<sync::PinsAnswer>> pins(sync::PinsAsked message) final;
  Awaitable<Result<EpisodePlans>> plans(sync::PlansAsked message) final;

 protected:
  /// `kind` is the last segment of /api/sync/link/<kind>.
  virtual Awaitable<Result<boost::json::value>> ask(std::string kind, boost::json::object body) = 0;
};

}  // namespace tracker::link
