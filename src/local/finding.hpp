// What a check of the installation found, in plain words: `doctor` prints it, the studio's own page
// shows it. Plain values.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace tracker::local {

enum class Verdict { ok, hint, wrong };

struct Finding {
  std::string check;  ///< "database"
  Verdict verdict = Verdict::ok;
  std::string what;   ///< what was seen
  std::string to_do;  ///< '' when all is well
};

using Findings = std::vector<Finding>;

/// Blocks, for some seconds at most.
using Doctor = std::function<Findings()>;

/// "ok", "hint", "wrong".
constexpr const char* word(Verdict verdict) {
  if (verdict == Verdict::ok) return "ok";
  return verdict == Verdict::hint ? "hint" : "wrong";
}

}  // namespace tracker::local
