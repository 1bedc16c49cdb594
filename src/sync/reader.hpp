// Reading one message's JSON object: lenient where a key may be missing, strict about shape and
// size. The reader keeps a pointer to the object it reads, which must outlive it. Pure.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"

namespace tracker::sync {

inline constexpr std::size_t name_length_max = 200;  ///< store, batch_id: bytes

class Reader {
 public:
  /// An error that says "`what` is a JSON object" if it is none.
  static Result<Reader> of(const boost::json::value& value, std::string_view what);

  /// The value, or null where the key is missing.
  const boost::json::value* find(std::string_view key) const { return object_->if_contains(key); }
  /// '' / `otherwise` / false / the epoch where the key is missing or of another kind.
  std::string text(std::string_view key) const;
  std::int64_t integer(std::string_view key, std::int64_t otherwise = 0) const;
  bool flag(std::string_view key) const;
  Time time(std::string_view key) const;
  /// The store's id: 1 to 200 bytes.
  Result<std::string> store() const;
  /// The array (an empty one where the key is missing), or an error if it is longer than
  /// `length_max` or no array.
  Result<const boost::json::array*> list(std::string_view key, std::size_t length_max) const;

 private:
  explicit Reader(const boost::json::object& object) : object_(&object) {}
  const boost::json::object* object_;
};

}  // namespace tracker::sync
