#include "journal/rows.hpp"

#include <boost/json.hpp>
#include <stdexcept>

#include "journal/row_json.hpp"

namespace tracker::journal {

void load_mirror(SQLite::Database& database, sync::Memory& memory) {
  SQLite::Statement query(database, "SELECT id, version, uid, cells, media FROM mirror");
  while (query.executeStep()) {
    merge::MirrorRow row;
    row.version = query.getColumn(1).getInt64();
    row.uid = query.getColumn(2).getString();
    auto cells = parse_cells_text(query.getColumn(3).getString());
    if (!cells) throw std::runtime_error(describe(cells.error()));
    row.cells = std::move(*cells);
    if (!query.getColumn(4).isNull()) {
      auto media = parse_measurement(boost::json::parse(query.getColumn(4).getString()));
      if (!media) throw std::runtime_error(describe(media.error()));
      row.measurement = std::move(*media);
    }
    memory.mirror.emplace(query.getColumn(0).getInt64(), std::move(row));
  }
}

merge::Held held_of(const std::string& text) {
  auto held = sync::parse_held(boost::json::parse(text));
  if (!held) throw std::runtime_error(describe(held.error()));
  return std::move(*held);
}

void load_queue(SQLite::Database& database, sync::Memory& memory) {
  SQLite::Statement query(database,
                          "SELECT number, batch_id, author, based_on, ops, held FROM queue "
                          "ORDER BY number");
  while (query.executeStep()) {
    sync::Push push;
    push.store = memory.store;
    push.incarnation = memory.incarnation;
    push.number = query.getColumn(0).getInt64();
    push.batch_id = query.getColumn(1).getString();
    push.author = query.getColumn(2).getString();
    push.based_on = query.getColumn(3).getInt64();
    auto ops = parse_ops_text(query.getColumn(4).getString());
    if (!ops) throw std::runtime_error(describe(ops.error()));
    push.ops = std::move(*ops);
    if (!query.getColumn(5).isNull()) push.held = held_of(query.getColumn(5).getString());
    memory.queue.push_back(std::move(push));
  }
}

void put_mirror_rows(SQLite::Database& database, const sync::SaveMirror& mirror) {
  SQLite::Statement put(database,
                        "INSERT OR REPLACE INTO mirror (id, version, uid, cells, media) "
                        "VALUES (?, ?, ?, ?, ?)");
  for (const auto& [id, row] : mirror.upserted) {
    put.bind(1, id);
    put.bind(2, row.version);
    put.bind(3, row.uid);
    put.bind(4, cells_text(row.cells));
    if (row.measurement) {
      put.bind(5, boost::json::serialize(to_json(*row.measurement)));
    } else {
      put.bind(5);
    }
    put.exec();
    put.reset();
  }
  SQLite::Statement remove(database, "DELETE FROM mirror WHERE id = ?");
  for (const EntryId id : mirror.removed) {
    remove.bind(1, id);
    remove.exec();
    remove.reset();
  }
}

}  // namespace tracker::journal
