// Turns the texts of an Environment into checked values. Every failure is one sentence that names
// the variable, what was found and what is expected; a secret's text is never repeated.
// Holds a reference: the Environment outlives the Reader. Main thread only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/environment.hpp"
#include "core/rational.hpp"
#include "core/secret.hpp"

namespace tracker::cli {

class Reader {
 public:
  explicit Reader(const Environment& environment) : environment_(environment) {}

  std::string text(std::string_view name, std::string_view otherwise = {}) const;
  Result<std::int64_t> number(std::string_view name, std::int64_t smallest, std::int64_t largest,
                              std::int64_t otherwise) const;
  /// true/false, 1/0, yes/no, on/off in any case.
  Result<bool> flag(std::string_view name, bool otherwise) const;
  /// '' if not set; else an http:// or https:// address without path, query and user.
  Result<std::string> url(std::string_view name) const;
  /// An IPv4 or IPv6 address.
  Result<std::string> address(std::string_view name, std::string_view otherwise) const;
  /// "a, b" -> {"a", "b"}.
  std::vector<std::string> list(std::string_view name) const;
  Result<Rational> frame_rate(std::string_view name, Rational otherwise) const;
  Secret secret(std::string_view name) const;
  /// One of `words`.
  Result<std::string> word(std::string_view name, const std::vector<std::string>& words,
                           std::string_view otherwise) const;

 private:
  const Environment& environment_;
};

/// "NAME is missing: expected …".
std::unexpected<Error> missing(std::string_view name, std::string_view expected);

/// 64 hexadecimal digits from the kernel's random source.
std::string random_secret();

/// Refuses the guide's sample secret and secrets under 16 characters. `partner` is the variable of
/// the other role that must be equal ('' where it has the same name); the error carries a fresh
/// random secret and both names.
Status check_secret_strength(const Secret& secret, std::string_view name, std::string_view own_role,
                             std::string_view partner, std::string_view partner_role);

}  // namespace tracker::cli
