// Small pictures as rows by digest, on a real PostgreSQL: what is wanted, kept, shown and dropped.
#include <fmt/format.h>

#include "link_fixture.hpp"

namespace tracker::test {
namespace {

using Names = std::vector<PictureName>;

const std::string jpeg = std::string("\xFF\xD8") + std::string(1000, 'x') + "\xFF\xD9";

std::string digest(char digit) { return std::string(32, digit); }
PictureName thumbnail(char digit) { return {digest(digit), Picture::thumbnail}; }
PictureName strip(char digit) { return {digest(digit), Picture::strip}; }

class Pictures : public Link {
 protected:
  void SetUp() override {
    Link::SetUp();
    hello();
  }
  /// A row that shows what was measured under this digest.
  EntryId measured(const std::string& shot, char digit) {
    const EntryId id = created(shot).id;
    Op measure = op(OpKind::measure, id);
    measure.measurement = Measurement{};
    measure.measurement->frames = 24;
    measure.measurement->source_digest = digest(digit);
    measure.measurement->modified_at = fmt::format("2026-01-{:02}T10:00:00.000Z", digit - 'a' + 1);
    EXPECT_EQ(send(next_push({measure})).outcome, PushOutcome::applied);
    return id;
  }
  sync::OfferAnswer offer(std::vector<PictureName> names) {
    auto answer = run(store_->offer({"studio", std::move(names)}));
    EXPECT_TRUE(answer) << describe(answer.error());
    return *answer;
  }
  void put(const PictureName& name) { ASSERT_WORKED(run(store_->put_picture(name, jpeg))); }
};

TEST_F(Pictures, what_a_row_shows_and_is_not_kept_is_wanted) {
  measured("1", 'a');
  const auto first = offer({strip('a'), thumbnail('a'), thumbnail('b')});
  EXPECT_EQ(first.wanted, (Names{strip('a'), thumbnail('a')}));
  EXPECT_EQ(first.early, (Names{thumbnail('b')})) << "no row shows it yet";
  put(strip('a'));
  EXPECT_EQ(offer({strip('a'), thumbnail('a')}).wanted, (Names{thumbnail('a')}));
  EXPECT_EQ(*run(store_->picture(strip('a'))), jpeg);
  EXPECT_EQ(run(store_->picture(thumbnail('a'))).error().code, ErrorCode::not_found);
}

TEST_F(Pictures, the_entries_say_which_pictures_there_are) {
  const EntryId id = measured("1", 'a');
  EXPECT_FALSE(run(store_->get(id))->has_thumbnail);
  const auto before = run(store_->list_state());
  put(thumbnail('a'));
  const auto entry = run(store_->get(id));
  EXPECT_TRUE(entry->has_thumbnail);
  EXPECT_FALSE(entry->has_strip);
  EXPECT_GT(run(store_->list_state())->pictures, before->pictures);
  const auto list = run(store_->list({}));
  EXPECT_TRUE(list->entries.front().has_thumbnail);
  EXPECT_EQ(list->pictures, run(store_->link_state())->pictures);
}

TEST_F(Pictures, a_page_learns_what_came_since_it_looked) {
  measured("1", 'a');
  put(thumbnail('a'));
  const auto seen = run(store_->list_state())->pictures;
  EXPECT_TRUE(run(store_->pictures_since(seen, 10))->kept.empty());
  put(strip('a'));
  put(thumbnail('b'));
  const auto news = run(store_->pictures_since(seen, 10));
  ASSERT_EQ(news->kept.size(), 2U);
  EXPECT_EQ(news->kept[0].source_digest, digest('a'));
  EXPECT_TRUE(news->kept[0].thumbnail && news->kept[0].strip);
  EXPECT_EQ(news->number, run(store_->list_state())->pictures);
  EXPECT_EQ(run(store_->pictures_since(seen, 1))->kept.size(), 1U);
}

TEST_F(Pictures, what_no_row_shows_any_more_is_dropped_after_a_day) {
  const EntryId id = measured("1", 'a');
  measured("2", 'b');
  put(thumbnail('a'));
  put(thumbnail('b'));
  ASSERT_WORKED(run(store_->remove({id}, anna_)));
  ASSERT_WORKED(run(store_->tidy()));
  EXPECT_TRUE(run(store_->picture(thumbnail('a')))) << "it is young";
  sql("UPDATE media_picture SET stored_at = now() - interval '2 days'");
  ASSERT_WORKED(run(store_->tidy()));
  EXPECT_FALSE(run(store_->picture(thumbnail('a'))));
  EXPECT_TRUE(run(store_->picture(thumbnail('b'))));
}

TEST_F(Pictures, they_never_take_more_than_their_room_and_the_newest_renders_keep_theirs) {
  store::Store small(context_.get_executor(), {Secret(url_), 2, 3'300});
  for (const char digit : {'a', 'b', 'c', 'd', 'e'}) measured(std::string(1, digit), digit);
  for (const char digit : {'b', 'd', 'c'})
    ASSERT_WORKED(run(small.put_picture(thumbnail(digit), jpeg)));
  EXPECT_EQ(run(small.offer({"studio", {thumbnail('a'), thumbnail('e')}}))->wanted,
            Names{thumbnail('e')})
      << "a is older than all that are kept";
  ASSERT_WORKED(run(small.put_picture(thumbnail('e'), jpeg)));
  EXPECT_FALSE(run(small.picture(thumbnail('b')))) << "it was the oldest";
  for (const char digit : {'c', 'd', 'e'}) EXPECT_TRUE(run(small.picture(thumbnail(digit))));
  const Names all{thumbnail('a'), thumbnail('b'), thumbnail('c'), thumbnail('d'), thumbnail('e')};
  EXPECT_EQ(run(small.offer({"studio", all}))->wanted, Names{}) << "what went is not sent again";
  small.close();
}

TEST_F(Pictures, what_no_row_shows_makes_room_first) {
  store::Store small(context_.get_executor(), {Secret(url_), 2, 2'200});
  measured("1", 'a');
  const EntryId gone = measured("2", 'b');
  for (const char digit : {'a', 'b'}) ASSERT_WORKED(run(small.put_picture(thumbnail(digit), jpeg)));
  ASSERT_WORKED(run(small.put_picture(strip('b'), jpeg)));
  EXPECT_FALSE(run(small.picture(thumbnail('a')))) << "the older one";
  ASSERT_WORKED(run(store_->remove({gone}, anna_)));
  const auto answer = run(small.offer({"studio", {thumbnail('a')}}));
  EXPECT_EQ(answer->wanted, Names{thumbnail('a')});
  EXPECT_FALSE(run(small.picture(thumbnail('b'))));
  small.close();
}

}  // namespace
}  // namespace tracker::test
