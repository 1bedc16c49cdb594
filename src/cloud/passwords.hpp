// Passwords: which are good enough, and argon2id (libsodium) off the io thread.
//
// Promises: at most two hashes are computed at once (64 MiB each), 20 may wait, whoever comes then
// gets Error busy. A verification of an unknown account costs what one of a known account costs, so
// that time does not tell who exists. Secrets are never logged.
//
// Thread rule: hash() and verify() are awaited on the io thread; the rest is pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/secret.hpp"
#include "runtime/worker_thread.hpp"

namespace tracker::cloud {

inline constexpr std::size_t password_length_min = 12;    ///< characters
inline constexpr std::size_t password_length_max = 1024;  ///< bytes

/// Why this password is refused, as a sentence; or nothing.
std::optional<std::string> problem_with_password(const Secret& password, std::string_view email);

struct Verdict {
  bool matches = false;
  bool needs_rehash = false;  ///< it matches, but was made with weaker settings than today's
};

class Passwords {
 public:
  Passwords();

  Awaitable<Result<std::string>> hash(Secret password);

  /// `stored` = '' (no such account, or none with a password): the same work, never a match.
  Awaitable<Result<Verdict>> verify(Secret password, std::string stored);

 private:
  runtime::WorkerThread& quieter();

  runtime::WorkerThread first_{"argon2-1", 10};
  runtime::WorkerThread second_{"argon2-2", 10};
};

/// The same hash, in the calling thread: for commands, which have no io thread to keep free.
Result<std::string> hash_password(const Secret& password);

/// 256 random bits as 64 hexadecimal digits: session ids, tokens, one-time links.
std::string random_secret();

}  // namespace tracker::cloud
