#include "media/learn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "media/letters.hpp"

namespace tracker::media {
namespace {

constexpr std::size_t rows_min = 5;
constexpr std::size_t sample_max = 64;  ///< examples that templates are made of and chosen by
constexpr std::size_t candidates_max = 6;
constexpr std::size_t learned_max = 3;
constexpr std::size_t words_max = 4;  ///< of a name that one cell stands for: "The Lost Kite"

bool is_of_word(char c) {
  return is_digit(c) || is_ascii_letter(c) || static_cast<unsigned char>(c) >= 0x80;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return lower(c); });
  return out;
}

/// Letters and digits without anything between: [begin, end) of a folder's or file's name.
struct Word {
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::vector<Word> words_of(std::string_view name) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < name.size();) {
    std::size_t end = at;
    while (end < name.size() && is_of_word(name[end])) ++end;
    if (end > at) words.push_back({at, end});
    at = std::max(end, at + 1);
  }
  return words;
}

/// What the rows of one shot say, cut once.
struct Cut {
  CellTokens episode;
  CellTokens scene;
  CellTokens shot;
  std::vector<std::vector<Token>> animators;
};

Cut cut_of(const Matcher& matcher, std::size_t shot) {
  const std::vector<std::size_t>& rows = matcher.rows_of(shot);
  const RowNames& first = matcher.names_of_row(rows.front());
  Cut cut{episode_cell(first.episode), scene_cell(first.scene), shot_cell(first.shot), {}};
  for (const std::size_t row : rows) {
    std::vector<Token> animator = tokens_of(matcher.names_of_row(row).animator);
    if (!animator.empty()) cut.animators.push_back(std::move(animator));
  }
  return cut;
}

/// Writes one path as a template: twice at once, with its words and with * in place of them.
class Writer {
 public:
  explicit Writer(const Cut& cut) : cut_(cut) {}

  void folder(std::string_view name) {
    part(name, false);
    add("/", "/");
  }

  void file(std::string_view name) {
    std::string_view stem = name.substr(0, name.rfind('.'));
    std::string frame = "<.{frame}>";
    if (const std::size_t percent = stem.rfind('%'); percent != std::string_view::npos) {
      stem = stem.substr(0, percent);
      const bool has_separator = !stem.empty() && !is_of_word(stem.back());
      frame = has_separator ? std::string("<") + stem.back() + "{frame}>" : "<{frame}>";
      if (has_separator) stem.remove_suffix(1);
    }
    part(stem, true);
    add(frame + ".{ext}", frame + ".{ext}");
  }

  bool names_shot() const { return names_shot_; }
  const std::string& with_words() const { return with_words_; }
  const std::string& with_stars() const { return with_stars_; }

 private:
  void add(std::string_view exact, std::string_view loose) {
    with_words_ += exact;
    with_stars_ += loose;
  }

  void part(std::string_view name, bool is_file) {
    const std::vector<Word> words = words_of(name);
    said_scene_ = false;
    std::size_t written = 0;
    for (std::size_t i = 0; i < words.size();) {
      const auto [key, count] = key_at(name, words, i);
      const std::string_view between = name.substr(written, words[i].begin - written);
      const bool goes_on = key.empty() && with_stars_.ends_with('*');  // one * for words in a row
      add(between, goes_on ? "" : between);
      const std::string_view word = name.substr(words[i].begin, words[i].end - words[i].begin);
      if (key.empty()) {
        add(lowered(word), goes_on ? "" : "*");
      } else {
        add(key, key);
      }
      i += count;
      written = words[i - 1].end;
      if (key == "{episode}" && !is_file && i < words.size()) {
        const std::string title = fmt::format("<{}*>", name[written]);  // behind the number
        add(title, title);
        return;
      }
    }
    add(name.substr(written), name.substr(written));
  }

  /// The key that words[at] and those behind it make, and how many they are; '' = a word only.
  std::pair<std::string, std::size_t> key_at(std::string_view name, const std::vector<Word>& words,
                                             std::size_t at) {
    for (std::size_t count = std::min(words_max, words.size() - at); count > 0; --count) {
      const std::size_t begin = words[at].begin;
      const std::string_view text = name.substr(begin, words[at + count - 1].end - begin);
      std::string key = key_of(text, tokens_of(text));
      if (key.empty()) continue;
      said_scene_ = said_scene_ || key == "{scene}";
      names_shot_ = names_shot_ || key == "{shot}";
      return {std::move(key), count};
    }
    return {"", 1};
  }

  std::string key_of(std::string_view text, const std::vector<Token>& tokens) const {
    if (tokens.empty()) return {};
    const TokenKind kind = tokens.front().kind;
    if (tokens.size() == 1 && (kind == TokenKind::version || kind == TokenKind::take)) {
      const std::size_t digit = text.find_first_of("0123456789");
      const std::string_view key = kind == TokenKind::version ? "{version}" : "{take}";
      return lowered(text.substr(0, digit)) + std::string(key);
    }
    if (tokens.size() == 1 && kind == TokenKind::date) return "{week}";
    if (tokens.size() == 1 && kind == TokenKind::word &&
        task_named(tokens.front().text) != Task::none) {
      return "{task}";
    }
    if (std::ranges::find(cut_.animators, tokens) != cut_.animators.end()) return "{animator}";
    return key_of_cell(text, tokens, kind);
  }

