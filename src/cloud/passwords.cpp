#include "cloud/passwords.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>

#include "core/digest.hpp"
#include "core/text.hpp"

namespace tracker::cloud {
namespace {

// What stolen hashes are tried with first, of those that are long enough to pass the length rule.
constexpr std::array<std::string_view, 24> common_passwords{
    "123456789012",     "1234567890123",  "12345678901234",   "password1234",    "password12345",
    "passwordpassword", "qwertyuiop12",   "qwertyuiop123",    "qwertyuiopasdf",  "qwerty123456",
    "iloveyou1234",     "letmeinletmein", "administrator",    "adminadminadmin", "changemechangeme",
    "welcome12345",     "111111111111",   "000000000000",     "abcdefghijkl",    "abc123abc123",
    "1q2w3e4r5t6y",     "123123123123",   "parcelstudio2025", "animationtracker"};

/// Bytes; libsodium's figure for interactive use, more than three times the least we allow.
constexpr std::size_t memory_bytes = crypto_pwhash_MEMLIMIT_INTERACTIVE;
constexpr unsigned long long passes = crypto_pwhash_OPSLIMIT_INTERACTIVE;
static_assert(memory_bytes >= 19U * 1024 * 1024);

bool sodium_ready() {
  static const bool ready = sodium_init() >= 0;
  return ready;
}

Verdict verified(const Secret& password, const std::string& stored) {
  if (stored.empty()) {
    // Same work as for an account that exists, and the answer is no.
    (void)hash_password(password);
    return {};
  }
  const std::string& text = password.reveal();
  if (crypto_pwhash_str_verify(stored.c_str(), text.c_str(), text.size()) != 0) return {};
  return {true, crypto_pwhash_str_needs_rehash(stored.c_str(), passes, memory_bytes) != 0};
}

}  // namespace

std::optional<std::string> problem_with_password(const Secret& password, std::string_view email) {
  const std::string& text = password.reveal();
  if (!is_utf8(text)) return "a password is UTF-8 text";
  if (text.size() > password_length_max) {
    return fmt::format("a password has at most {} bytes", password_length_max);
  }
  if (length_in_characters(text) < password_length_min) {
    return fmt::format(
        "a password has at least {} characters; a few words are easier to keep in "
        "mind than odd signs",
        password_length_min);
  }
  const std::string plain = folded(text);
  const bool common =
      std::find(common_passwords.begin(), common_passwords.end(), plain) != common_passwords.end();
  const bool one_letter =
      std::all_of(text.begin(), text.end(), [&](char c) { return c == text[0]; });
  if (common || one_letter) return "this password is on every list of passwords that thieves try";
  if (!email.empty() && plain == folded(email)) return "a password is not the email address";
  return std::nullopt;
}

Result<std::string> hash_password(const Secret& password) {
  if (!sodium_ready()) return fail(ErrorCode::internal, "libsodium does not start");
  std::array<char, crypto_pwhash_STRBYTES> out{};
  const std::string& text = password.reveal();
  if (crypto_pwhash_str(out.data(), text.c_str(), text.size(), passes, memory_bytes) != 0) {
    return fail(ErrorCode::busy, "not enough memory to check a password", "try again soon");
  }
  return std::string(out.data());
}

Passwords::Passwords() { (void)sodium_ready(); }

runtime::WorkerThread& Passwords::quieter() {
  return first_.queued() <= second_.queued() ? first_ : second_;
}

Awaitable<Result<std::string>> Passwords::hash(Secret password) {
  co_return co_await runtime::run_blocking(quieter(),
                                           [password] { return hash_password(password); });
}

Awaitable<Result<Verdict>> Passwords::verify(Secret password, std::string stored) {
  co_return co_await runtime::run_blocking(
      quieter(), [password, stored] { return Result<Verdict>(verified(password, stored)); });
}

std::string random_secret() {
  (void)sodium_ready();
  std::array<char, 32> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  return hex(std::string_view(bytes.data(), bytes.size()));
}

}  // namespace tracker::cloud
