#include "cloud/app.hpp"

namespace tracker::cloud {

store::Who Caller::who() const {
  store::Who who{name, std::nullopt};
  if (role == Role::animator) who.own_animators = animator_names;
  return who;
}

App::App(asio::any_io_executor executor_, const Settings& settings_)
    : settings(settings_),
      executor(executor_),
      store(executor_, store::Options{settings_.database_url, 8}),
      tasks(executor_),
      events(executor_, store),
      studio(executor_, store, settings) {}

Time now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

}  // namespace tracker::cloud
