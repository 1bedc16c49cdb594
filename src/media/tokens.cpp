#include "media/tokens.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/text.hpp"
#include "media/letters.hpp"

namespace tracker::media {
namespace {

bool is_letter(char c) { return is_ascii_letter(c) || static_cast<unsigned char>(c) >= 0x80; }

std::string fold(std::string_view text) {
  if (std::ranges::any_of(text, [](unsigned char c) { return c >= 0x80; })) {
    return folded(canonical(text));
  }
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// Letters or digits without anything between; `apart`: something stands before it.
struct Run {
  std::string_view text;
  bool digits = false;
  bool apart = true;
  bool new_component = true;
};

std::vector<Run> runs_of(std::string_view text) {
  std::vector<Run> runs;
  bool apart = true;
  bool new_component = true;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_digit(text[i]) && !is_letter(text[i])) {
      apart = true;
      new_component = new_component || text[i] == '/';
      ++i;
      continue;
    }
    const bool digits = is_digit(text[i]);
    std::size_t end = i;
    while (end < text.size() && (digits ? is_digit(text[end]) : is_letter(text[end]))) ++end;
    runs.push_back({text.substr(i, end - i), digits, apart, new_component});
    apart = false;
    new_component = false;
    i = end;
  }
  return runs;
}

struct Prefix {
  std::string_view text;
  TokenKind kind;
  bool may_stand_apart;  ///< also a prefix with a blank or '_' before the number
};
constexpr std::array<Prefix, 21> prefixes{
    {{"ep", TokenKind::episode, true},        {"e", TokenKind::episode, false},
     {"eps", TokenKind::episode, true},       {"episode", TokenKind::episode, true},
     {"sq", TokenKind::sequence, true},       {"seq", TokenKind::sequence, true},
     {"sequence", TokenKind::sequence, true}, {"sc", TokenKind::scene, true},
     {"scene", TokenKind::scene, true},       {"sh", TokenKind::shot, true},
     {"shot", TokenKind::shot, true},         {"cut", TokenKind::shot, true},
     {"s", TokenKind::scene_or_shot, false},  {"c", TokenKind::scene_or_shot, false},
     {"v", TokenKind::version, false},        {"ver", TokenKind::version, true},
     {"version", TokenKind::version, true},   {"rev", TokenKind::version, true},
     {"t", TokenKind::take, false},           {"tk", TokenKind::take, true},
     {"take", TokenKind::take, true}}};

const Prefix* prefix_of(std::string_view letters, bool apart) {
  for (const Prefix& prefix : prefixes) {
    if (prefix.text == letters && (!apart || prefix.may_stand_apart)) return &prefix;
  }
  return nullptr;
}

std::string without_leading_zeros(std::string_view digits) {
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  return std::string(digits);
}

/// The number at runs[at], with the one letter behind it that belongs to it. Moves `at` past both.
std::string take_number(const std::vector<Run>& runs, std::size_t& at) {
  std::string number = without_leading_zeros(runs[at++].text);
  if (at >= runs.size()) return number;
  const Run& suffix = runs[at];
  const bool goes_on = at + 1 < runs.size() && !runs[at + 1].apart;
  if (!suffix.digits && !suffix.apart && suffix.text.size() == 1 && !goes_on) {
    number += suffix.text;
    ++at;
  }
  return number;
}

bool says_set_aside(std::string_view word) {
  static constexpr std::array<std::string_view, 9> words{
      "old", "archive", "archived", "backup", "backups", "bak", "wip", "tmp", "temp"};
  return std::ranges::find(words, word) != words.end();
}

void read_version(PathNames& names, std::size_t begin, std::size_t end) {
  const Token* chosen = nullptr;
  for (std::size_t i = begin; i < end; ++i) {
    const Token& token = names.tokens[i];
    if (token.kind != TokenKind::version) continue;
    const bool is_revision = token.written.starts_with("rev");
    if (chosen == nullptr || !is_revision || chosen->written.starts_with("rev")) chosen = &token;
  }
  if (chosen == nullptr) return;
  names.version = leading_integer(chosen->text);
  names.version_text = chosen->written;
}

void read_task(PathNames& names, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    if (names.tokens[i].kind != TokenKind::word) continue;
    const Task task = task_named(names.tokens[i].text);
    if (task != Task::none) names.task = task;
  }
}

std::string joined(const std::vector<Token>& tokens, std::size_t begin, std::size_t end) {
  std::string text;
  for (std::size_t i = begin; i < end; ++i) {
    if (!text.empty()) text += ' ';
    text += tokens[i].text;
  }
  return text;
}

