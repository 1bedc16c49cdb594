#include "disk/exchange.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <vector>

#include "core/digest.hpp"

namespace tracker::disk {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view temp_prefix = ".animation-tracker-";
constexpr std::string_view temp_suffix = ".tmp";
constexpr std::string_view aside_suffix = ".old";
constexpr int exchange_turns_max = 5;

/// Owner, mode, ACL (an extended attribute) of the workbook for the file that takes its place.
/// What the file system or our rights do not allow is left as it is: the content comes first.
void copy_attributes(const fs::path& from, const fs::path& to) {
  struct stat facts{};
  if (::stat(from.c_str(), &facts) != 0) return;
  if (::chown(to.c_str(), facts.st_uid, facts.st_gid) != 0) {
    // not root: the file belongs to us, as every file that we save
  }
  ::chmod(to.c_str(), facts.st_mode & 07777);
  std::vector<char> names(64 * 1024);
  const ssize_t length = ::listxattr(from.c_str(), names.data(), names.size());
  std::vector<char> value(64 * 1024);
  for (ssize_t at = 0; at < length;) {
    const char* name = names.data() + at;
    const ssize_t size = ::getxattr(from.c_str(), name, value.data(), value.size());
    if (size >= 0) ::setxattr(to.c_str(), name, value.data(), static_cast<std::size_t>(size), 0);
    at += static_cast<ssize_t>(std::string_view(name).size()) + 1;
  }
}

bool exchange_names(const fs::path& a, const fs::path& b) {
  return ::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0;
}

/// After names have changed: if the folder can't be synced, a power cut may bring the old names
/// back. Both are states that the journal knows, so the exchange stands.
void sync_names(const fs::path& workbook) {
  [[maybe_unused]] const Status synced = sync_folder(workbook.parent_path());
}

fs::path aside_of(const fs::path& temp) { return temp.string() + std::string(aside_suffix); }

/// Gives `file` the workbook's name if nothing has it. EEXIST in errno otherwise.
bool take_free_name(const fs::path& file, const fs::path& workbook) {
  if (::link(file.c_str(), workbook.c_str()) == 0) {
    ::unlink(file.c_str());
    return true;
  }
  if (errno == EEXIST) return false;
  return ::renameat2(AT_FDCWD, file.c_str(), AT_FDCWD, workbook.c_str(), RENAME_NOREPLACE) == 0;
}

/// For file systems without EXCHANGE: the workbook steps aside, is looked at, and the new file
/// takes the free name; whoever took that name meanwhile keeps it. A crash in between leaves the
/// human's file aside: put_back_aside() is its way home.
Result<ExchangeOutcome> replace_aside(const fs::path& workbook, const fs::path& temp,
                                      const std::string& old_digest) {
  const fs::path aside = aside_of(temp);
  if (::rename(workbook.c_str(), aside.c_str()) != 0) {
    const int problem = errno;
    ::unlink(temp.c_str());
    if (problem == ENOENT) return ExchangeOutcome::gone;
    return system_error("can't move the workbook aside", workbook, problem);
  }
  const auto found = digest_of(aside);
  const bool expected = found && *found == old_digest;
  if (take_free_name(expected ? temp : aside, workbook)) {
    if (expected) {
      ::rename(aside.c_str(), temp.c_str());
    } else {
      ::unlink(temp.c_str());
    }
    sync_names(workbook);
    if (!found) return std::unexpected(found.error());
    return expected ? ExchangeOutcome::written : ExchangeOutcome::displaced;
  }
  const int problem = errno;
  ::unlink(temp.c_str());
  if (problem == EEXIST) {  // a human saved in the gap: theirs is the workbook
    ::rename(aside.c_str(), temp.c_str());
    return ExchangeOutcome::displaced;
  }
  ::rename(aside.c_str(), workbook.c_str());
  return system_error("can't put the workbook in place", workbook, problem);
}

}  // namespace

std::string temp_name(std::string_view random) {
  return std::string(temp_prefix) + std::string(random) + std::string(temp_suffix);
}

bool is_temp_name(std::string_view name) { return name.starts_with(temp_prefix); }

bool put_back_aside(const fs::path& workbook) {
  std::error_code problem;
  if (fs::exists(workbook, problem)) return false;
  for (const auto& entry : fs::directory_iterator(workbook.parent_path(), problem)) {
    const std::string name = entry.path().filename().string();
    if (!is_temp_name(name) || !name.ends_with(aside_suffix)) continue;
    if (!take_free_name(entry.path(), workbook)) continue;
    sync_names(workbook);
    return true;
  }
  return false;
}

Result<std::string> digest_of(const fs::path& path) {
  TRY(const FileContent content, read_file(path, workbook_bytes_max));
  return content_digest(content.bytes);
}

Status place_temp(const fs::path& workbook, const std::string& name, std::string_view bytes) {
  const fs::path temp = workbook.parent_path() / name;
  CHECK_OK(write_new_file(temp, bytes));
  copy_attributes(workbook, temp);
  return sync_folder(workbook.parent_path());
}

Result<ExchangeOutcome> exchange(const fs::path& workbook, const std::string& name,
                                 const std::string& old_digest, const std::string& new_digest) {
  const fs::path temp = workbook.parent_path() / name;
  if (!exchange_names(temp, workbook)) {
    const int problem = errno;
    if (problem == EINVAL || problem == ENOSYS || problem == EOPNOTSUPP) {
      return replace_aside(workbook, temp, old_digest);
    }
    ::unlink(temp.c_str());
    if (problem == ENOENT) return ExchangeOutcome::gone;
    return system_error("can't put the workbook in place", workbook, problem);
  }
  sync_names(workbook);
  auto displaced = digest_of(temp);
  if (displaced && *displaced == old_digest) return ExchangeOutcome::written;
  // A human saved in the window: their file goes back under the name. Was something else there than
  // what we knew, it is a newer save, and goes back in its turn: the newest one ends as the
  // workbook.
  std::string under_the_name = new_digest;
  for (int turn = 0; turn < exchange_turns_max; ++turn) {
    if (!exchange_names(temp, workbook)) {
      return system_error("can't put the workbook back", workbook, errno);
    }
    sync_names(workbook);
    const auto taken = digest_of(temp);
    if (taken && *taken == under_the_name) return ExchangeOutcome::displaced;
    under_the_name = displaced ? *displaced : std::string();
    displaced = taken;
  }
  return fail(ErrorCode::busy, "the workbook is being saved again and again",
              "it is read once that ends", workbook.string());
}

}  // namespace tracker::disk
