// Whose media is it: from the rows' episode, scene and shot, and the names of the media found, to
// the shots that each item fits. Which of a shot's items counts: media/rank.hpp.
//
// Without any template: cells and paths are cut into the same tokens (media/tokens.hpp), and an
// item is a shot's if its folders and name hold the shot's scene and shot (and episode, unless
// scene and shot name one shot only) in this order. A path that says another episode, scene or
// shot is never taken. Rows with equal episode, scene and shot are one shot and show the same
// item, unless the path names the week or the animator of one of them. Two different shots that
// fit an item equally well: it is nobody's, and both are named (never guessed). Where the studio
// gives templates (media/pattern.hpp), what they read in the path takes the place of the tokens.
//
// Pure: state changes only through the methods; no I/O. Not thread-safe: one owner at a time.
// Returned references stay valid until the next call that is not const.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/fields.hpp"
#include "media/pattern.hpp"
#include "media/sequence.hpp"
#include "media/tokens.hpp"

namespace tracker::media {

/// What of a row the matching looks at. Two rows with equal values match equally.
struct RowNames {
  std::string episode;
  std::string scene;
  std::string shot;
  std::string week;
  std::string animator;
  bool operator==(const RowNames&) const = default;
};
RowNames names_of(const Cells& cells);

/// An item with everything its name says, cut once when it is found.
struct NamedItem {
  Item item;
  PathNames names;
};
/// With `patterns` the studio's templates say whose the item is, and nothing else.
NamedItem named(Item item, const Patterns* patterns = nullptr);

/// The shots that an item fits, best fit only: one = it is that shot's; more = ambiguous.
struct Fit {
  std::vector<std::size_t> shots;  ///< indices for Matcher::shot_name() and so on, ascending
  bool operator==(const Fit&) const = default;
};

class Matcher {
 public:
  /// `rows`: in the workbook's order. Rows whose scene or shot is blank match nothing.
  explicit Matcher(std::vector<RowNames> rows);

  std::size_t shot_count() const { return shots_.size(); }
  const std::vector<std::size_t>& rows_of(std::size_t shot) const { return shots_[shot].rows; }
  /// Nothing for a row whose scene or shot is blank.
  std::optional<std::size_t> shot_of(std::size_t row) const;
  const RowNames& names_of_row(std::size_t row) const { return rows_[row]; }
  const CellTokens& episode_of(std::size_t shot) const { return shots_[shot].episode; }
  /// "EP01 SC010 SH0020", as the first of its rows spells it.
  std::string shot_name(std::size_t shot) const;

  Fit fit(const PathNames& names) const;

  /// Of a shot's item: does its path speak of this row, or of none of the shot's rows? False if it
  /// names the week or animator of another row of the shot, and not this row's.
  bool speaks_of(std::size_t row, const PathNames& names) const;

 private:
  Fit fit_said(const SaidByTemplate& said) const;

  struct Shot {
    std::vector<std::size_t> rows;
    CellTokens episode;
    CellTokens scene;
    CellTokens shot;
  };
  using Values = std::map<std::string, std::size_t, std::less<>>;

  std::vector<RowNames> rows_;
  std::vector<Shot> shots_;
  std::vector<std::size_t> shot_of_row_;
  Values scene_values_;  ///< every scene text, numbered
  Values shot_values_;
  std::size_t scene_length_max_ = 1;  ///< tokens
  std::size_t shot_length_max_ = 1;
  std::map<std::pair<std::size_t, std::size_t>, std::vector<std::size_t>> shots_by_values_;
};

}  // namespace tracker::media
