// Names cut into tokens: the common language of a workbook's cells and of file paths.
//
// Text is case folded (NFKC), cut at '_', '-', '.', blank, '/', '#' and at the borders of letters
// and digits; numbers lose their leading zeros; one letter after a number stays with it ("20A" is
// "20a", another shot than "20"). A number that follows a known prefix gets its meaning from it:
// EP01 is episode 1, sc_010 scene 10, SH0020 shot 20, v003 version 3.
// Pure functions; safe on any thread. Ill-formed UTF-8 is matched as U+FFFD.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tracker::media {

enum class TokenKind : std::uint8_t {
  word,
  number,         ///< a number without a known prefix
  episode,        ///< ep, e, eps, episode
  sequence,       ///< sq, seq, sequence
  scene,          ///< sc, scene
  shot,           ///< sh, shot, cut
  scene_or_shot,  ///< s, c: one of them
  version,        ///< v, ver, version, r, rev
  take,           ///< t, tk, take
  date            ///< 20YYMMDD
};

struct Token {
  TokenKind kind = TokenKind::word;
  bool glued = false;   ///< a number right behind letters that are no known prefix ("part2")
  std::string text;     ///< "10", "20a", "kite"
  std::string written;  ///< with its prefix, folded: "v003"; versions only
  bool operator==(const Token&) const = default;
};

/// `text` is a name or a whole path.
std::vector<Token> tokens_of(std::string_view text);

/// Production steps, in the order in which the default prefers them.
enum class Task : std::uint8_t { anim, comp, render, layout, board, none };

/// The task that a word names ("animation" is anim), or none.
Task task_named(std::string_view word);

/// A cell of the columns scene or shot as one value, or of the column episode.
struct CellTokens {
  TokenKind kind = TokenKind::word;  ///< by its prefix; number or word without one
  std::string text;                  ///< token texts joined by a blank; '' = blank cell
  std::size_t length = 0;            ///< how many tokens
  std::string number;                ///< episode: its number, "1"; '' = none
  bool operator==(const CellTokens&) const = default;
};

/// What the studio's template (media/pattern.hpp) reads in a path. Nothing = the path does not say.
struct SaidByTemplate {
  bool fits = false;  ///< some template fits the path; else the file is nobody's
  std::optional<CellTokens> episode;
  std::optional<CellTokens> scene;
  std::optional<CellTokens> shot;
  std::string week;
  std::string animator;
};

/// Everything that a media path says.
struct PathNames {
  std::vector<Token> tokens;   ///< folders, then the name without its extension
  std::size_t name_begin = 0;  ///< index of the name's first token
  Task task = Task::none;      ///< the name's, else that of the nearest folder
  bool set_aside = false;      ///< old, archive, backup, wip, tmp
  std::optional<std::int64_t> version;
  std::string version_text;  ///< "v003"; '' = unversioned
  std::optional<std::int64_t> take;
  std::optional<SaidByTemplate> said;  ///< where templates are in use; then it alone decides
};

/// `stem`: the name without extension and, of a sequence, without its frame.
PathNames path_names(std::string_view folder, std::string_view stem);

CellTokens scene_cell(std::string_view cell);
CellTokens shot_cell(std::string_view cell);
/// `text` is the title without the number: "EP01 The Lost Kite" -> number 1, "the lost kite".
CellTokens episode_cell(std::string_view cell);

/// Do both name one episode? By their numbers where both have one, else by their titles; a blank
/// `cell` contradicts nothing.
bool same_episode(const CellTokens& said, const CellTokens& cell);

}  // namespace tracker::media
