#include "link/asking_link.hpp"

#include <boost/json.hpp>

namespace tracker::link {

Awaitable<Result<sync::HelloAnswer>> AskingLink::hello(sync::Hello message) {
  CO_TRY(const auto answer, co_await ask("hello", to_json(message)));
  co_return sync::parse_hello_answer(answer);
}

Awaitable<Result<sync::PullAnswer>> AskingLink::pull(sync::Pull message) {
  CO_TRY(const auto answer, co_await ask("pull", to_json(message)));
  co_return sync::parse_pull_answer(answer);
}

Awaitable<Result<sync::PushAnswer>> AskingLink::push(sync::Push message) {
  CO_TRY(const auto answer, co_await ask("push", to_json(message)));
  co_return sync::parse_push_answer(answer);
}

Awaitable<Status> AskingLink::applied(sync::Applied message) {
  CO_CHECK_OK(co_await ask("applied", to_json(message)));
  co_return Status{};
}

Awaitable<Status> AskingLink::decide(sync::Decide message) {
  CO_CHECK_OK(co_await ask("decide", to_json(message)));
  co_return Status{};
}

Awaitable<Status> AskingLink::report(sync::Report message) {
  CO_CHECK_OK(co_await ask("report", to_json(message)));
  co_return Status{};
}

Awaitable<Status> AskingLink::observed(Observed message) {
  CO_CHECK_OK(co_await ask("observed", to_json(message)));
  co_return Status{};
}

Awaitable<Result<sync::OfferAnswer>> AskingLink::offer(sync::Offer message) {
  CO_TRY(const auto answer, co_await ask("offer", to_json(message)));
  co_return sync::parse_offer_answer(answer);
}

Awaitable<Status> AskingLink::picture(sync::PictureSent message) {
  CO_CHECK_OK(co_await ask("picture", to_json(message)));
  co_return Status{};
}

Awaitable<Status> AskingLink::files(sync::FilesTold message) {
  CO_CHECK_OK(co_await ask("files", to_json(message)));
  co_return Status{};
}

Awaitable<Result<sync::PinsAnswer>> AskingLink::pins(sync::PinsAsked message) {
  CO_TRY(const auto answer, co_await ask("pins", to_json(message)));
  co_return sync::parse_pins_answer(answer);
}

Awaitable<Result<EpisodePlans>> AskingLink::plans(sync::PlansAsked message) {
  CO_TRY(const auto answer, co_await ask("plans", to_json(message)));
  co_return parse_episode_plans(answer);
}

}  // namespace tracker::link
