// Result and Error: how every function of this program says that something did not work.
//
// A locked workbook, a stale version or a corrupt frame is a daily event: it travels as a value, is
// shown to a person and can be listed by the simulator. Exceptions are used nowhere on purpose.
// Plain values; safe on any thread.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace tracker {

enum class ErrorCode {
  invalid_input,  ///< what came from outside breaks a rule that it could have kept
  not_found,
  conflict,      ///< somebody else changed it since
  unauthorized,  ///< who are you?
  forbidden,     ///< you may not
  unavailable,   ///< a part that is needed is away; try again later
  busy,          ///< too much at once, or held by somebody; try again soon
  corrupt,       ///< data that breaks its own format
  unsupported,   ///< a case we know and refuse on purpose
  too_large,
  timeout,
  io,       ///< the operating system refused
  internal  ///< a mistake of ours
};

/// The code's own spelling, as it stands in JSON ("invalid_input").
const char* name_of(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string what;   ///< one sentence for the log
  std::string hint;   ///< for the user: what to do; may be empty
  std::string where;  ///< field, cell, file, row or variable that is meant; may be empty
};

/// "what (where): hint", leaving out what is empty.
std::string describe(const Error& error);

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string what,
                                                 std::string hint = {}, std::string where = {}) {
  return std::unexpected<Error>(Error{code, std::move(what), std::move(hint), std::move(where)});
}

}  // namespace tracker

#define TRACKER_JOIN2(a, b) a##b
#define TRACKER_JOIN(a, b) TRACKER_JOIN2(a, b)
#define TRACKER_TRY_IMPL(temp, decl, expr, ret)                     \
  auto temp = (expr);                                               \
  if (!temp) {                                                      \
    ret std::unexpected<::tracker::Error>(std::move(temp.error())); \
  }                                                                 \
  decl = std::move(*temp)
#define TRACKER_CHECK_IMPL(temp, expr, ret)                         \
  if (auto temp = (expr); !temp) {                                  \
    ret std::unexpected<::tracker::Error>(std::move(temp.error())); \
  }

/// TRY(auto x, f()): x is f's value, or this function returns f's error. CO_TRY in coroutines.
#define TRY(decl, expr) TRACKER_TRY_IMPL(TRACKER_JOIN(try_, __LINE__), decl, expr, return)
#define CO_TRY(decl, expr) TRACKER_TRY_IMPL(TRACKER_JOIN(try_, __LINE__), decl, expr, co_return)
/// CHECK_OK(f()): go on if f succeeded (its value is dropped), else return its error.
#define CHECK_OK(expr) TRACKER_CHECK_IMPL(TRACKER_JOIN(check_, __LINE__), expr, return)
#define CO_CHECK_OK(expr) TRACKER_CHECK_IMPL(TRACKER_JOIN(check_, __LINE__), expr, co_return)
