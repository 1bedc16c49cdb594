// What the media service knows: rows, folders, what was measured; and what follows from it.
//
// Fed with rows, folder listings and answers in any order; it says which files have to be measured
// next, and which rows' measurements became other ones. No I/O and no clock here: the service
// passes the time in. One thread at a time. References are not handed out.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "disk/media_scan.hpp"
#include "domain/media_file.hpp"
#include "local/media_service.hpp"
#include "media/episode_rates.hpp"
#include "media/learn.hpp"
#include "media/match.hpp"
#include "media/rank.hpp"
#include "probe/answer.hpp"

namespace tracker::local {

/// One state of one file: another size, time or inode is another key.
std::string file_key(const media::FileFact& file, const disk::FileIdentity& identity);

/// What the studio says of its shots.
struct ShotTerms {
  Rational frame_rate{24, 1};         ///< where a file does not say; another one is a problem
  media::EpisodeRates episode_rates;  ///< of episodes that have their own
  std::int64_t handles = 0;  ///< frames before and behind the cut, which are not of its length
};

class MediaIndex {
 public:
  /// `patterns`: the studio's templates; without them names are matched by their tokens.
  MediaIndex(ShotTerms terms, std::optional<media::Patterns> patterns, media::TaskOrder task_order)
      : terms_(std::move(terms)), patterns_(std::move(patterns)), task_order_(task_order) {}

  /// All rows there are; each is told anew.
  void set_rows(const std::vector<ShotRow>& rows);
  void put_row(const ShotRow& row);
  void remove_row(const std::string& key);

  /// Rows came, went or are named differently: match_anew() is due. Until then all else goes on
  /// as before, but for rows that are gone: nothing is told of them.
  bool has_new_names() const { return names_are_new_; }
  void match_anew();

  /// What people gave to rows by hand, in place of what was known of it: match_anew() is due.
  void set_pins(const std::vector<MediaPin>& pins);

  /// A folder as it is now, in place of what was known of it.
  void put_folder(const disk::MediaFolder& folder);
  /// The folder and everything below it is gone.
  void remove_folder(const std::string& folder);

  /// Nothing to measure was found anywhere: nobody's measurement may be taken away on that.
  bool is_empty() const { return items_.empty(); }

  /// A file that some row shows and that is not measured in its present state.
  struct Wanted {
    std::string path;  ///< below the root
    std::string key;   ///< file_key()
  };
  /// Each is handed out once, until its file changes.
  std::vector<Wanted> take_wanted();

  /// The answer for the state `key` of a file. Late answers for an older state are dropped.
  void put_answer(const std::string& path, const std::string& key, const probe::Answer& answer,
                  std::string measured_at);

  /// Rows whose measurement is another one than was last taken here. Image sequences that are
  /// growing are told when they stood still for two seconds. REQUIRES: the whole root was read.
  std::vector<MeasuredRow> take_changes(std::int64_t now_ns);

  /// Sequences that are growing make take_changes() worth calling again soon.
  bool is_unsettled() const { return !unsettled_.empty(); }

  /// A picture that can be drawn of what some row shows.
  struct Drawable {
    std::string digest;              ///< the measurement's source_digest
    std::vector<std::string> paths;  ///< the files to draw from: of a sequence ten frames
    bool is_movie = false;
  };
  /// What became drawable since the last call, some of it perhaps more than once.
  std::vector<Drawable> take_drawables();

  /// Movies and sequences that no row can show, if that may be another answer than the last one.
  /// REQUIRES: the whole root was read.
  std::optional<UnmatchedFiles> take_unmatched();
  bool matches_changed() const { return matches_changed_; }

  /// The templates that the names of what rows show follow already; nothing where the studio has
  /// given its own.
  std::optional<media::LearnedPattern> learn_pattern() const;

  /// A file that some row shows now, as it was when its folder was read.
  struct Chosen {
    std::string path;
    std::uint64_t bytes = 0;
    std::int64_t mtime_ns = 0;
  };
  std::vector<Chosen> chosen_files() const;

 private:
  struct Known {
    media::NamedItem named;
    std::string key;
    std::string sample_key;  ///< file_key() of a sequence's first file, where that states the rate
    media::Fit fit;
    std::optional<probe::Answer> answer;
    std::string measured_at;
    bool asked = false;
  };
  struct Choice {
    const Known* known = nullptr;
    std::string reason;
  };

  media::Fit fit_of(const std::string& path, const media::PathNames& names) const;
  bool is_pinned(const std::string& path) const;
  void number_pinned_rows();
  Known known_of(media::Item item, const std::string& file_state) const;
  void put_item(const std::string& path, Known known);
  void remove_item(const std::string& path);
  void touch(const media::Fit& fit);
  static std::optional<Wanted> to_measure(const Known& known);
  Choice choose(std::size_t shot, std::size_t row) const;
  std::optional<Measurement> measurement_of(std::size_t shot, const Choice& choice) const;
  std::optional<Measurement> ambiguity_of(std::size_t shot) const;
  bool is_growing(const Known& known, std::int64_t now_ns) const;
  void note_drawable(const Choice& choice);
  void evaluate(std::size_t shot, std::int64_t now_ns, std::vector<MeasuredRow>& out);
  void tell(std::size_t row, std::optional<Measurement> measurement, std::vector<MeasuredRow>& out);

  ShotTerms terms_;
  std::optional<media::Patterns> patterns_;
  media::TaskOrder task_order_;
  std::map<std::string, media::RowNames> rows_;  ///< by row key
  bool names_are_new_ = false;
  std::vector<std::string> keys_;  ///< as matched: by the matcher's numbers of rows
  std::unique_ptr<media::Matcher> matcher_;
  std::vector<std::set<std::string>> items_of_shot_;
  std::map<std::string, Known> items_;                    ///< by path
  std::map<std::string, std::set<std::string>> folders_;  ///< folder -> paths of its items
  std::map<std::string, std::string> sequence_of_file_;   ///< first files asked for
  std::set<std::size_t> touched_;                         ///< shots to look at
  std::set<std::size_t> unsettled_;                       ///< shots whose sequence is growing
  std::vector<Drawable> drawables_;
  std::map<std::string, std::string> pins_;         ///< canonical path -> row key
  std::map<std::string, std::size_t> row_numbers_;  ///< of those that some pin names
  bool matches_changed_ = false;
  bool rows_are_new_ = false;  ///< take_changes() has not told of them
  bool all_may_want_ = false;  ///< take_wanted() has not gone through them
  std::map<std::string, std::optional<Measurement>> told_;  ///< by row key
};

}  // namespace tracker::local
