// How often somebody may knock: buckets per address, and a growing pause per account after wrong
// passwords. Held in memory, bounded; with several cloud processes each counts for itself.
// Time is an argument. Thread rule: the io thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace tracker::cloud {

using Tick = std::chrono::steady_clock::time_point;

/// Token buckets by key. With too many keys, full buckets are dropped, and if none is full all are.
class Buckets {
 public:
  Buckets(double capacity, double per_second);

  /// Takes one; false if there is none.
  bool take(const std::string& key, Tick now);

 private:
  struct Bucket {
    double level = 0;
    Tick filled_at;
  };
  static constexpr std::size_t keys_max = 10'000;
  void make_room(Tick now);

  double capacity_;
  double per_second_;
  std::unordered_map<std::string, Bucket> buckets_;
};

/// Guessing at one account: the first three mistakes cost nothing, then the pause doubles from one
/// second to five minutes. A success forgets them.
class GuessPauses {
 public:
  /// Seconds to wait before the next try; nothing = now.
  std::optional<std::int64_t> wait_for(const std::string& account, Tick now) const;
  void failed(const std::string& account, Tick now);
  void succeeded(const std::string& account);

 private:
  struct Guesses {
    unsigned failures = 0;
    Tick free_at;
  };
  static constexpr std::size_t accounts_max = 10'000;
  std::unordered_map<std::string, Guesses> accounts_;
};

}  // namespace tracker::cloud
