#include "journal/journal.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <boost/json.hpp>

#include "journal/row_json.hpp"
#include "journal/rows.hpp"
#include "journal/schema.hpp"
#include "journal/states.hpp"

namespace tracker::journal {

class Journal::Body {
 public:
  explicit Body(const std::filesystem::path& file)
      : name(file.string()),
        database(name, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 5000),
        states(database) {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  }

  /// Runs `work`; what SQLite throws becomes an Error that names the file.
  template <class Work>
  auto guarded(Work work) -> Result<decltype(work())> {
    try {
      if constexpr (std::is_void_v<decltype(work())>) {
        work();
        return {};
      } else {
        return work();
      }
    } catch (const std::exception& problem) {
      states.drop_cache();
      return fail(ErrorCode::io, std::string("the journal can't be used: ") + problem.what(),
                  "check the free disk space and the rights of the data folder", name);
    }
  }

  /// The same inside one transaction.
  template <class Work>
  Status transact(Work work) {
    return guarded([&] {
      SQLite::Transaction transaction(database);
      work();
      transaction.commit();
    });
  }

  void put(const Intent& intent) {
    SQLite::Statement put(database,
                          "INSERT OR REPLACE INTO intent (one, generation, old_digest, "
                          "new_digest, temp_name) VALUES (1, ?, ?, ?, ?)");
    put.bind(1, intent.generation);
    put.bind(2, intent.old_digest);
    put.bind(3, intent.new_digest);
    put.bind(4, intent.temp_name);
    put.exec();
  }

  void set(const char* key, std::int64_t value) {
    SQLite::Statement put(database, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)");
    put.bind(1, key);
    put.bind(2, value);
    put.exec();
  }
  void set(const char* key, const std::string& value) {
    SQLite::Statement put(database, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)");
    put.bind(1, key);
    put.bind(2, value);
    put.exec();
  }
  std::int64_t number(const char* key, std::int64_t otherwise) {
    SQLite::Statement get(database, "SELECT value FROM meta WHERE key = ?");
    get.bind(1, key);
    return get.executeStep() ? get.getColumn(0).getInt64() : otherwise;
  }
  std::string text(const char* key) {
    SQLite::Statement get(database, "SELECT value FROM meta WHERE key = ?");
    get.bind(1, key);
    return get.executeStep() ? get.getColumn(0).getString() : std::string();
  }

  void put_pushes(const std::vector<sync::Push>& pushes) {
    SQLite::Statement insert(database,
                             "INSERT INTO queue (number, batch_id, author, based_on, ops, held) "
                             "VALUES (?, ?, ?, ?, ?, ?)");
    for (const sync::Push& push : pushes) {
      insert.bind(1, push.number);
      insert.bind(2, push.batch_id);
      insert.bind(3, push.author);
      insert.bind(4, push.based_on);
      insert.bind(5, ops_text(push.ops));
      if (push.held) {
        insert.bind(6, boost::json::serialize(sync::to_json(*push.held)));
      } else {
        insert.bind(6);
      }
      insert.exec();
      insert.reset();
    }
  }

  void put_command(const std::string& key, Time now) {
    SQLite::Statement put(database, "INSERT OR IGNORE INTO command (key, at) VALUES (?, ?)");
    put.bind(1, key);
    put.bind(2, format_rfc3339(now));
    put.exec();
  }

  void put_held(const sync::HeldBack& back) {
    const bool nothing = back.held.empty();
    set("held", nothing ? std::string() : boost::json::serialize(sync::to_json(back.held)));
    set("held_number", back.number);
  }

  void upgrade(int version) {
    SQLite::Transaction transaction(database);
    if (version == 1) database.exec(upgrade_1_sql);
    database.exec("PRAGMA user_version = " + std::to_string(schema_version));
    transaction.commit();
  }

  void create(const std::string& new_store) {
    SQLite::Transaction transaction(database);
    database.exec(schema_sql);
    database.exec("PRAGMA user_version = " + std::to_string(schema_version));
    set("store", new_store);
    transaction.commit();
  }

