#include "cli/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <vector>

namespace tracker::cli {
namespace {

/// Levenshtein distance; words of a command line are short.
std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t above = row[j + 1];
      const std::size_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
      row[j + 1] = std::min({replaced, above + 1, row[j] + 1});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

int report(const Error& error) {
  std::string line = describe(error);
  std::ranges::replace(line, '\n', ' ');
  fmt::print(stderr, "animation-tracker: {}\n", line);
  return exit_failed;
}

std::string closest_word(std::string_view given, const std::vector<std::string>& known) {
  constexpr std::size_t word_length_max = 64;
  if (given.size() > word_length_max) return {};
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, given.size() / 3) + 1;
  for (const std::string& word : known) {
    const std::size_t distance = edit_distance(given, word);
    if (distance < best_distance) {
      best = word;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace tracker::cli
