#include "workbook/part_changes.hpp"

namespace tracker::workbook {
namespace {

/// Of a PartText or a KnownPart.
std::vector<std::string_view> chunks_of(const auto& part) {
  if (part.sheet) return part.sheet->chunks();
  return {*part.text};
}

}  // namespace

const std::string* PartChanges::read(std::string_view key) const {
  if (removed_.contains(key)) return nullptr;
  const auto found = texts_.find(key);
  return found != texts_.end() ? found->second.text.get() : state_.read(key);
}

PartReader PartChanges::reader() const {
  return [this](std::string_view key) { return read(key); };
}

void PartChanges::set(std::string_view key, std::string text) {
  const std::string* old = state_.read(key);
  if (old != nullptr && *old == text) {
    texts_.erase(std::string(key));
    return;
  }
  texts_[std::string(key)].text = std::make_shared<const std::string>(std::move(text));
}

void PartChanges::set(std::string_view key, SheetPointer sheet) {
  const auto part = state_.parts.find(key);
  if (part != state_.parts.end() && part->second.sheet && same_text(*part->second.sheet, *sheet)) {
    texts_.erase(std::string(key));
    return;
  }
  texts_[std::string(key)].sheet = std::move(sheet);
}

void PartChanges::add(std::string name, std::string text) {
  const std::string key = part_key(name);
  added_names_[key] = std::move(name);
  texts_[key].text = std::make_shared<const std::string>(std::move(text));
}

void PartChanges::remove(std::string_view key) { removed_.emplace(key); }

DeflatedBefore PartChanges::before(const PartText& part) const {
  if (part.pieces == nullptr) return {};
  const ZipEntry& entry = state_.directory.entries[part.entry];
  return {chunks_of(part), stored_bytes(state_.bytes, entry), part.pieces.get()};
}

Result<std::shared_ptr<const State>> PartChanges::build() const {
  std::vector<ZipChange> changes;
  std::vector<ZipAddition> additions;
  KnownParts known = texts_;
  std::vector<KnownPart*> changed;
  for (auto& [key, now] : known) {
    const auto part = state_.parts.find(key);
    if (part != state_.parts.end()) {
      const PartText& old = part->second;
      changes.push_back({old.entry, chunks_of(now), before(old)});
      changed.push_back(&now);
    } else if (const auto name = added_names_.find(key); name != added_names_.end()) {
      additions.push_back({name->second, *now.text});
    }
  }
  for (const std::string& key : removed_) {
    const auto part = state_.parts.find(key);
    if (part != state_.parts.end()) changes.push_back({part->second.entry});
  }
  RewrittenZip zip = rewrite_zip(state_.bytes, state_.directory, changes, additions);
  for (std::size_t i = 0; i < changed.size(); ++i) {
    changed[i]->pieces =
        std::make_shared<const std::vector<DeflatedPiece>>(std::move(zip.pieces[i]));
  }
  return patched_state(std::move(zip.bytes), state_, known);
}

}  // namespace tracker::workbook
