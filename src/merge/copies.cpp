#include "merge/copies.hpp"

#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace tracker::merge {

std::string content_of(const Cells& cells) {
  std::string text;
  for (const std::string& cell : cells) {
    text += cell;
    text += '\x1F';
  }
  return text;
}

std::vector<bool> repeats(const std::vector<std::size_t>& rows,
                          const std::function<const Cells&(std::size_t)>& cells_of) {
  std::set<std::string> seen;
  std::vector<bool> again(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    again[i] = !seen.insert(content_of(cells_of(rows[i]))).second;
  }
  return again;
}

std::set<std::size_t> copies_in(std::span<const workbook::ImageRow> sheet,
                                const std::vector<std::size_t>& news,
                                const std::function<bool(std::size_t)>& stayed) {
  std::unordered_map<std::string, std::vector<std::size_t>> by_content;
  std::unordered_set<std::string_view> shots;  // few rows have one of these: the others are passed
  for (const std::size_t s : news) {
    by_content[content_of(sheet[s].cells)].push_back(s);
    shots.insert(at(sheet[s].cells, Field::shot));
  }
  std::set<std::size_t> copies;
  for (std::size_t s = 0; s < sheet.size(); ++s) {
    const Cells& cells = sheet[s].cells;
    if (!shots.contains(at(cells, Field::shot)) || !stayed(s)) continue;
    const auto found = by_content.find(content_of(cells));
    if (found != by_content.end()) copies.insert(found->second.begin(), found->second.end());
  }
  return copies;
}

}  // namespace tracker::merge
