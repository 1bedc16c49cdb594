#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "store/pool.hpp"
#include "store/row_codec.hpp"
#include "store/store.hpp"

namespace tracker::store {
namespace {

Statement read_list_state() {
  return {"SELECT seq, (SELECT coalesce(max(number), 0) FROM media_picture) FROM feed_head", {}};
}

namespace json = boost::json;

struct SortKey {
  std::string_view name;
  std::string_view sql;   ///< never NULL, comparable as text or number
  std::string_view type;  ///< for the keyset's bound value
};

constexpr std::array<SortKey, 12> sort_keys{
    {{"id", "p.id", "bigint"},
     {"version", "coalesce(s.version, 0)", "bigint"},
     {"created_at", "coalesce(p.created_at, 'epoch'::timestamp)", "timestamp"},
     {"updated_at", "coalesce(p.updated_at, 'epoch'::timestamp)", "timestamp"},
     {"animator", "p.animator", "text"},
     {"project_type", "p.project_type", "text"},
     {"episode_title", "p.episode_title", "text"},
     {"scene", "p.scene", "text"},
     {"shot", "p.shot", "text"},
     {"week_yyyymmdd", "p.week_yyyymmdd", "text"},
     {"status", "p.status", "text"},
     {"notes", "coalesce(p.notes, '')", "text"}}};

struct Order {
  const SortKey* key = nullptr;
  bool descending = false;
};

Result<Order> order_by_name(std::string_view name) {
  Order order;
  order.descending = name.starts_with('-');
  if (order.descending) name.remove_prefix(1);
  const auto found = std::ranges::find(sort_keys, name, &SortKey::name);
  if (found == sort_keys.end()) {
    return fail(ErrorCode::invalid_input, "unknown sort", "sort by id, version or a column",
                "sort");
  }
  order.key = found;
  return order;
}

/// Collects conditions and their bound values.
class Where {
 public:
  std::string bind(Parameter value) {
    parameters_.push_back(std::move(value));
    return fmt::format("${}", parameters_.size());
  }
  void add(const std::string& condition) {
    sql_ += (sql_.empty() ? "WHERE " : " AND ") + condition;
  }
  const std::string& sql() const { return sql_; }
  std::vector<Parameter> take_parameters() { return std::move(parameters_); }

 private:
  std::string sql_;
  std::vector<Parameter> parameters_;
};

/// "after" is ["<sort>", "<value of the last row>", <its id>] as JSON.
Status add_keyset(Where& where, const Order& order, const ListQuery& query) {
  boost::system::error_code problem;
  const json::value after = json::parse(query.after, problem);
  const json::array* parts = problem ? nullptr : after.if_array();
  if (parts == nullptr || parts->size() != 3 || !(*parts)[0].is_string() ||
      !(*parts)[1].is_string() || !(*parts)[2].is_int64() ||
      (*parts)[0].get_string() != query.sort) {
    return fail(ErrorCode::invalid_input, "after does not belong to this list",
                "take it from the page before", "after");
  }
  const std::string value = where.bind(parameter((*parts)[1].get_string()));
  const std::string id = where.bind(parameter((*parts)[2].get_int64()));
  where.add(fmt::format("({}, p.id) {} ({}::{}, {}::bigint)", order.key->sql,
                        order.descending ? "<" : ">", value, order.key->type, id));
  return {};
}

Result<Statement> list_statement(const ListQuery& query, const Order& order) {
  Where where;
  for (Field field : all_fields) {
    const auto& wanted = query.equal[index(field)];
    if (!wanted) continue;
    const std::string column = fmt::format("p.{}", spec(field).column_name);
    where.add(fmt::format("{} = {}", field == Field::notes ? "coalesce(p.notes, '')" : column,
                          where.bind(parameter(*wanted))));
  }
  if (!query.q.empty()) {
    where.add(
        fmt::format("position(lower({}) in lower(concat_ws(E'\\n', p.animator, "
                    "p.project_type, p.episode_title, p.scene, p.shot, p.week_yyyymmdd, "
                    "p.status, p.notes))) > 0",
                    where.bind(parameter(query.q))));
  }
  if (!query.after.empty()) CHECK_OK(add_keyset(where, order, query));
  const std::string limit =
      where.bind(parameter(static_cast<std::int64_t>(std::min(query.limit, rows_in_list_max)) + 1));
  const char* direction = order.descending ? "DESC" : "ASC";
  std::string select = select_entries;
  select.insert(select.find(" FROM "), fmt::format(", ({})::text", order.key->sql));
  return Statement{fmt::format("{}{} ORDER BY {} {}, p.id {} LIMIT {}", select, where.sql(),
                               order.key->sql, direction, direction, limit),
                   where.take_parameters(), false};
}

}  // namespace

Store::Async<EntryList> Store::list(ListQuery query) {
  CO_TRY(const Order order, order_by_name(query.sort));
  CO_TRY(Statement statement, list_statement(query, order));
  // The head first: the rows are then at least as new, and repeating a change is harmless.
  CO_TRY(const std::vector<Rows> answers,
         co_await pool_->run(together(read_list_state(), std::move(statement))));
  const Rows& rows = answers[1];
  EntryList list;
  list.head = answers[0].number(0, 0);
  list.pictures = answers[0].number(0, 1);
  const int limit = static_cast<int>(std::min(query.limit, rows_in_list_max));
  const int count = std::min(rows.size(), limit);
  list.entries.reserve(static_cast<std::size_t>(count));
  for (int row = 0; row < count; ++row) list.entries.push_back(read_entry(rows, row));
  if (rows.size() > count && count > 0) {
    list.next = json::serialize(
        json::array{query.sort, rows.text(count - 1, added_column), list.entries.back().id});
  }
  co_return std::move(list);
}

Store::Async<ListState> Store::list_state() {
  CO_TRY(const std::vector<Rows> rows, co_await pool_->run(together(read_list_state())));
  co_return ListState{rows[0].number(0, 0), rows[0].number(0, 1)};
}

Store::Async<Entry> Store::get(EntryId id) {
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(
             together(Statement{select_entries + "WHERE p.id = $1::bigint", {parameter(id)}})));
  if (rows[0].empty()) {
    co_return fail(ErrorCode::not_found, fmt::format("there is no entry {}", id), {},
                   std::to_string(id));
  }
  co_return read_entry(rows[0], 0);
}

Store::Async<ChangePage> Store::changes_since(ChangeNumber after, std::size_t limit) {
  const auto rows_max = static_cast<std::int64_t>(std::min(limit, rows_in_write_max));
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(
             Statement{select_changes + "WHERE c.seq > $1::bigint ORDER BY c.seq LIMIT $2::bigint",
                       {parameter(after), parameter(rows_max)}},
             Statement{"SELECT seq FROM feed_head", {}})));
  ChangePage page;
  CO_TRY(page.changes, read_changes(rows[0]));
  page.head = rows[1].number(0, 0);
  co_return std::move(page);
}

Store::Async<std::vector<Change>> Store::history(EntryId id, ChangeNumber before,
                                                 std::size_t limit) {
  const auto rows_max = static_cast<std::int64_t>(std::min(limit, rows_in_write_max));
  CO_TRY(const std::vector<Rows> rows,
         co_await pool_->run(together(Statement{
             select_changes + "WHERE c.entry_id = $1::bigint AND ($2::bigint = 0 OR c.seq < "
                              "$2::bigint) ORDER BY c.seq DESC LIMIT $3::bigint",
             {parameter(id), parameter(before), parameter(rows_max)}})));
  co_return read_changes(rows[0]);
}

}  // namespace tracker::store