  std::string key_of_cell(std::string_view text, const std::vector<Token>& tokens,
                          TokenKind kind) const {
    const bool is_number = kind == TokenKind::number || kind == TokenKind::scene_or_shot;
    const bool is_word = kind == TokenKind::word;
    const bool may_be_scene = kind == TokenKind::scene || kind == TokenKind::sequence;
    const bool is_episode = kind == TokenKind::episode && tokens.size() == 1 &&
                            tokens.front().text == cut_.episode.number;
    if (is_episode) return "{episode}";
    if ((may_be_scene || is_word || (is_number && !said_scene_)) &&
        scene_cell(text).text == cut_.scene.text) {
      return "{scene}";
    }
    if ((kind == TokenKind::shot || is_word || is_number) &&
        shot_cell(text).text == cut_.shot.text) {
      return "{shot}";
    }
    const bool is_title =
        is_word && !cut_.episode.text.empty() && episode_cell(text).text == cut_.episode.text;
    return is_title ? "{episode}" : "";
  }

  const Cut& cut_;
  bool names_shot_ = false;
  bool said_scene_ = false;  ///< in this name
  std::string with_words_;
  std::string with_stars_;
};

/// Letters that a template reads as its own cannot be written in one.
bool can_be_written(std::string_view path) { return path.find_first_of("{}<>*;") == path.npos; }

/// How many paths each template stands for; of two that stand for as many the one with more words
/// comes first.
using Counts = std::map<std::string, std::size_t>;

Counts templates_of(const Matcher& matcher, std::span<const Example> examples) {
  Counts exact;
  Counts loose;
  for (const Example& example : examples) {
    if (!can_be_written(example.path)) continue;
    const Cut cut = cut_of(matcher, example.shot);
    Writer writer(cut);
    std::string_view rest = example.path;
    for (std::size_t slash = rest.find('/'); slash != rest.npos; slash = rest.find('/')) {
      writer.folder(rest.substr(0, slash));
      rest.remove_prefix(slash + 1);
    }
    writer.file(rest);
    if (!writer.names_shot()) continue;
    ++exact[writer.with_words()];
    ++loose[writer.with_stars()];
  }
  for (const auto& [text, count] : loose) {
    const bool says_more =
        std::ranges::none_of(exact, [count](const auto& entry) { return entry.second >= count; });
    if (says_more) exact[text] = count;
  }
  return exact;
}

std::vector<std::string> best_of(const Counts& counts) {
  std::vector<std::pair<std::size_t, std::string>> order;
  for (const auto& [text, count] : counts) order.emplace_back(count, text);
  std::ranges::sort(order, std::greater());
  if (order.size() > candidates_max) order.resize(candidates_max);
  std::vector<std::string> texts;
  for (auto& [count, text] : order) texts.push_back(std::move(text));
  return texts;
}

/// The rows whose item `text` gives to the same shot as their names do, and to no other.
std::size_t rows_served(const Matcher& matcher, std::span<const Example> examples,
                        const std::string& text) {
  const auto patterns = Patterns::parse(text);
  std::size_t rows = 0;
  for (const Example& example : examples) {
    if (!patterns) break;
    Item item;
    const std::size_t slash = example.path.rfind('/');
    if (slash != std::string::npos) item.folder = example.path.substr(0, slash);
    item.name = example.path.substr(slash == std::string::npos ? 0 : slash + 1);
    if (item.name.contains('%')) item.kind = ItemKind::sequence;
    const Fit fit = matcher.fit(named(std::move(item), &*patterns).names);
    if (fit.shots == std::vector{example.shot}) rows += matcher.rows_of(example.shot).size();
  }
  return rows;
}

}  // namespace

std::optional<LearnedPattern> learn_pattern(const Matcher& matcher,
                                            std::span<const Example> examples) {
  LearnedPattern learned;
  for (const Example& example : examples) learned.rows_all += matcher.rows_of(example.shot).size();
  if (learned.rows_all < rows_min) return std::nullopt;
  std::vector<Example> sample;
  const std::size_t step = (examples.size() + sample_max - 1) / sample_max;
  for (std::size_t i = 0; i < examples.size(); i += step) sample.push_back(examples[i]);
  const std::vector<std::string> candidates = best_of(templates_of(matcher, sample));
  for (std::size_t i = 0; i < learned_max; ++i) {
    std::string best;
    for (const std::string& candidate : candidates) {
      const std::string text =
          learned.templates.empty() ? candidate : learned.templates + "; " + candidate;
      const std::size_t rows = rows_served(matcher, sample, text);
      if (rows <= learned.rows) continue;
      learned.rows = rows;
      best = text;
    }
    if (best.empty()) break;
    learned.templates = std::move(best);
  }
  learned.rows = rows_served(matcher, examples, learned.templates);
  if (learned.rows < rows_min || learned.rows * 2 < learned.rows_all) return std::nullopt;
  return learned;
}

}  // namespace tracker::media
