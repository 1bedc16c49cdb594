#include "ghost.hpp"

#include <algorithm>

namespace tracker::sim {

std::string Ghost::type() { return type("v" + std::to_string(++typed_count_)); }

std::string Ghost::type(std::string text) {
  typed_.insert(text);
  return text;
}

void Ghost::saved(const Pending& pending) {
  for (const std::string& value : pending.typed) keep(value);
  for (const auto& overwrite : pending.overwrites) {
    const bool unread = two_at_once_ && !read_.contains(overwrite.before);
    unread ? may_go(overwrite.before) : overwritten(overwrite.before);
  }
  for (const std::string& value : pending.replaced_by_bad) may_go(value);
  for (const Cells& cells : pending.deleted) may_go(cells);
}

void Ghost::keep(const Cells& cells) {
  for (const std::string& cell : cells) keep(cell);
}

void Ghost::overwritten(const std::string& value) {
  may_be_gone_.insert(value);
  must_be_gone_.insert(value);
}

void Ghost::may_go(const Cells& cells) {
  for (const std::string& cell : cells) may_be_gone_.insert(cell);
}

void Ghost::loosen(const Cells& cells) {
  for (const std::string& cell : cells) loose_.insert(cell);
}

void Ghost::loosen_what_it_replaced(const std::string& value) {
  const auto [first, last] = replaced_.equal_range(value);
  std::vector<std::string> older;
  for (auto one = first; one != last; ++one) older.push_back(one->second);
  replaced_.erase(first, last);
  for (const std::string& text : older) {
    loosen(text);
    loosen_what_it_replaced(text);
  }
}

void Ghost::replaces(const std::string& value, const std::string& old) {
  replaced_.emplace(value, old);
  replaces_on_page(value, old);
}

void Ghost::replaces_on_page(const std::string& value, const std::string& old) {
  if (!value.empty() && !old.empty()) past_.emplace(value, old);
}

/// With the value itself.
std::set<std::string> Ghost::past_of(const std::string& value) const {
  std::set<std::string> past;
  std::vector<std::string> next;
  if (!value.empty()) next.push_back(value);
  while (!next.empty()) {
    const std::string one = std::move(next.back());
    next.pop_back();
    if (!past.insert(one).second) continue;
    const auto [first, last] = past_.equal_range(one);
    for (auto older = first; older != last; ++older) next.push_back(older->second);
  }
  return past;
}

bool Ghost::was_before(const std::string& text, const std::string& value) const {
  return past_of(value).contains(text);
}

bool Ghost::share_past(const std::string& one, const std::string& other) const {
  const std::set<std::string> past = past_of(one);
  return std::ranges::any_of(past_of(other),
                             [&past](const std::string& text) { return past.contains(text); });
}

void Ghost::forget_all_but(const std::unordered_set<std::string>& held) {
  for (const std::string& value : kept_) {
    if (!held.contains(value)) may_be_gone_.insert(value);
  }
}

std::string Ghost::judge(const std::unordered_set<std::string>& present,
                         const std::unordered_set<std::string>& drafts,
                         const std::set<std::string>& losers) const {
  for (const std::string& value : present) {
    if (value.empty()) continue;
    if (!typed_.contains(value)) return "I6: nobody typed " + value;
    if (must_be_gone_.contains(value) && !loose_.contains(value) && !joined()) {
      return "I6: " + value + " came back";
    }
  }
  for (const std::string& value : kept_) {
    if (joined() && two_at_once_) break;
    const bool safe = value.empty() || present.contains(value) || drafts.contains(value) ||
                      may_be_gone_.contains(value) || losers.contains(value);
    if (!safe) return "I2: " + value + " is lost";
  }
  return {};
}

}  // namespace tracker::sim
