#include "domain/told.hpp"

#include <fmt/format.h>

namespace tracker {
namespace {

constexpr std::size_t told_characters_max = 80;

std::string told_edit(const Cells& before, const Cells& after) {
  std::string told;
  for (const Field field : all_fields) {
    if (at(before, field) == at(after, field)) continue;
    told += fmt::format(", {}: “{}”", spec(field).column_name, beginning_of(at(after, field)));
  }
  return told.empty() ? ", its other columns" : told;
}

}  // namespace

std::string name_of_row(const Cells& cells) {
  std::string name;
  for (const Field field : {Field::episode_title, Field::scene, Field::shot}) {
    const std::string& text = at(cells, field);
    if (text.empty()) continue;
    if (!name.empty()) name += " · ";
    name += text;
  }
  return name;
}

std::string beginning_of(const std::string& text) {
  std::size_t end = 0;
  for (std::size_t characters = 0; end < text.size(); ++end) {
    const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U;
    if (begins && ++characters > told_characters_max) return text.substr(0, end) + "…";
  }
  return text;
}

std::string told(const Change& change) {
  const auto& known = change.after ? change.after : change.before;
  std::string told = known ? name_of_row(*known) : fmt::format("entry {}", change.entry_id);
  switch (change.kind) {
    case ChangeKind::insert:
      return told + ", a new row";
    case ChangeKind::remove:
      return told + ", deleted";
    case ChangeKind::restore:
      return told + ", brought back";
    case ChangeKind::media:
      return told + ", measured";
    case ChangeKind::edit:
      break;
  }
  return change.before && change.after ? told + told_edit(*change.before, *change.after) : told;
}

}  // namespace tracker
