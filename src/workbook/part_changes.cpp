#include "workbook/part_changes.hpp"

namespace tracker::workbook {

const std::string* PartChanges::read(std::string_view key) const {
  if (removed_.contains(key)) return nullptr;
  const auto found = texts_.find(key);
  return found != texts_.end() ? found->second.get() : state_.read(key);
}

PartReader PartChanges::reader() const {
  return [this](std::string_view key) { return read(key); };
}

void PartChanges::set(std::string_view key, std::string text) {
  set(key, std::make_shared<const std::string>(std::move(text)));
}

void PartChanges::set(std::string_view key, std::shared_ptr<const std::string> text) {
  const std::string* old = state_.read(key);
  if (old != nullptr && *old == *text) {
    texts_.erase(std::string(key));
    return;
  }
  texts_[std::string(key)] = std::move(text);
}

void PartChanges::add(std::string name, std::string text) {
  const std::string key = part_key(name);
  added_names_[key] = std::move(name);
  texts_[key] = std::make_shared<const std::string>(std::move(text));
}

void PartChanges::remove(std::string_view key) { removed_.emplace(key); }

Result<std::shared_ptr<const State>> PartChanges::build(const SheetPointer& sheet) const {
  std::vector<ZipChange> changes;
  std::vector<ZipAddition> additions;
  for (const auto& [key, text] : texts_) {
    const auto part = state_.parts.find(key);
    if (part != state_.parts.end()) {
      changes.push_back({part->second.entry, text.get()});
    } else if (const auto name = added_names_.find(key); name != added_names_.end()) {
      additions.push_back({name->second, *text});
    }
  }
  for (const std::string& key : removed_) {
    const auto part = state_.parts.find(key);
    if (part != state_.parts.end()) changes.push_back({part->second.entry, nullptr});
  }
  return patched_state(rewrite_zip(state_.bytes, state_.directory, changes, additions), state_,
                       texts_, sheet);
}

}  // namespace tracker::workbook
