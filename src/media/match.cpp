#include "media/match.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/text.hpp"
#include "media/letters.hpp"

namespace tracker::media {
namespace {

constexpr std::size_t no_shot = static_cast<std::size_t>(-1);

/// Where a cell's value stands in a path: tokens [begin, end).
struct Place {
  std::size_t value = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// How well an item fits a shot; greater is better.
struct Score {
  bool episode_confirmed = false;
  int said_by_prefix = 0;  ///< of scene and shot, how many the path calls by that name
  int place = 0;           ///< 2 = both in the file's name, 1 = shot in the name, 0 = folders
  auto operator<=>(const Score&) const = default;
};

bool may_be(TokenKind token, TokenKind column) {
  switch (token) {
    case TokenKind::word:
    case TokenKind::number:
    case TokenKind::scene_or_shot:
      return true;
    case TokenKind::scene:
    case TokenKind::sequence:
      return column == TokenKind::scene;
    case TokenKind::shot:
      return column == TokenKind::shot;
    case TokenKind::episode:
      return column == TokenKind::episode;
    case TokenKind::version:
    case TokenKind::take:
    case TokenKind::date:
      return false;
  }
  return false;
}

template <class Values>
std::vector<Place> places_of(const Values& values, std::size_t length_max, const PathNames& names,
                             TokenKind column) {
  std::vector<Place> places;
  std::string text;
  for (std::size_t begin = 0; begin < names.tokens.size(); ++begin) {
    text.clear();
    for (std::size_t end = begin; end < names.tokens.size() && end - begin < length_max; ++end) {
      const Token& token = names.tokens[end];
      if (!may_be(token.kind, column)) break;
      if (end > begin) text += ' ';
      text += token.text;
      const auto found = values.find(text);
      if (found != values.end()) places.push_back({found->second, begin, end + 1});
    }
  }
  return places;
}

bool has_digit(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// True if the path calls something by this name, and it is another one than `text`.
bool says_another(const PathNames& names, TokenKind kind, std::string_view text) {
  return std::ranges::any_of(
      names.tokens, [&](const Token& token) { return token.kind == kind && token.text != text; });
}

bool says_any(const PathNames& names, TokenKind kind) {
  return std::ranges::find(names.tokens, kind, &Token::kind) != names.tokens.end();
}

/// A path that names another scene or shot contradicts, whatever else it holds.
bool contradicts(const PathNames& names, const CellTokens& scene, const CellTokens& shot) {
  if (shot.length == 1 && has_digit(shot.text) && says_another(names, TokenKind::shot, shot.text)) {
    return true;
  }
  if (scene.length != 1 || !has_digit(scene.text)) return false;
  TokenKind family = scene.kind;
  if (family != TokenKind::scene && family != TokenKind::sequence) {
    family = says_any(names, TokenKind::scene) ? TokenKind::scene : TokenKind::sequence;
  }
  return says_another(names, family, scene.text);
}

bool holds_run(const PathNames& names, std::string_view text, std::size_t length,
               std::size_t end_max) {
  if (length == 0) return false;
  for (std::size_t begin = 0; begin + length <= end_max; ++begin) {
    std::string run;
    for (std::size_t i = begin; i < begin + length; ++i) {
      if (i > begin) run += ' ';
      run += names.tokens[i].text;
    }
    if (run == text) return true;
  }
  return false;
}

enum class EpisodeSaid { confirmed, not_said, another };

EpisodeSaid episode_said(const CellTokens& episode, const PathNames& names, std::size_t before) {
  const bool path_says = says_any(names, TokenKind::episode);
  if (!episode.number.empty()) {
    if (says_another(names, TokenKind::episode, episode.number)) return EpisodeSaid::another;
    if (path_says) return EpisodeSaid::confirmed;
  }
  if (holds_run(names, episode.text, episode.length, names.tokens.size())) {
    return EpisodeSaid::confirmed;
  }
  for (std::size_t i = 0; i < before && !episode.number.empty(); ++i) {
    const Token& token = names.tokens[i];
    if (token.kind == TokenKind::number && token.text == episode.number) {
      return EpisodeSaid::confirmed;
    }
  }
  // The path names an episode by number, the row by title only: nothing says they are the same.
  const bool cell_says = !episode.number.empty() || episode.length > 0;
  return path_says && cell_says ? EpisodeSaid::another : EpisodeSaid::not_said;
}

bool is_loose_number(const Token& token) { return token.kind == TokenKind::number && !token.glued; }

/// Numbers without a prefix say scene and shot only by their order, so nothing may come between,
/// and a name that holds two of them must hold both.
bool order_is_clear(const PathNames& names, const Place& scene, const Place& shot) {
  const auto& tokens = names.tokens;
  const bool loose = is_loose_number(tokens[scene.begin]) || is_loose_number(tokens[shot.begin]);
  if (!loose) return true;
  for (std::size_t i = scene.end; i < shot.begin; ++i) {
    if (is_loose_number(tokens[i])) return false;
  }
  if (scene.begin >= names.name_begin) return true;
  std::size_t in_name = 0;
  for (std::size_t i = names.name_begin; i < tokens.size(); ++i) {
    const TokenKind kind = tokens[i].kind;
    if (is_loose_number(tokens[i]) || kind == TokenKind::scene || kind == TokenKind::shot) {
      ++in_name;
    }
  }
  return in_name < 2;
}

Score score_of(const PathNames& names, const Place& scene, const Place& shot) {
  Score score;
  const TokenKind scene_kind = names.tokens[scene.begin].kind;
  score.said_by_prefix += scene_kind == TokenKind::scene || scene_kind == TokenKind::sequence;
  score.said_by_prefix += names.tokens[shot.begin].kind == TokenKind::shot;
  if (shot.begin >= names.name_begin) score.place = scene.begin >= names.name_begin ? 2 : 1;
  return score;
}

/// The tokens of a cell as one text, for finding it in a path.
bool path_holds(const PathNames& names, std::string_view cell) {
  const std::vector<Token> tokens = tokens_of(cell);
  std::string text;
  for (const Token& token : tokens) {
    if (!text.empty()) text += ' ';
    text += token.text;
  }
  return holds_run(names, text, tokens.size(), names.tokens.size());
}

void take_said(const std::optional<Said>& said, PathNames& names) {
  SaidByTemplate& out = names.said.emplace();
  if (!said) return;
  out.fits = true;
  const auto value = [&](std::string_view key) -> const std::string* {
    const auto found = said->find(key);
    return found != said->end() ? &found->second : nullptr;
  };
  if (const auto* text = value("episode")) out.episode = episode_cell(*text);
  if (const auto* text = value("scene")) out.scene = scene_cell(*text);
  if (const auto* text = value("shot")) out.shot = shot_cell(*text);
  if (const auto* text = value("week")) out.week = *text;
  if (const auto* text = value("animator")) out.animator = *text;
  if (const auto* text = value("take")) names.take = leading_integer(*text);
  if (const auto* text = value("version")) {
    names.version = leading_integer(*text);
    names.version_text = "v" + *text;
  }
  if (const auto* text = value("task")) {
    names.task = Task::none;
    for (const Token& token : tokens_of(*text)) {
      if (names.task == Task::none) names.task = task_named(token.text);
    }
  }
}

}  // namespace

RowNames names_of(const Cells& cells) {
  return {at(cells, Field::episode_title), at(cells, Field::scene), at(cells, Field::shot),
          at(cells, Field::week_yyyymmdd), at(cells, Field::animator)};
}

NamedItem named(Item item, const Patterns* patterns) {
  std::string_view stem = item.name;
  if (const std::size_t dot = stem.rfind('.'); dot != std::string_view::npos && dot > 0) {
    stem = stem.substr(0, dot);
  }
  if (item.kind == ItemKind::sequence) stem = stem.substr(0, stem.rfind('%'));
  PathNames names = path_names(item.folder, stem);
  if (patterns != nullptr) take_said(patterns->match(canonical(path_of(item))), names);
  return {std::move(item), std::move(names)};
}

Matcher::Matcher(std::vector<RowNames> rows) : rows_(std::move(rows)) {
  std::map<std::tuple<std::string, std::string, std::string, std::string>, std::size_t> known;
  shot_of_row_.assign(rows_.size(), no_shot);
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    Shot shot{{},
              episode_cell(rows_[row].episode),
              scene_cell(rows_[row].scene),
              shot_cell(rows_[row].shot)};
    if (shot.scene.text.empty() || shot.shot.text.empty()) continue;
    const auto key =
        std::tuple(shot.episode.number, shot.episode.text, shot.scene.text, shot.shot.text);
    const auto [entry, is_new] = known.try_emplace(key, shots_.size());
    if (is_new) {
      const std::size_t scene =
          scene_values_.try_emplace(shot.scene.text, scene_values_.size()).first->second;
      const std::size_t number =
          shot_values_.try_emplace(shot.shot.text, shot_values_.size()).first->second;
      scene_length_max_ = std::max(scene_length_max_, shot.scene.length);
      shot_length_max_ = std::max(shot_length_max_, shot.shot.length);
      shots_by_values_[{scene, number}].push_back(shots_.size());
      shots_.push_back(std::move(shot));
    }
    shots_[entry->second].rows.push_back(row);
    shot_of_row_[row] = entry->second;
  }
  shots_.shrink_to_fit();
}

std::string Matcher::shot_name(std::size_t shot) const {
  const RowNames& row = rows_[shots_[shot].rows.front()];
  std::string name = row.episode;
  if (!name.empty()) name += ' ';
  return name + row.scene + " " + row.shot;
}

Fit Matcher::fit_said(const SaidByTemplate& said) const {
  Fit fit;
  if (!said.fits || !said.shot) return fit;
  const auto add_if_it_fits = [&](std::size_t index) {
    const Shot& shot = shots_[index];
    const bool fits = shot.shot.text == said.shot->text &&
                      (!said.scene || shot.scene.text == said.scene->text) &&
                      (!said.episode || same_episode(*said.episode, shot.episode));
    if (fits) fit.shots.push_back(index);
  };
  if (!said.scene) {
    for (std::size_t index = 0; index < shots_.size(); ++index) add_if_it_fits(index);
    return fit;
  }
  const auto scene = scene_values_.find(said.scene->text);
  const auto shot = shot_values_.find(said.shot->text);
  if (scene == scene_values_.end() || shot == shot_values_.end()) return fit;
  const auto candidates = shots_by_values_.find({scene->second, shot->second});
  if (candidates == shots_by_values_.end()) return fit;
  for (std::size_t index : candidates->second) add_if_it_fits(index);
  return fit;
}

std::optional<std::size_t> Matcher::shot_of(std::size_t row) const {
  const std::size_t shot = shot_of_row_[row];
  return shot == no_shot ? std::nullopt : std::optional(shot);
}

Fit Matcher::fit(const PathNames& names) const {
  if (names.said) return fit_said(*names.said);
  const std::vector<Place> scenes =
      places_of(scene_values_, scene_length_max_, names, TokenKind::scene);
  if (scenes.empty()) return {};
  const std::vector<Place> shots =
      places_of(shot_values_, shot_length_max_, names, TokenKind::shot);
  Score best;
  Fit fit;
  for (const Place& scene : scenes) {
    for (const Place& place : shots) {
      if (place.begin < scene.end || !order_is_clear(names, scene, place)) continue;
      const auto candidates = shots_by_values_.find({scene.value, place.value});
      if (candidates == shots_by_values_.end()) continue;
      for (std::size_t index : candidates->second) {
        const Shot& shot = shots_[index];
        if (contradicts(names, shot.scene, shot.shot)) continue;
        const EpisodeSaid said = episode_said(shot.episode, names, scene.begin);
        if (said == EpisodeSaid::another) continue;
        Score score = score_of(names, scene, place);
        score.episode_confirmed = said == EpisodeSaid::confirmed;
        if (score < best) continue;
        if (score > best) fit.shots.clear();
        best = score;
        if (std::ranges::find(fit.shots, index) == fit.shots.end()) fit.shots.push_back(index);
      }
    }
  }
  std::ranges::sort(fit.shots);
  return fit;
}

bool Matcher::speaks_of(std::size_t row, const PathNames& names) const {
  const std::size_t shot = shot_of_row_[row];
  if (shot == no_shot) return false;
  const std::vector<std::size_t>& rows = shots_[shot].rows;
  if (rows.size() == 1) return true;
  const auto says_week = [&](std::size_t other) {
    if (names.said && !names.said->week.empty()) return names.said->week == rows_[other].week;
    return std::ranges::any_of(names.tokens, [&](const Token& token) {
      return token.kind == TokenKind::date && token.text == rows_[other].week;
    });
  };
  const auto says_animator = [&](std::size_t other) {
    if (names.said && !names.said->animator.empty()) {
      return tokens_of(names.said->animator) == tokens_of(rows_[other].animator);
    }
    return path_holds(names, rows_[other].animator);
  };
  if (std::ranges::any_of(rows, says_week) && !says_week(row)) return false;
  return !std::ranges::any_of(rows, says_animator) || says_animator(row);
}

}  // namespace tracker::media