CellTokens value_of(const std::vector<Token>& tokens, std::size_t begin) {
  CellTokens cell;
  if (begin >= tokens.size()) return cell;
  cell.length = tokens.size() - begin;
  cell.text = joined(tokens, begin, tokens.size());
  if (cell.length == 1) cell.kind = tokens[begin].kind;
  return cell;
}

}  // namespace

Task task_named(std::string_view word) {
  struct Word {
    std::string_view text;
    Task task;
  };
  static constexpr std::array<Word, 22> words{
      {{"anim", Task::anim},        {"animation", Task::anim},   {"ani", Task::anim},
       {"comp", Task::comp},        {"compositing", Task::comp}, {"composite", Task::comp},
       {"cmp", Task::comp},         {"render", Task::render},    {"renders", Task::render},
       {"rendering", Task::render}, {"lighting", Task::render},  {"light", Task::render},
       {"lgt", Task::render},       {"layout", Task::layout},    {"lay", Task::layout},
       {"previz", Task::layout},    {"previs", Task::layout},    {"board", Task::board},
       {"boards", Task::board},     {"storyboard", Task::board}, {"animatic", Task::board},
       {"storyboards", Task::board}}};
  for (const Word& one : words) {
    if (one.text == word) return one.task;
  }
  return Task::none;
}

std::vector<Token> tokens_of(std::string_view text) {
  const std::string folded_text = fold(text);
  const std::vector<Run> runs = runs_of(folded_text);
  std::vector<Token> tokens;
  tokens.reserve(runs.size());
  for (std::size_t at = 0; at < runs.size();) {
    const Run& run = runs[at];
    if (run.digits) {
      const bool glued = !run.apart && at > 0;
      const bool date = is_date(run.text);
      Token token{TokenKind::number, glued, take_number(runs, at), {}};
      if (date && token.text == run.text) token.kind = TokenKind::date;
      tokens.push_back(std::move(token));
      continue;
    }
    const bool number_follows =
        at + 1 < runs.size() && runs[at + 1].digits && !runs[at + 1].new_component;
    const Prefix* prefix = number_follows ? prefix_of(run.text, runs[at + 1].apart) : nullptr;
    ++at;
    if (prefix == nullptr) {
      tokens.push_back({TokenKind::word, false, std::string(run.text), {}});
      continue;
    }
    Token token{prefix->kind, false, {}, {}};
    if (prefix->kind == TokenKind::version) {
      token.written = std::string(run.text) + std::string(runs[at].text);
    }
    token.text = take_number(runs, at);
    tokens.push_back(std::move(token));
  }
  return tokens;
}

PathNames path_names(std::string_view folder, std::string_view stem) {
  PathNames names;
  names.tokens = tokens_of(folder);
  names.name_begin = names.tokens.size();
  for (Token& token : tokens_of(stem)) names.tokens.push_back(std::move(token));
  const std::size_t end = names.tokens.size();
  read_version(names, names.name_begin, end);
  if (!names.version) read_version(names, 0, names.name_begin);
  read_task(names, names.name_begin, end);
  if (names.task == Task::none) read_task(names, 0, names.name_begin);
  for (const Token& token : names.tokens) {
    if (token.kind == TokenKind::word && says_set_aside(token.text)) names.set_aside = true;
    if (token.kind == TokenKind::take) names.take = leading_integer(token.text);
  }
  return names;
}

CellTokens scene_cell(std::string_view cell) {
  std::vector<Token> tokens = tokens_of(cell);
  if (tokens.size() > 1) {
    std::erase_if(tokens, [](const Token& token) { return token.kind == TokenKind::episode; });
  }
  return value_of(tokens, 0);
}

CellTokens shot_cell(std::string_view cell) {
  const std::vector<Token> tokens = tokens_of(cell);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind == TokenKind::shot) return value_of(tokens, i);
  }
  return value_of(tokens, 0);
}

CellTokens episode_cell(std::string_view cell) {
  std::vector<Token> tokens = tokens_of(cell);
  std::string number;
  auto found = std::ranges::find(tokens, TokenKind::episode, &Token::kind);
  if (found == tokens.end() && !tokens.empty() && tokens.front().kind == TokenKind::number) {
    found = tokens.begin();
  }
  if (found != tokens.end()) {
    number = found->text;
    tokens.erase(found);
  }
  CellTokens result = value_of(tokens, 0);
  result.number = std::move(number);
  return result;
}

bool same_episode(const CellTokens& said, const CellTokens& cell) {
  if (cell.number.empty() && cell.text.empty()) return true;
  if (!said.number.empty() && !cell.number.empty()) return said.number == cell.number;
  return !said.text.empty() && said.text == cell.text;
}

}  // namespace tracker::media
