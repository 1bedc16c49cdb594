// Values on their way into and out of PostgreSQL: parameters (always bound, never pasted into SQL)
// and result rows. Text format throughout; session time zone and date style do not matter.
//
// Thread rule: none of its own. Lifetime: what Rows returns as string_view lives as long as it.
#pragma once

#include <libpq-fe.h>

#include <boost/json/value.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace tracker::store {

/// A bound parameter: text as PostgreSQL reads it, or NULL.
using Parameter = std::optional<std::string>;

struct Statement {
  std::string sql;  ///< with $1, $2 …; written by us only, never made from data
  std::vector<Parameter> parameters;
  bool prepare = true;  ///< keep its plan in the session; false for SQL of many shapes
};

/// Statements in the order they go out.
template <class... Statements>
std::vector<Statement> together(Statements... statements) {
  std::vector<Statement> all;
  all.reserve(sizeof...(Statements));
  (all.push_back(std::move(statements)), ...);
  return all;
}

Parameter parameter(std::string_view text);
Parameter parameter(std::int64_t number);
Parameter flag_parameter(bool flag);
Parameter parameter(Time time);
Parameter parameter(const std::optional<Time>& time);
Parameter json_parameter(const boost::json::value& json);  ///< null = NULL
Parameter array_parameter(const std::vector<std::string>& texts);
Parameter array_parameter(const std::vector<std::int64_t>& numbers);
Parameter array_parameter(const std::vector<Parameter>& elements);

class Rows {
 public:
  Rows() = default;
  explicit Rows(PGresult* result) : result_(result) {}

  int size() const { return result_ ? PQntuples(result_.get()) : 0; }
  bool empty() const { return size() == 0; }
  /// Rows that an INSERT, UPDATE or DELETE touched.
  std::int64_t affected() const;

  bool null(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }
  /// '' for NULL.
  std::string_view text(int row, int column) const;
  std::string string(int row, int column) const { return std::string(text(row, column)); }
  /// 0 for NULL.
  std::int64_t number(int row, int column) const;
  std::optional<std::int64_t> optional_number(int row, int column) const;
  bool flag(int row, int column) const { return text(row, column) == "t"; }
  /// TIMESTAMP that holds UTC, or TIMESTAMPTZ … AT TIME ZONE 'UTC'. The epoch for NULL.
  Time time(int row, int column) const;
  std::optional<Time> optional_time(int row, int column) const;
  /// null for NULL.
  boost::json::value json(int row, int column) const;
  /// BIGINT[] or INTEGER[] without NULLs.
  std::vector<std::int64_t> numbers(int row, int column) const;

 private:
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  std::unique_ptr<PGresult, Clear> result_;
};

}  // namespace tracker::store
