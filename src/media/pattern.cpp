#include "media/pattern.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "media/letters.hpp"
#include "media/tokens.hpp"

namespace tracker::media {
namespace {

constexpr std::size_t text_length_max = 8192;
constexpr std::size_t templates_max = 32;
constexpr int regex_memory_max = 1 << 20;
constexpr int steps_max = 50'000;  ///< of matching one template with one path

struct Preset {
  std::string_view name;
  std::string_view templates;
};
/// As the tools' own defaults write paths: tk-config-default2, AYON's anatomy, Zou's file tree,
/// Prism 2, and what small studios do without any tool.
constexpr std::array<Preset, 5> presets{
    {{"shotgrid",
      "**/{scene}/{shot}/**/{scene}_{shot}_{task}_*.v{version:03}<.{frame}>.{ext};"
      "**/{scene}/{shot}/**/{scene}_{shot}_{task}.v{version:03}<.{frame}>.{ext}"},
     {"ayon",
      "**/shots/<{episode}/>{scene}/{shot}/publish/{task}/{product}/v{version:03}/"
      "*_{shot}_{product}_v{version:03}<_{output}><.{frame}>.{ext};"
      "**/<{episode:(ep|e|episode)[ _-]?\\d.*}/>{scene}/{shot}/publish/{task}/{product}/"
      "v{version:03}/*_{shot}_{product}_v{version:03}<_{output}><.{frame}>.{ext};"
      "**/shots/<{episode}/>{scene}/{shot}/publish/*/{product}/hero/"
      "*_{shot}_{task}_hero<_*><.{frame}>.{ext}"},
     {"kitsu",
      "**/shots/{scene}/{shot}/{task}/<*/>*{scene}_{shot}_{task}*<_v{version}><.{frame}>.{ext};"
      "**/shots/{episode}/{scene}/{shot}/{task}/<*/>*{scene}_{shot}_{task}*<_v{version}>"
      "<.{frame}>.{ext}"},
     {"prism",
      "**/Shots/<{episode}/>{scene}/{shot}/**/{task}/v{version:04}*/<**/>"
      "{scene}-{shot}_{task}_v{version:04}*<.{frame}>.{ext}"},
     {"small-studio",
      "**/{episode}<_*>/{scene}/{shot}/<{task}/>{episode}_{scene}_{shot}<_{task:[a-z]+}>"
      "<_v{version}><_take{take}><.{frame}>.{ext};"
      "**/{week:20\\d{6}}/{animator}/{episode} {scene} {shot}< *>.{ext}"}}};

std::unexpected<Error> wrong(std::string_view text, std::size_t at, std::string_view why) {
  return fail(
      ErrorCode::invalid_input,
      fmt::format("MEDIA_PATTERN, character {} of \"{}\": {}", at + 1, text, why),
      "correct MEDIA_PATTERN, name a preset (shotgrid, ayon, kitsu, prism, small-studio) or "
      "leave it empty");
}

/// "03", "0>3": digits, at least so many; 0 if `text` is a regex.
std::size_t digits_of(std::string_view text) {
  const bool is_padding =
      !text.empty() && text.front() == '0' && text.find_first_not_of("0123456789>") == text.npos;
  if (!is_padding) return 0;
  std::size_t count = 0;
  for (char c : text.substr(text.find('>') + 1)) {
    count = std::min<std::size_t>(count * 10 + static_cast<std::size_t>(c - '0'), 99);
  }
  return std::max<std::size_t>(count, 1);
}

/// What a key takes where the template does not say: `text` is not empty and within one name.
bool fits_by_default(std::string_view key, std::string_view text) {
  if (key == "version" || key == "take") {
    if (text.size() > 1 && !is_digit(text.back())) text.remove_suffix(1);  // "3b"
    return std::ranges::all_of(text, is_digit);
  }
  if (key == "week") {
    return text.size() >= 4 && text.size() <= 8 && std::ranges::all_of(text, is_digit);
  }
  if (key == "frame") {  // of a sequence "%04d"
    const bool is_sign = text.size() > 1 && (text.front() == '-' || text.front() == '%');
    if (is_sign && text.back() == 'd') text.remove_suffix(1);
    if (is_sign) text.remove_prefix(1);
    return std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '#'; });
  }
  return key != "ext" || !text.contains('.');
}

