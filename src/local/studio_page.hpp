// The studio's own page, /: how workbook, link and media are; /doctor: the checks of `doctor`.
//
// It is for the machine that local runs on: asked from there (a loopback address, under a loopback
// name, through no proxy) it needs nothing. Where BIND lets other machines in, they see it with the
// API key as password (HTTP Basic, any name); a tunnel to a loopback BIND shows it to nobody. It
// holds no secrets and changes nothing. Thread rule: the io thread; the doctor works on a thread of
// its own, one examination at a time. Lifetime: what it shows outlives the router's server.
#pragma once

#include <string>

#include "http/router.hpp"
#include "local/actor.hpp"
#include "local/finding.hpp"
#include "local/settings.hpp"
#include "runtime/worker_thread.hpp"

namespace tracker::local {

/// The picture of one moment; plain, so that it can be drawn without a running role.
struct StudioState {
  std::string workbook;    ///< path
  std::string cloud;       ///< address
  std::string media_root;  ///< '' = none
  std::string media_problem;
  std::optional<media::LearnedPattern> pattern_offer;
  sync::Report report;
  bool connected = false;
  bool at_rest = false;
  std::string equal_as_of;  ///< '' = not since the start
};

/// HTML of the two pages.
std::string studio_html(const StudioState& state);
std::string findings_html(const Findings& findings);

class StudioPage {
 public:
  StudioPage(const Settings& settings, Actor& actor, link::CloudLink& link,
             const MediaService* media, Doctor doctor);

  void add_routes(http::Router& router);

 private:
  std::optional<http::Response> refusal(const http::Request& request) const;
  StudioState state() const;
  Awaitable<http::Response> examine();

  const Settings& settings_;
  Actor& actor_;
  link::CloudLink& link_;
  const MediaService* media_;
  Doctor doctor_;
  runtime::WorkerThread doctor_thread_;
};

/// Does the request come from this machine's own browser?
bool is_this_machine(const http::Request& request);

}  // namespace tracker::local
