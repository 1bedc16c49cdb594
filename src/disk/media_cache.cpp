#include "disk/media_cache.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <unistd.h>

namespace tracker::disk {
namespace {

constexpr const char* schema =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    "CREATE TABLE IF NOT EXISTS measured("
    " number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,"
    " answer TEXT NOT NULL, measured_at TEXT NOT NULL);"
    "DELETE FROM measured WHERE number <="
    " (SELECT coalesce(max(number), 0) - 1000000 FROM measured);";

}  // namespace

struct MediaCache::Database {
  explicit Database(const std::string& path)
      : database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 1000) {
    database.exec(schema);
    find.emplace(database, "SELECT answer, measured_at FROM measured WHERE key = ?");
    put.emplace(database,
                "INSERT INTO measured(key, answer, measured_at) VALUES (?, ?, ?)"
                " ON CONFLICT(key) DO UPDATE SET answer = excluded.answer,"
                " measured_at = excluded.measured_at");
  }
  SQLite::Database database;
  std::optional<SQLite::Statement> find;
  std::optional<SQLite::Statement> put;
};

MediaCache::MediaCache(std::unique_ptr<Database> database) : database_(std::move(database)) {}
MediaCache::~MediaCache() = default;

Result<std::unique_ptr<MediaCache>> MediaCache::open(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    return fail(ErrorCode::io, "cannot make the cache of measurements", "check DATA_DIR",
                path.string());
  }
  ::close(file);
  for (int attempt = 0;; ++attempt) {
    try {
      return std::unique_ptr<MediaCache>(new MediaCache(std::make_unique<Database>(path.string())));
    } catch (const SQLite::Exception& thrown) {
      const bool damaged = thrown.getErrorCode() == 11 || thrown.getErrorCode() == 26;
      if (!damaged || attempt > 0) {
        return fail(ErrorCode::io, std::string("the cache of measurements: ") + thrown.what(), {},
                    path.string());
      }
      std::error_code ignored;
      for (const char* ending : {"", "-wal", "-shm"}) {
        std::filesystem::remove(path.string() + ending, ignored);
      }
    }
  }
}

std::optional<MediaCache::Entry> MediaCache::find(const std::string& key) {
  try {
    SQLite::Statement& query = *database_->find;
    query.reset();
    query.bindNoCopy(1, key);
    if (!query.executeStep()) return std::nullopt;
    Entry entry{query.getColumn(0).getString(), query.getColumn(1).getString()};
    query.reset();  // an open read would keep the log from being folded into the file
    return entry;
  } catch (const SQLite::Exception&) {
    return std::nullopt;  // measured again, then
  }
}

Status MediaCache::put(const std::string& key, const Entry& entry) {
  try {
    SQLite::Statement& command = *database_->put;
    command.reset();
    command.bindNoCopy(1, key);
    command.bindNoCopy(2, entry.answer);
    command.bindNoCopy(3, entry.measured_at);
    command.exec();
    return {};
  } catch (const SQLite::Exception& thrown) {
    return fail(ErrorCode::io, std::string("the cache of measurements: ") + thrown.what());
  }
}

}  // namespace tracker::disk
