// The local server's own HTTP API (design/product.md §4): health for everybody, the rest for who
// has the key. Thread rule: the io thread. Lifetime: the actor outlives the router's server.
#pragma once

#include <set>
#include <string>

#include "http/router.hpp"
#include "local/actor.hpp"
#include "local/settings.hpp"

namespace tracker::local {

class Api {
 public:
  Api(const Settings& settings, Actor& actor, link::CloudLink& link, const MediaService* media);

  void add_routes(http::Router& router);

 private:
  std::optional<http::Response> refused_host(const http::Request& request) const;
  bool has_key(const http::Request& request) const;
  http::Response health() const;
  http::Response status() const;
  Awaitable<http::Response> excel_data();
  Awaitable<http::Response> from_railway(http::Request request);
  Awaitable<http::Response> sync_now();
  Awaitable<http::Response> preview(http::Request request);
  std::optional<Error> why_not_replaceable() const;
  Awaitable<http::Response> replace_database();
  http::Response analyze() const;
  Awaitable<http::Response> decide_held(bool approve);

  Awaitable<http::Response> hinted(ChangeNumber version);
  Awaitable<http::Response> commanded(sync::Commanded command);
  http::Response written(bool done, std::chrono::steady_clock::time_point began) const;

  const Settings& settings_;
  Actor& actor_;
  link::CloudLink& link_;
  const MediaService* media_;
  std::set<std::string> commands_under_way_;
};

}  // namespace tracker::local