bool say_the_same(std::string_view left, std::string_view right) {
  return left == right || tokens_of(left) == tokens_of(right);
}

struct Element {
  enum class Kind : std::uint8_t { literal, key, name_part, anything, folders, open, close };
  Kind kind = Kind::literal;
  char letter = 0;                       ///< literal, lower case
  std::string key = {};                  ///< its name
  std::size_t digits = 0;                ///< key: only digits, at least so many
  std::shared_ptr<re2::RE2> regex = {};  ///< key: only what it matches
  std::size_t close = 0;                 ///< open: the element that ends it
};

/// Finds the elements in a template's text.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<std::vector<Element>> run() {
    while (at_ < text_.size()) CHECK_OK(step());
    if (!open_.empty()) return wrong(text_, text_.size(), "a < is not closed");
    const bool has_key = std::ranges::any_of(
        elements_, [](const Element& one) { return one.kind == Element::Kind::key; });
    if (!has_key) return wrong(text_, 0, "it has no {key}");
    return std::move(elements_);
  }

 private:
  using Kind = Element::Kind;

  Status step() {
    const char c = text_[at_];
    const std::string_view rest = text_.substr(at_);
    if (c == '{') return key();
    if (c == '}') return wrong(text_, at_, "a } without a {");
    if (c == '>' && open_.empty()) return wrong(text_, at_, "a > without a <");
    if (c == '<') {
      open_.push_back(elements_.size());
      elements_.push_back({.kind = Kind::open});
    } else if (c == '>') {
      elements_[open_.back()].close = elements_.size();
      open_.pop_back();
      elements_.push_back({.kind = Kind::close});
    } else if (rest.starts_with("**/")) {
      elements_.push_back({.kind = Kind::folders});
      at_ += 2;
    } else if (rest.starts_with("**")) {
      elements_.push_back({.kind = Kind::anything});
      ++at_;
    } else if (c == '*') {
      elements_.push_back({.kind = Kind::name_part});
    } else {
      elements_.push_back({.letter = lower(c)});
    }
    ++at_;
    return {};
  }

  Status key() {
    const std::size_t begin = at_++;
    std::size_t depth = 1;
    for (; at_ < text_.size() && depth > 0; ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '{') {
        ++depth;
      } else if (text_[at_] == '}') {
        --depth;
      }
    }
    if (depth > 0 || at_ > text_.size()) return wrong(text_, begin, "a { is not closed");
    const std::string_view inside = text_.substr(begin + 1, at_ - begin - 2);
    const std::size_t colon = inside.find(':');
    Element element{.kind = Kind::key, .key = std::string(inside.substr(0, colon))};
    const bool is_name = !element.key.empty() && std::ranges::all_of(element.key, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    });
    if (!is_name) return wrong(text_, begin, "a key is a word of letters: {shot}, {shot:regex}");
    if (colon != inside.npos) {
      const std::string given(inside.substr(colon + 1));
      element.digits = digits_of(given);
      if (element.digits == 0) {
        element.regex = std::make_shared<re2::RE2>(given, options());
        if (!element.regex->ok()) return wrong(text_, begin, element.regex->error());
      }
    }
    elements_.push_back(std::move(element));
    return {};
  }

  static re2::RE2::Options options() {
    re2::RE2::Options out(re2::RE2::Quiet);
    out.set_case_sensitive(false);
    out.set_max_mem(regex_memory_max);
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::size_t> open_;
  std::vector<Element> elements_;
};

