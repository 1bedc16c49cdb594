// A password, key or token in memory. It has no stream output and no formatter, so it cannot reach
// a log by accident; who needs the bytes says reveal(). Plain value.
#pragma once

#include <string>
#include <utility>

namespace tracker {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

}  // namespace tracker
