#include "local/studio_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/base64.hpp"
#include "core/digest.hpp"

namespace tracker::local {
namespace {

constexpr std::string_view style = R"css(
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;
  background:#fff;color:#1c2430;overflow-wrap:anywhere}
a{color:#1d4fb8}
h1{font-size:1.25rem;margin:0 0 1rem}
.state{font-size:1.125rem;font-weight:600;padding:.75rem 1rem;border-radius:6px;
  border-left:6px solid;margin:0 0 1rem}
.ok{background:#e9f5ec;border-color:#23803d}
.hint{background:#fdf3dc;border-color:#a86400}
.wrong{background:#fdeaea;border-color:#b3261e}
dl{display:grid;grid-template-columns:minmax(6rem,max-content) 1fr;gap:.5rem 1.5rem}
dt{font-weight:600}
dd{margin:0}
li{padding:.5rem .75rem;margin:.25rem 0;border-left:6px solid;border-radius:4px}
ul{list-style:none;padding:0}
@media(prefers-color-scheme:dark){
body{background:#14181f;color:#e4e8ee}
a{color:#8db4ff}
.ok{background:#17301f;border-color:#58b773}
.hint{background:#362a12;border-color:#d9a13b}
.wrong{background:#3a1b1b;border-color:#ef8079}}
)css";

/// What is shown is a picture of one moment: where the program would draw another one, it is.
constexpr std::string_view script = R"js('use strict';
const own = document.querySelector('main').dataset.state;
setInterval(async () => {
  const answer = await fetch('/').catch(() => null);
  const text = answer && answer.ok ? await answer.text() : own;
  if (!text.includes(own)) location.reload();
}, 2000);
)js";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string page_of(std::string_view title, std::string_view head, std::string_view body) {
  return fmt::format(
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>{}</title>"
      "<link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/studio.css\">{}</head>"
      "<body><main data-state=\"{}\">{}</main></body></html>\n",
      title, head, hex(sha256(body)), body);
}

http::Response answer(std::string_view type, std::string body) {
  http::Response response;
  response.content_type = type;
  response.body = std::move(body);
  return response;
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

struct Headline {
  Verdict verdict = Verdict::ok;
  std::string text;
};

Headline headline(const StudioState& state) {
  const sync::Report& report = state.report;
  if (!report.problem.empty()) return {Verdict::wrong, report.problem};
  if (!report.workbook_available) return {Verdict::hint, "The workbook has not been read yet"};
  if (!report.open_by.empty()) {
    return {Verdict::hint, fmt::format("Open by {}: {} wait until it is closed", report.open_by,
                                       report.pending_to_workbook)};
  }
  if (!state.connected) {
    return {Verdict::hint,
            "The cloud does not answer: what is typed in the workbook is kept and sent later"};
  }
  if (state.at_rest) {
    // "2026-01-05T10:32:07Z" -> "10:32"
    const std::string time =
        state.equal_as_of.size() < 16 ? "" : " " + state.equal_as_of.substr(11, 5) + " UTC";
    return {Verdict::ok, "In sync" + time};
  }
  return {Verdict::hint, "At work"};
}

std::string fact(std::string_view name, std::string_view html) {
  return fmt::format("<dt>{}</dt><dd>{}</dd>", name, html);
}

}  // namespace

std::string studio_html(const StudioState& state) {
  const auto [verdict, text] = headline(state);
  const sync::Report& report = state.report;
  std::string body = fmt::format(
      "<h1>Animation Tracker: the studio’s side</h1><p class=\"state {}\" role=\"status\">{}</p>"
      "<dl>",
      word(verdict), escaped(text));
  body +=
      fact("Workbook", fmt::format("{}, {}", escaped(state.workbook),
                                   report.workbook_available ? fmt::format("{} rows", report.rows)
                                                             : std::string("not readable")));
  body += fact("Open by", report.open_by.empty() ? "nobody" : escaped(report.open_by));
  body += fact("Cloud", fmt::format("<a href=\"{0}\">{0}</a>, {1}", escaped(state.cloud),
                                    state.connected ? "connected" : "not connected"));
  body += fact("Waiting", fmt::format("{} for the workbook, {} for the cloud",
                                      report.pending_to_workbook, report.pending_to_cloud));
  body += fact("Media",
               state.media_root.empty()
                   ? "MEDIA_ROOT is not set: nothing is measured"
                   : escaped(state.media_problem.empty() ? state.media_root : state.media_problem));
  if (state.pattern_offer) {
    body += fact("Names", fmt::format("{} of {} rows are named alike. To hold all files to it, set "
                                      "<code>MEDIA_PATTERN='{}'</code>",
                                      state.pattern_offer->rows, state.pattern_offer->rows_all,
                                      escaped(state.pattern_offer->templates)));
  }
  body += "</dl>";
  if (!report.quarantined.empty()) {
    body += "<h2>Cells that wait for a person</h2><ul>";
    for (const sync::Waiting& one : report.quarantined) {
      body +=
          fmt::format("<li class=\"hint\">{}: {}</li>", escaped(one.where), escaped(one.reason));
    }
    body += "</ul>";
  }
  body += "<p><a href=\"/doctor\">Check everything</a></p>";
  return page_of("Animation Tracker: the studio", "<script src=\"/studio.js\" defer></script>",
                 body);
}

std::string findings_html(const Findings& findings) {
  constexpr std::array<std::string_view, 3> marks{"✓", "!", "✗"};
  const auto count = std::ranges::count(findings, Verdict::wrong, &Finding::verdict);
  const std::string text = count == 0   ? "Everything is well"
                           : count == 1 ? "1 thing is wrong"
                                        : fmt::format("{} things are wrong", count);
  std::string body = fmt::format("<h1>What was checked</h1><p class=\"state {}\">{}</p><ul>",
                                 count == 0 ? "ok" : "wrong", text);
  for (const Finding& finding : findings) {
    body += fmt::format("<li class=\"{}\">{} <strong>{}</strong>: {}", word(finding.verdict),
                        marks[static_cast<std::size_t>(finding.verdict)], escaped(finding.check),
                        escaped(finding.what));
    if (!finding.to_do.empty()) body += fmt::format("<br>→ {}", escaped(finding.to_do));
    body += "</li>";
  }
  body += "</ul><p><a href=\"/doctor\">Check again</a> · <a href=\"/\">Back</a></p>";
  return page_of("Animation Tracker: what was checked", "", body);
}

bool is_this_machine(const http::Request& request) {
  for (const char* name : {"X-Forwarded-For", "X-Forwarded-Host", "Forwarded"}) {
    if (request.header(name)) return false;
  }
  std::string_view host = request.header("Host").value_or("");
  if (!host.ends_with(']')) host = host.substr(0, host.rfind(':'));  // without the port
  const bool is_named_so = host == "localhost" || host == "127.0.0.1" || host == "[::1]";
  return is_named_so && is_loopback(request.remote_address);
}

StudioPage::StudioPage(const Settings& settings, Actor& actor, link::CloudLink& link,
                       const MediaService* media, Doctor doctor)
    : settings_(settings),
      actor_(actor),
      link_(link),
      media_(media),
      doctor_(std::move(doctor)),
      doctor_thread_("doctor", 4) {}

void StudioPage::add_routes(http::Router& router) {
  using Work = std::function<Awaitable<http::Response>()>;
  const auto say = [](http::Response response) -> Awaitable<http::Response> { co_return response; };
  const auto guarded = [this, say](Work work) -> http::Handler {
    return [this, say, work = std::move(work)](http::Request request) {
      if (auto refused = refusal(request)) return say(std::move(*refused));
      return work();
    };
  };
  router.add("GET", "/", guarded([this, say] {
               return say(answer("text/html; charset=utf-8", studio_html(state())));
             }));
  router.add("GET", "/doctor", guarded([this] { return examine(); }));
  router.add("GET", "/studio.css", [say](const http::Request&) {
    return say(answer("text/css; charset=utf-8", std::string(style)));
  });
  router.add("GET", "/studio.js", [say](const http::Request&) {
    return say(answer("text/javascript; charset=utf-8", std::string(script)));
  });
}

std::optional<http::Response> StudioPage::refusal(const http::Request& request) const {
  if (is_this_machine(request)) return std::nullopt;
  if (is_loopback(settings_.bind)) {
    return http::text_response("This page is shown on the studio's own machine only.\n", 403);
  }
  const std::string_view given = request.header("Authorization").value_or("");
  if (given.starts_with("Basic ") && !settings_.api_secret.empty()) {
    const std::string pair = from_base64(given.substr(6));
    const std::size_t colon = pair.find(':');
    if (colon != std::string::npos &&
        equal_in_constant_time(pair.substr(colon + 1), settings_.api_secret.reveal())) {
      return std::nullopt;
    }
  }
  http::Response asked = http::text_response("The password is the value of API_SECRET.\n", 401);
  asked.headers.set("WWW-Authenticate", "Basic realm=\"Animation Tracker\", charset=\"UTF-8\"");
  return asked;
}

StudioState StudioPage::state() const {
  StudioState state;
  state.workbook = std::filesystem::absolute(settings_.workbook).string();
  state.cloud = settings_.railway_app_url;
  state.media_root = settings_.media_root.string();
  if (media_ != nullptr) {
    state.media_problem = media_->problem();
    state.pattern_offer = media_->offer();
  }
  state.report = actor_.report();
  state.connected = link_.connected();
  state.at_rest = actor_.engine().at_rest();
  if (const auto equal = actor_.equal_as_of()) state.equal_as_of = format_rfc3339(*equal);
  return state;
}

Awaitable<http::Response> StudioPage::examine() {
  auto findings = co_await runtime::run_blocking(
      doctor_thread_, [this]() -> Result<Findings> { return doctor_(); });
  if (!findings) co_return http::error_response(findings.error());
  co_return answer("text/html; charset=utf-8", findings_html(*findings));
}

}  // namespace tracker::local
