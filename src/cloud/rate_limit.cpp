#include "cloud/rate_limit.hpp"

#include <algorithm>

namespace tracker::cloud {
namespace {

constexpr unsigned free_failures = 3;
constexpr unsigned doublings_max = 9;
constexpr std::int64_t pause_seconds_max = 300;

}  // namespace

Buckets::Buckets(double capacity, double per_second)
    : capacity_(capacity), per_second_(per_second) {}

void Buckets::make_room(Tick now) {
  const auto time_to_fill = std::chrono::duration<double>(capacity_ / per_second_);
  std::erase_if(buckets_,
                [&](const auto& one) { return now - one.second.filled_at > time_to_fill; });
  // Everybody is busy: a flood from many addresses. Starting anew is the bounded answer.
  if (buckets_.size() >= keys_max) buckets_.clear();
}

bool Buckets::take(const std::string& key, Tick now) {
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= keys_max) make_room(now);
    found = buckets_.emplace(key, Bucket{capacity_, now}).first;
  }
  Bucket& bucket = found->second;
  const double seconds = std::chrono::duration<double>(now - bucket.filled_at).count();
  bucket.level = std::min(capacity_, bucket.level + seconds * per_second_);
  bucket.filled_at = now;
  if (bucket.level < 1) return false;
  bucket.level -= 1;
  return true;
}

std::optional<std::int64_t> GuessPauses::wait_for(const std::string& account, Tick now) const {
  const auto found = accounts_.find(account);
  if (found == accounts_.end() || found->second.free_at <= now) return std::nullopt;
  const auto left = std::chrono::ceil<std::chrono::seconds>(found->second.free_at - now);
  return left.count();
}

void GuessPauses::failed(const std::string& account, Tick now) {
  if (accounts_.size() >= accounts_max) {
    std::erase_if(accounts_, [now](const auto& one) {
      return now - one.second.free_at > std::chrono::seconds(pause_seconds_max);
    });
    if (accounts_.size() >= accounts_max) accounts_.clear();
  }
  Guesses& guesses = accounts_[account];
  ++guesses.failures;
  guesses.free_at = now;
  if (guesses.failures < free_failures) return;
  const unsigned doublings = std::min(guesses.failures - free_failures, doublings_max);
  const std::int64_t pause = std::min(std::int64_t{1} << doublings, pause_seconds_max);
  guesses.free_at = now + std::chrono::seconds(pause);
}

void GuessPauses::succeeded(const std::string& account) { accounts_.erase(account); }

}  // namespace tracker::cloud
