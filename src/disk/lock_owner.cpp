#include "disk/lock_owner.hpp"

#include <chrono>
#include <optional>
#include <vector>

#include "core/text.hpp"
#include "disk/file.hpp"

namespace tracker::disk {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours lock_age_max{12};
constexpr std::uint64_t lock_bytes_max = 4096;
constexpr std::string_view unnamed = "somebody";

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6U));
    out += static_cast<char>(0x80 | (code & 0x3FU));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12U));
    out += static_cast<char>(0x80 | ((code >> 6U) & 0x3FU));
    out += static_cast<char>(0x80 | (code & 0x3FU));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18U));
    out += static_cast<char>(0x80 | ((code >> 12U) & 0x3FU));
    out += static_cast<char>(0x80 | ((code >> 6U) & 0x3FU));
    out += static_cast<char>(0x80 | (code & 0x3FU));
  }
}

std::uint32_t unit_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]) |
         (static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + 1])) << 8U);
}

/// The lock's text if it exists and is young enough. Mostly it does not: that costs one call.
std::optional<std::string> young_lock(const fs::path& path, Time now) {
  if (!stamp_of(path)) return std::nullopt;
  const auto content = read_file(path, lock_bytes_max);
  if (!content) {
    // Excel keeps its lock open without sharing it: unreadable, but there.
    return stamp_of(path) ? std::optional<std::string>("") : std::nullopt;
  }
  const auto age = now.time_since_epoch() - std::chrono::nanoseconds(content->stamp.modified_ns);
  if (age > lock_age_max) return std::nullopt;
  return content->bytes;
}

std::string named(std::string owner) { return owner.empty() ? std::string(unnamed) : owner; }

}  // namespace

std::string owner_in_excel_lock(std::string_view bytes) {
  if (bytes.size() < 57) return {};
  const std::uint32_t length = unit_at(bytes, 55);
  std::string name;
  for (std::size_t i = 0; i < length && i < 52; ++i) {
    const std::size_t place = 57 + i * 2;
    if (place + 1 >= bytes.size()) break;
    std::uint32_t code = unit_at(bytes, place);
    const bool high = code >= 0xD800 && code < 0xDC00;
    if (high && place + 3 < bytes.size()) {
      code = 0x10000 + ((code - 0xD800) << 10U) + (unit_at(bytes, place + 2) - 0xDC00);
      ++i;
    }
    if (code >= 0x20) append_utf8(name, code);
  }
  return canonical(name);
}

std::string owner_in_libreoffice_lock(std::string_view text) {
  std::vector<std::string> fields(1);
  for (std::size_t i = 0; i < text.size() && text[i] != ';'; ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      fields.back() += text[++i];
    } else if (text[i] == ',') {
      fields.emplace_back();
    } else {
      fields.back() += text[i];
    }
  }
  for (std::size_t i = 0; i < 2 && i < fields.size(); ++i) {
    std::string name = canonical(fields[i]);
    if (!name.empty()) return name;
  }
  return {};
}

bool is_lock_name(std::string_view name, std::string_view workbook_name) {
  if (name.starts_with("~$")) {
    const std::string_view rest = name.substr(2);
    return rest == workbook_name || (workbook_name.size() > 2 && rest == workbook_name.substr(2));
  }
  return name == ".~lock." + std::string(workbook_name) + "#";
}

LockPaths::LockPaths(const fs::path& workbook) {
  const std::string name = workbook.filename().string();
  const fs::path folder = workbook.parent_path();
  excel = folder / ("~$" + name);
  excel_short = folder / ("~$" + (name.size() > 2 ? name.substr(2) : name));
  libreoffice = folder / (".~lock." + name + "#");
}

std::string open_by(const LockPaths& locks, Time now) {
  for (const fs::path* lock : {&locks.excel, &locks.excel_short}) {
    if (const auto bytes = young_lock(*lock, now)) return named(owner_in_excel_lock(*bytes));
  }
  const auto text = young_lock(locks.libreoffice, now);
  return text ? named(owner_in_libreoffice_lock(*text)) : std::string();
}

}  // namespace tracker::disk
