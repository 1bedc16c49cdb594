// What a person sees when a variable is missing or wrong, and what is refused.
#include "cli/settings.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "cli/database_url.hpp"
#include "cli/reader.hpp"
#include "cli/variables.hpp"

namespace tracker::cli {
namespace {

using Values = std::map<std::string, std::string>;

const Values cloud_values = {{"DATABASE_URL", "postgresql://u:p@h/db"},
                             {"LOCAL_SERVER_API_KEY", "0123456789abcdef0123"}};
const Values local_values = {
    {"RAILWAY_APP_URL", "http://127.0.0.1:3000/"}, {"API_SECRET", "short"}, {"HOME", "/home/anna"}};

Result<cloud::Settings> cloud_with(Values changes) {
  changes.insert(cloud_values.begin(), cloud_values.end());
  std::vector<std::string> warnings;
  return cloud_settings(Environment::of(changes), warnings);
}

Result<local::Settings> local_with(Values changes) {
  changes.insert(local_values.begin(), local_values.end());
  return local_settings(Environment::of(changes), "/opt/tracker/animation-tracker");
}

std::string sentence(const Error& error) { return describe(error); }

TEST(CloudSettings, HaveTheContractsDefaults) {
  const auto settings = cloud_with({});
  ASSERT_TRUE(settings.has_value()) << describe(settings.error());
  EXPECT_EQ(settings->port, 3000);
  EXPECT_EQ(settings->bind, "::");
  EXPECT_FALSE(settings->production);
  EXPECT_EQ(settings->environment, "development");
  EXPECT_TRUE(settings->enable_cloud_sync);
  EXPECT_TRUE(settings->public_diagnostics);
}

TEST(CloudSettings, NameTheVariableWhatWasFoundAndWhatIsExpected) {
  const auto port = cloud_with({{"PORT", "80a"}});
  ASSERT_FALSE(port.has_value());
  EXPECT_EQ(sentence(port.error()),
            "PORT is \"80a\" (from the environment): expected a whole number from 1 to 65535");
  EXPECT_FALSE(cloud_with({{"PORT", "0"}}).has_value());
  EXPECT_FALSE(cloud_with({{"PORT", "65536"}}).has_value());
  EXPECT_TRUE(sentence(cloud_with({{"LOCAL_SERVER_URL", "ngrok.dev"}}).error())
                  .starts_with("LOCAL_SERVER_URL is \"ngrok.dev\""));
  EXPECT_TRUE(sentence(cloud_with({{"ENABLE_CLOUD_SYNC", "maybe"}}).error())
                  .starts_with("ENABLE_CLOUD_SYNC is \"maybe\""));
  EXPECT_TRUE(sentence(cloud_with({{"BIND", "everywhere"}}).error()).starts_with("BIND is"));
  EXPECT_TRUE(sentence(cloud_with({{"DATABASE_URL", "mysql://x"}}).error())
                  .starts_with("DATABASE_URL (from the environment)"));
  EXPECT_TRUE(sentence(cloud_with({{"ADMIN_EMAIL", "a@b.c"}}).error())
                  .starts_with("ADMIN_PASSWORD is missing"));
  std::vector<std::string> warnings;
  EXPECT_TRUE(sentence(cloud_settings(Environment::of({}), warnings).error())
                  .starts_with("DATABASE_URL is missing"));
}

TEST(CloudSettings, RefuseTheSampleSecretInProductionWithAFreshOne) {
  const Values sample = {{"NODE_ENV", "production"}, {"LOCAL_SERVER_API_KEY", "ParcelStudio2025"}};
  const auto refused = cloud_with(sample);
  ASSERT_FALSE(refused.has_value());
  const std::string text = sentence(refused.error());
  EXPECT_NE(text.find("LOCAL_SERVER_API_KEY"), std::string::npos);
  EXPECT_NE(text.find("API_SECRET (local)"), std::string::npos);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_NE(sentence(cloud_with(sample).error()), text);  // another secret each time
  EXPECT_FALSE(cloud_with({{"NODE_ENV", "production"}, {"WEBHOOK_SECRET", "fifteen letters"}}));
  EXPECT_TRUE(cloud_with({{"LOCAL_SERVER_API_KEY", "ParcelStudio2025"}}).has_value());
}

TEST(LocalSettings, HaveTheContractsDefaults) {
  const auto settings = local_with({});
  ASSERT_TRUE(settings.has_value()) << describe(settings.error());
  EXPECT_EQ(settings->port, 3001);
  EXPECT_EQ(settings->bind, "127.0.0.1");
  EXPECT_EQ(settings->railway_app_url, "http://127.0.0.1:3000");
  EXPECT_EQ(settings->workbook.filename(), "production_summary.xlsx");
  EXPECT_TRUE(settings->workbook.is_absolute());
  EXPECT_EQ(settings->data_dir, "/home/anna/.local/state/animation-tracker");
  EXPECT_EQ(settings->media_program, "/opt/tracker/animation-tracker-media");
  EXPECT_EQ(settings->frame_rate, (Rational{24, 1}));
  EXPECT_FALSE(settings->enable_auto_sync);
}

/// What is not listed has no option, no help, and a demo does not pass it on to its local role.
TEST(LocalSettings, OfTheMediaAreAllListed) {
  std::set<std::string_view> listed;
  for (const Variable& variable : local_variables()) listed.insert(variable.name);
  for (const char* name :
       {"MEDIA_ROOT", "MEDIA_PATTERN", "MEDIA_TASKS", "MEDIA_HANDLES", "FPS", "EPISODE_RATES"}) {
    EXPECT_TRUE(listed.contains(name)) << name;
  }
}

TEST(LocalSettings, NameTheFileBehindALinkThatStandsForTheWorkbook) {
  std::string name = testing::TempDir() + "workbook-link-XXXXXX";
  const std::filesystem::path folder = ::mkdtemp(name.data());
  std::filesystem::create_directory(folder / "share");
  std::filesystem::create_symlink("share/second", folder / "first.xlsx");
  std::filesystem::create_symlink("list.xlsx", folder / "share/second");
  const auto linked = local_with({{"WORKBOOK", (folder / "first.xlsx").string()}});
  EXPECT_EQ(linked->workbook, folder / "share/list.xlsx") << "which may not exist yet";
  std::filesystem::create_symlink("circle.xlsx", folder / "circle.xlsx");
  EXPECT_TRUE(local_with({{"WORKBOOK", (folder / "circle.xlsx").string()}}).has_value());
  std::filesystem::remove_all(folder);
}

TEST(LocalSettings, RefuseWeakSecretsTowardsAnHttpsCloud) {
  const auto refused = local_with({{"RAILWAY_APP_URL", "https://studio.example.com"}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(sentence(refused.error()).find("LOCAL_SERVER_API_KEY (cloud)"), std::string::npos);
  EXPECT_EQ(sentence(refused.error()).find("\"short\""), std::string::npos);
}

TEST(LocalSettings, RefuseWhatIsMalformed) {
  EXPECT_TRUE(sentence(local_with({{"FPS", "fast"}}).error()).starts_with("FPS is \"fast\""));
  EXPECT_FALSE(local_with({{"LINK_MODE", "pigeon"}}).has_value());
  EXPECT_TRUE(sentence(local_with({{"MEDIA_TASKS", "paint"}}).error())
                  .starts_with("MEDIA_TASKS: \"paint\" is no task"));
  for (const char* handles : {"-1", "1001", "8 frames"}) {
    EXPECT_TRUE(sentence(local_with({{"MEDIA_HANDLES", handles}}).error())
                    .starts_with(std::string("MEDIA_HANDLES is \"") + handles + "\""));
  }
  EXPECT_EQ(local_with({{"MEDIA_HANDLES", "8"}})->media_handles, 8);
  EXPECT_TRUE(sentence(local_with({{"EPISODE_RATES", "EP01=25; EP02"}}).error())
                  .starts_with("EPISODE_RATES: \"EP02\" has no ="));
  EXPECT_FALSE(local_with({{"REQUIRE_SIGNATURE", "true"}}).has_value());
  EXPECT_FALSE(local_with({{"RAILWAY_APP_URL", "https://u:p@studio.example.com"}}).has_value());
}

TEST(LocalSettings, SayWhyASheetCannotHaveItsName) {
  EXPECT_EQ(local_with({})->footage_sheet, "");
  EXPECT_EQ(local_with({{"FOOTAGE_SHEET", "Footage 2026"}})->footage_sheet, "Footage 2026");
  EXPECT_EQ(sentence(local_with({{"FOOTAGE_SHEET", "Week 1/2"}}).error()),
            "FOOTAGE_SHEET is \"Week 1/2\": a sheet's name may not hold [ ] : * ? / \\: "
            "give the name of a sheet such as Footage, or leave it empty");
  const std::string too_long(32, 'x');
  EXPECT_EQ(sentence(local_with({{"FOOTAGE_SHEET", too_long}}).error()),
            "FOOTAGE_SHEET is \"" + too_long +
                "\": a sheet's name has at most 31 characters: "
                "give the name of a sheet such as Footage, or leave it empty");
  EXPECT_TRUE(sentence(local_with({{"FOOTAGE_SHEET", "'Footage'"}}).error())
                  .contains("may not begin or end with an apostrophe"));
}

TEST(DatabaseUrl, TranslatesNodesHabits) {
  const auto url = database_url(Environment::of(
      {{"DATABASE_URL", "postgresql://u:p@h/db?pgbouncer=true&ssl=true&application_name=x"}}));
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->url.reveal(), "postgresql://u:p@h/db?sslmode=require&application_name=x");
  EXPECT_EQ(url->warnings.size(), 2U);
}

TEST(DatabaseUrl, IsBuiltFromItsParts) {
  const auto url = database_url(Environment::of({{"PGHOST", "db.internal"},
                                                 {"PGPORT", "5433"},
                                                 {"PGDATABASE", "animation-tracker-db"},
                                                 {"PGUSER", "anna"},
                                                 {"PGPASSWORD", "p@ss/w"}}));
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->url.reveal(),
            "postgresql://anna:p%40ss%2Fw@/animation-tracker-db?host=db.internal&port=5433");
}

TEST(Precedence, OptionThenFolderThenEnvironmentThenDotenv) {
  std::string folder = "/tmp/at-settings-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  std::ofstream(folder + "/.env") << "AT_TEST_A=dotenv\nAT_TEST_B=dotenv\nAT_TEST_C=dotenv\n"
                                     "AT_TEST_D=dotenv\nAT_TEST_E=dotenv\n";
  std::ofstream(folder + "/role.env") << "AT_TEST_A=role\nAT_TEST_B=role\nAT_TEST_E=\n";
  setenv("AT_TEST_A", "environment", 1);
  setenv("AT_TEST_B", "environment", 1);
  setenv("AT_TEST_C", "environment", 1);
  setenv("AT_TEST_D", "", 1);
  auto environment = Environment::load(folder);
  ASSERT_TRUE(environment.has_value());
  ASSERT_TRUE(environment->put_file(folder + "/role.env").has_value());
  environment->put_option("AT_TEST_A", "--a", "option");
  EXPECT_EQ(environment->text("AT_TEST_A"), "option");
  EXPECT_EQ(environment->text("AT_TEST_B"), "role");
  EXPECT_EQ(environment->text("AT_TEST_C"), "environment");
  EXPECT_EQ(environment->text("AT_TEST_D"), "dotenv");
  EXPECT_EQ(environment->text("AT_TEST_E", "default"), "default");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace tracker::cli
