// What the actor sends to the cloud, and how often.
#include "local/actor.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace tracker::local {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// A cloud that answers nothing and takes no report.
class RefusingLink : public link::CloudLink {
 public:
  Awaitable<void> run() override { co_return; }
  bool connected() const override { return true; }
  Awaitable<Result<sync::HelloAnswer>> hello(sync::Hello) override { co_return refusal(); }
  Awaitable<Result<sync::PullAnswer>> pull(sync::Pull) override { co_return refusal(); }
  Awaitable<Result<sync::PushAnswer>> push(sync::Push) override { co_return refusal(); }
  Awaitable<Status> applied(sync::Applied) override { co_return refusal(); }
  Awaitable<Status> decide(sync::Decide) override { co_return refusal(); }
  Awaitable<Status> report(sync::Report report) override {
    reports.push_back(std::move(report));
    co_return refusal();
  }
  Awaitable<Status> observed(link::Observed) override { co_return refusal(); }
  Awaitable<Result<sync::OfferAnswer>> offer(sync::Offer) override { co_return refusal(); }
  Awaitable<Status> picture(sync::PictureSent) override { co_return refusal(); }
  Awaitable<Status> files(sync::FilesTold) override { co_return refusal(); }
  Awaitable<Result<sync::PinsAnswer>> pins(sync::PinsAsked) override { co_return refusal(); }
  Awaitable<Result<EpisodePlans>> plans(sync::PlansAsked) override { co_return refusal(); }

  std::vector<sync::Report> reports;

 private:
  static std::unexpected<Error> refusal() { return fail(ErrorCode::too_large, "too much"); }
};

TEST(Actor, a_report_that_the_cloud_refuses_is_not_sent_again_at_once) {
  std::string name = testing::TempDir() + "actor-XXXXXX";
  const fs::path folder = ::mkdtemp(name.data());
  Settings settings;
  settings.workbook = folder / "list.xlsx";
  settings.data_dir = folder;
  asio::io_context context(1);
  runtime::WorkerThread disk_thread("disk");
  WorkbookPort port(settings, journal::Journal::open(folder, "store").value());
  RefusingLink link;
  Actor actor(context.get_executor(), disk_thread, port, port.journal().load().value(),
              "list.xlsx");
  actor.connect(link, nullptr);
  runtime::TaskGroup tasks(context.get_executor());
  tasks.start("actor", actor.run());
  tasks.start("report", actor.report_changes());
  const auto report_about = [&](const std::string& reason) {
    actor.post(sync::WorkbookUnreadable{reason});
    const auto told = [&] {
      return !link.reports.empty() && link.reports.back().problem == reason;
    };
    const auto deadline = steady_clock::now() + std::chrono::seconds(10);
    while (!told() && steady_clock::now() < deadline) context.run_for(milliseconds(10));
    EXPECT_TRUE(told()) << "one that has changed is sent at once: " << reason;
  };
  report_about("first");
  const std::size_t sent = link.reports.size();
  context.run_for(milliseconds(1000));
  EXPECT_EQ(link.reports.size(), sent);
  report_about("second");
  asio::co_spawn(context, tasks.stop(std::chrono::seconds(5)),
                 [&](std::exception_ptr, const Status&) { context.stop(); });
  context.run();
  fs::remove_all(folder);
}

}  // namespace
}  // namespace tracker::local