/// Tries the ways to lay a template over a path, shortest first, until keys that stand twice agree:
/// that is what no regular expression can say.
class Search {
 public:
  Search(const std::vector<Element>& elements, std::string_view path)
      : elements_(elements), path_(path) {}

  std::optional<Said> run() {
    if (!fits(0, 0)) return std::nullopt;
    return std::move(said_);
  }

 private:
  using Kind = Element::Kind;

  /// Do the elements from `number` on fit the path from `at` on?
  bool fits(std::size_t number, std::size_t at) {
    for (; number < elements_.size(); ++number, ++at) {
      if (elements_[number].kind != Kind::literal)
        return ++steps_ < steps_max && branch(number, at);
      if (at >= path_.size() || lower(path_[at]) != elements_[number].letter) return false;
    }
    return at == path_.size();
  }

  bool branch(std::size_t number, std::size_t at) {
    const Element& element = elements_[number];
    const std::size_t name_end = std::min(path_.find('/', at), path_.size());
    switch (element.kind) {
      case Kind::open:
        return fits(number + 1, at) || fits(element.close + 1, at);
      case Kind::key:
        return take_key(number, at, name_end);
      case Kind::name_part:
        return any_end(number, at, name_end);
      case Kind::anything:
        return any_end(number, at, path_.size());
      case Kind::folders:
        for (std::size_t begin = at; begin != 0 || at == 0; begin = path_.find('/', begin) + 1) {
          if (fits(number + 1, begin)) return true;
          if (path_.find('/', begin) == path_.npos) return false;
        }
        return false;
      case Kind::literal:
      case Kind::close:
        break;
    }
    return fits(number + 1, at);
  }

  bool any_end(std::size_t number, std::size_t at, std::size_t end_max) {
    for (std::size_t end = at; end <= end_max; ++end) {
      if (fits(number + 1, end)) return true;
    }
    return false;
  }

  bool take_key(std::size_t number, std::size_t at, std::size_t end_max) {
    const Element& element = elements_[number];
    for (std::size_t end = at + 1; end <= end_max; ++end) {
      const std::string_view text = path_.substr(at, end - at);
      if (!takes(element, text)) continue;
      const auto known = said_.find(element.key);
      if (known != said_.end()) {
        if (say_the_same(known->second, text) && fits(number + 1, end)) return true;
        continue;
      }
      said_.emplace(element.key, text);
      if (fits(number + 1, end)) return true;
      said_.erase(element.key);
    }
    return false;
  }

  static bool takes(const Element& element, std::string_view text) {
    if (element.regex) {
      return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *element.regex);
    }
    if (element.digits == 0) return fits_by_default(element.key, text);
    return text.size() >= element.digits && std::ranges::all_of(text, is_digit);
  }

  const std::vector<Element>& elements_;
  std::string_view path_;
  Said said_;
  int steps_ = 0;
};

}  // namespace

struct Patterns::One {
  std::vector<Element> elements;
};

Result<Patterns> Patterns::parse(std::string_view text) {
  if (text.size() > text_length_max || !is_utf8(text)) {
    return wrong(text.substr(0, 40), 0, "it is too long, or no UTF-8");
  }
  for (const Preset& preset : presets) {
    if (text == preset.name) text = preset.templates;
  }
  Patterns out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string one = canonical(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.empty()) continue;
    TRY(std::vector<Element> elements, Reader(one).run());
    if (out.patterns_.size() >= templates_max) return wrong(one, 0, "more than 32 templates");
    out.patterns_.push_back(std::make_shared<const One>(std::move(elements)));
  }
  if (out.patterns_.empty()) return wrong(text, 0, "it holds no template");
  return out;
}

std::optional<Said> Patterns::match(std::string_view path) const {
  for (const auto& pattern : patterns_) {
    if (auto said = Search(pattern->elements, path).run()) return said;
  }
  return std::nullopt;
}

}  // namespace tracker::media