  std::string name;
  SQLite::Database database;
  States states;
};

Journal::Journal(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Journal::~Journal() = default;

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& folder,
                                               const std::string& new_store) {
  const std::filesystem::path file = folder / "journal.sqlite";
  std::unique_ptr<Body> body;
  try {
    body = std::make_unique<Body>(file);
    const int version = body->database.execAndGet("PRAGMA user_version").getInt();
    if (version == 0) body->create(new_store);
    if (version > 0 && version < schema_version) body->upgrade(version);
    if (version > schema_version) {
      return fail(ErrorCode::unsupported, "the journal was written by a newer program",
                  "update animation-tracker", file.string());
    }
    if (body->database.execAndGet("PRAGMA synchronous").getInt() != 2) {
      return fail(ErrorCode::internal, "the journal does not write synchronously", {},
                  file.string());
    }
  } catch (const std::exception& problem) {
    return fail(ErrorCode::io, std::string("the journal can't be opened: ") + problem.what(),
                "check the free disk space and the rights of the data folder", file.string());
  }
  return std::unique_ptr<Journal>(new Journal(std::move(body)));
}

Result<sync::Memory> Journal::load() {
  return body_->guarded([this] {
    sync::Memory memory;
    memory.store = body_->text("store");
    memory.incarnation = body_->number("incarnation", 1);
    memory.generation = body_->number("generation", 0);
    memory.written_generation = body_->number("written_generation", 0);
    memory.next_number = body_->number("next_number", 1);
    memory.next_uid = body_->number("next_uid", 1);
    memory.applied_number = body_->number("applied_number", 0);
    memory.has_mirror = body_->number("has_mirror", 0) != 0;
    memory.cursor = body_->number("cursor", 0);
    memory.chain = body_->text("chain");
    memory.last_author = body_->text("last_author");
    memory.held_back.number = body_->number("held_number", 0);
    if (const std::string held = body_->text("held"); !held.empty()) {
      memory.held_back.held = held_of(held);
    }
    load_mirror(body_->database, memory);
    load_queue(body_->database, memory);
    return memory;
  });
}

Status Journal::save(const sync::SaveObservation& observation, Time now) {
  return body_->transact([&] {
    body_->states.append(StateKind::observed, observation.generation, observation.digest,
                         observation.rows, format_rfc3339(now));
    body_->put_pushes(observation.pushes);
    if (observation.held) body_->put_held(*observation.held);
    body_->set("last_author", observation.author);
    body_->set("next_number", observation.next_number);
    body_->set("next_uid", observation.next_uid);
  });
}

Status Journal::save(const sync::SaveMirror& mirror) {
  return body_->transact([&] {
    if (mirror.replace) body_->database.exec("DELETE FROM mirror");
    put_mirror_rows(body_->database, mirror);
    body_->set("cursor", mirror.cursor);
    body_->set("chain", mirror.chain);
    body_->set("applied_number", mirror.applied_number);
    body_->set("has_mirror", std::int64_t{1});
    if (mirror.held_decided) body_->put_held({});
    SQLite::Statement trim(body_->database, "DELETE FROM queue WHERE number <= ?");
    trim.bind(1, mirror.applied_number);
    trim.exec();
  });
}

Status Journal::save(const sync::SavePushes& pushes, Time now) {
  return body_->transact([&] {
    body_->put_pushes(pushes.pushes);
    body_->set("next_number", pushes.next_number);
    body_->set("next_uid", pushes.next_uid);
    if (!pushes.command_key.empty()) body_->put_command(pushes.command_key, now);
  });
}

Status Journal::save(const sync::SaveRestart& restart) {
  return body_->transact([&] {
    if (!restart.keep_mirror) body_->database.exec("DELETE FROM mirror");
    body_->database.exec("DELETE FROM queue");
    body_->states.forget_all();
    body_->set("held_number", std::int64_t{0});  // it is told anew
    body_->set("incarnation", restart.incarnation);
    body_->set("generation", restart.generation);
    body_->set("next_number", std::int64_t{1});
    body_->set("applied_number", std::int64_t{0});
    body_->set("has_mirror", std::int64_t{0});
    body_->set("cursor", std::int64_t{0});
    body_->set("chain", std::string());
  });
}

Status Journal::begin_write(const Intent& intent, const sync::SharedState& rows,
                            std::int64_t next_uid, Time now) {
  return body_->transact([&] {
    body_->states.append(StateKind::written, intent.generation, intent.new_digest, rows,
                         format_rfc3339(now));
    body_->put(intent);
    body_->set("generation", intent.generation);
    body_->set("next_uid", next_uid);
  });
}

Status Journal::begin_rewrite(const Intent& intent) {
  return body_->transact([&] { body_->put(intent); });
}

Result<std::optional<Intent>> Journal::intent() {
  return body_->guarded([this]() -> std::optional<Intent> {
    SQLite::Statement query(body_->database,
                            "SELECT generation, old_digest, new_digest, temp_name FROM intent");
    if (!query.executeStep()) return std::nullopt;
    return Intent{query.getColumn(0).getInt64(), query.getColumn(1).getString(),
                  query.getColumn(2).getString(), query.getColumn(3).getString()};
  });
}

Status Journal::end_write(const Intent& intent, bool written) {
  return body_->transact([&] {
    body_->database.exec("DELETE FROM intent");
    if (written) {
      body_->set("written_generation", intent.generation);
      return;
    }
    // Its digest must not be taken for a known state. Whoever opened it in the moment in which it
    // stood there saves with its token: it stays a base.
    SQLite::Statement forget(body_->database, "UPDATE state SET digest = '' WHERE digest = ?");
    forget.bind(1, intent.new_digest);
    forget.exec();
  });
}

Result<bool> Journal::knows(const std::string& digest) {
  return body_->guarded([&] {
    SQLite::Statement query(body_->database, "SELECT 1 FROM state WHERE digest = ?");
    query.bind(1, digest);
    return query.executeStep();
  });
}

Result<bool> Journal::has_observed(const std::string& digest) {
  return body_->guarded([&] {
    SQLite::Statement query(body_->database,
                            "SELECT 1 FROM state WHERE digest = ? AND kind <> 'S'");
    query.bind(1, digest);
    return query.executeStep();
  });
}

Result<sync::Bases> Journal::bases(const std::string& digest,
                                   const std::optional<workbook::Token>& token) {
  return body_->guarded([&] {
    sync::Bases bases;
    SQLite::Statement seen(body_->database, "SELECT max(number) FROM state WHERE digest = ?");
    seen.bind(1, digest);
    if (seen.executeStep() && !seen.getColumn(0).isNull()) {
      bases.seen = body_->states.load(seen.getColumn(0).getInt64());
    }
    if (token && token->store == body_->text("store")) {
      SQLite::Statement lineage(body_->database,
                                "SELECT number, kind FROM state WHERE generation = ? "
                                "ORDER BY number DESC LIMIT 50");
      lineage.bind(1, token->generation);
      std::vector<std::int64_t> numbers;
      std::vector<bool> written;
      while (lineage.executeStep()) {
        numbers.push_back(lineage.getColumn(0).getInt64());
        written.push_back(lineage.getColumn(1).getString() == "S");
      }
      auto states = body_->states.load(numbers);
      for (std::size_t i = 0; i < states.size(); ++i) {
        if (written[i]) {
          bases.written = std::move(states[i]);
        } else {
          bases.observed.insert(bases.observed.begin(), std::move(states[i]));
        }
      }
    }
    if (!token) {
      SQLite::Statement recent(body_->database,
                               "SELECT number FROM state WHERE digest <> '' "
                               "ORDER BY number DESC LIMIT 20");
      std::vector<std::int64_t> numbers;
      while (recent.executeStep()) numbers.push_back(recent.getColumn(0).getInt64());
      bases.observed = body_->states.load(numbers);
      std::ranges::reverse(bases.observed);
    }
    const std::int64_t newest = body_->states.newest_number();
    if (newest > 0) bases.newest = body_->states.load(newest);
    return bases;
  });
}

Result<bool> Journal::knows_command(const std::string& key) {
  return body_->guarded([&] {
    SQLite::Statement query(body_->database, "SELECT 1 FROM command WHERE key = ?");
    query.bind(1, key);
    return query.executeStep();
  });
}

Status Journal::save_command(const std::string& key, Time now) {
  return body_->transact([&] { body_->put_command(key, now); });
}

Status Journal::prune(Time before, std::int64_t states_kept_min) {
  return body_->transact([&] { body_->states.prune(format_rfc3339(before), states_kept_min); });
}

}  // namespace tracker::journal
