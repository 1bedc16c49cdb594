// The part of the media thread that keeps our picture of the folders equal to the folders.
#include <algorithm>
#include <string_view>
#include <utility>

#include "local/media_thread.hpp"
#include "runtime/clock.hpp"

namespace tracker::local {
namespace {

using namespace std::chrono_literals;

constexpr auto check_every = 5s;
constexpr auto file_check_every = 60s;
constexpr int stood_still_enough = 2;
/// A file this young may still be written, where no event tells when it is closed.
constexpr std::int64_t fresh_ns = 10'000'000'000;

std::string joined(const std::string& folder, std::string_view name) {
  return folder.empty() ? std::string(name) : folder + "/" + std::string(name);
}

/// A disk of renders is watched as a whole where we may; else each folder.
Result<disk::MediaWatch> open_watch(int root) {
  if (disk::is_on_its_own_disk(root)) {
    if (auto whole = disk::MediaWatch::open_whole(root)) return whole;
  }
  return disk::MediaWatch::open();
}

}  // namespace

void MediaThread::open_root() {
  auto root = disk::MediaRoot::open(settings_.media_root);
  if (!root) {
    root_problem_ = describe(root.error());
    return;
  }
  index_.remove_folder({});
  listings_.clear();
  folder_of_inode_.clear();
  open_files_.clear();
  watch_.reset();
  watch_problem_.clear();
  root_.emplace(std::move(*root));
  polling_ = settings_.always_poll || disk::needs_polling(root_->descriptor());
  if (!polling_) {
    auto watch = open_watch(root_->descriptor());
    if (watch) {
      watch_.emplace(std::move(*watch));
    } else {
      watch_problem_ = describe(watch.error());
      polling_ = true;
    }
  }
  root_problem_.clear();
  scan_tree({});
  next_file_check_ = Clock::now() + file_check_every;
}

void MediaThread::lose_root(std::string why) {
  root_.reset();
  watch_.reset();
  root_problem_ = std::move(why);
}

/// A folder that links lead to a second time stays out, or a link to a parent would double the
/// tree.
bool MediaThread::enter(const std::string& folder, const disk::FileIdentity& identity) {
  const std::pair inode(identity.device, identity.inode);
  const auto known = folder_of_inode_.find(inode);
  if (known != folder_of_inode_.end() && known->second != folder) {
    const std::string other = known->second;
    const auto now = root_->look_at(other);
    if (now && std::pair(now->identity.device, now->identity.inode) == inode) return false;
    drop_tree(other);  // it was moved here
  }
  folder_of_inode_[inode] = folder;
  watch(folder);
  return true;
}

void MediaThread::watch(const std::string& folder) {
  if (!watch_) return;
  const Status added = watch_->add(root_->descriptor(), folder);
  if (added) return;
  watch_problem_ = describe(added.error()) + "; until then folders are looked at every 5 s";
  polling_ = true;
}

void MediaThread::scan_tree(const std::string& folder) {
  disk::ScanOptions options;
  options.enter = [this](const auto& path, const auto& identity) { return enter(path, identity); };
  options.take = [this](disk::MediaFolder one) { put_folder(std::move(one)); };
  auto tree = root_->scan(folder, options);
  if (!tree) {
    if (folder.empty()) {
      lose_root(describe(tree.error()));
    } else {
      drop_tree(folder);
    }
    return;
  }
  if (folder.empty() && !tree->problems.empty() && watch_problem_.empty()) {
    watch_problem_ = tree->problems.front();
  }
}

/// Where no event tells, a file that is new and young is perhaps still being written.
void MediaThread::suspect_fresh_files(const disk::MediaFolder& folder) {
  std::set<std::string_view> known;
  if (const auto listed = listings_.find(folder.path); listed != listings_.end()) {
    for (const media::FileFact& file : listed->second.files) known.insert(file.name);
  }
  const std::int64_t now = runtime::now_ns();
  for (const media::FileFact& file : folder.files) {
    const std::int64_t age = now - file.mtime_ns;
    const bool fresh = age >= 0 && age < fresh_ns && !known.contains(file.name);
    if (fresh) open_files_.try_emplace(joined(folder.path, file.name));
  }
}

void MediaThread::put_folder(disk::MediaFolder folder) {
  if (polling_) suspect_fresh_files(folder);
  for (media::FileFact& file : folder.files) {
    if (open_files_.empty()) break;
    file.being_written = open_files_.contains(joined(folder.path, file.name));
  }
  index_.put_folder(folder);
  // The index has what counts of the files; by their names new ones are told where nothing else
  // tells.
  folder.identities = std::vector<disk::FileIdentity>();
  if (!polling_) {
    folder.files = std::vector<media::FileFact>();
    folder.names.clear();
  }
  listings_[folder.path] = std::move(folder);
}

void MediaThread::drop_tree(const std::string& folder) {
  index_.remove_folder(folder);
  const std::string below = folder + "/";
  std::erase_if(listings_, [&](const auto& entry) {
    return entry.first == folder || entry.first.starts_with(below);
  });
  std::erase_if(open_files_, [&](const auto& entry) { return entry.first.starts_with(below); });
  std::erase_if(folder_of_inode_, [&](const auto& entry) {
    return entry.second == folder || entry.second.starts_with(below);
  });
}

void MediaThread::rescan(const std::string& folder) {
  if (!root_) return;
  auto tree = root_->scan(folder, {.deep = false});
  if (!tree || tree->folders.empty()) {
    if (folder.empty()) {
      lose_root(tree ? "the media folder cannot be read" : describe(tree.error()));
    } else {
      drop_tree(folder);
    }
    return;
  }
  disk::MediaFolder& now = tree->folders.front();
  std::vector<std::string> before;
  if (const auto known = listings_.find(folder); known != listings_.end()) {
    before = known->second.subfolders;
  }
  const std::vector<std::string> after = now.subfolders;
  put_folder(std::move(now));
  for (const std::string& name : before) {
    if (std::ranges::find(after, name) == after.end()) drop_tree(joined(folder, name));
  }
  for (const std::string& name : after) {
    const std::string path = joined(folder, name);
    if (!listings_.contains(path)) scan_tree(path);
  }
}

void MediaThread::read_events() {
  disk::MediaWatch::Events events = watch_->read();
  if (events.lost) {
    open_root();
    return;
  }
  for (const std::string& path : events.finished) open_files_.erase(path);
  for (const std::string& path : events.opened) open_files_.try_emplace(path);
  for (const std::string& folder : events.gone_folders) drop_tree(folder);
  for (const std::string& folder : events.new_folders) {
    const bool junk = media::is_junk(folder.substr(folder.rfind('/') + 1));
    if (root_ && !junk) scan_tree(folder);
  }
  for (const std::string& folder : events.changed) {
    if (listings_.contains(folder)) rescan(folder);
  }
}

/// A file that stands still for two looks is finished, whoever forgot to close it (a hard link is
/// created and never closed; another machine's writer is never seen).
void MediaThread::check_open_files() {
  std::set<std::string> folders;
  for (auto& [path, open] : open_files_) {
    const auto facts = root_->look_at_file(path);
    const bool stands =
        facts && facts->first.bytes == open.bytes && facts->first.mtime_ns == open.mtime_ns;
    open.stood_still = stands || !facts ? open.stood_still + 1 : 0;
    if (facts) {
      open.bytes = facts->first.bytes;
      open.mtime_ns = facts->first.mtime_ns;
    }
    if (open.stood_still >= stood_still_enough) folders.insert(disk::folder_of(path));
  }
  std::erase_if(open_files_,
                [](const auto& entry) { return entry.second.stood_still >= stood_still_enough; });
  for (const std::string& folder : folders) rescan(folder);
}

void MediaThread::check_folders() {
  std::vector<std::string> changed;
  for (const auto& [path, listing] : listings_) {
    const auto now = root_->look_at(path);
    if (!now || now->mtime_ns != listing.mtime_ns) changed.push_back(path);
  }
  for (const std::string& path : changed) {
    if (root_ && listings_.contains(path)) rescan(path);
  }
}

/// Overwriting a file in place changes no folder.
void MediaThread::check_chosen_files() {
  std::set<std::string> folders;
  for (const MediaIndex::Chosen& chosen : index_.chosen_files()) {
    const auto facts = root_->look_at_file(chosen.path);
    if (!facts) continue;
    const bool same =
        facts->first.bytes == chosen.bytes && facts->first.mtime_ns == chosen.mtime_ns;
    if (!same) folders.insert(disk::folder_of(chosen.path));
  }
  for (const std::string& folder : folders) rescan(folder);
}

void MediaThread::check_on_time() {
  const auto now = Clock::now();
  if (now < next_check_) return;
  next_check_ = now + check_every;
  if (settings_.media_root.empty()) {
    root_problem_ = "MEDIA_ROOT is not set: no durations are measured";
    return;
  }
  if (root_ && !root_->is_still(settings_.media_root)) lose_root("the media folder is away");
  if (!root_) {
    open_root();
    return;
  }
  check_open_files();
  const bool all = now >= next_file_check_;
  if (root_ && (polling_ || all)) check_folders();
  if (root_ && all) check_chosen_files();
  if (all) next_file_check_ = now + file_check_every;
}

}  // namespace tracker::local
