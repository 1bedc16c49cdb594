// libpq, loaded by its first call and not with the program: it brings twenty libraries (LDAP,
// Kerberos, GnuTLS), which take longer to load than a command without a database takes in all.
//
// Each function that we use stands here under its own name and calls libpq's; the compiler holds
// its form against libpq-fe.h. A function that is not listed fails to link. Safe on any thread.
#include <dlfcn.h>
#include <fmt/format.h>
#include <libpq-fe.h>

#include <cstdlib>

namespace {

/// As where the loader misses a library at the start: a sentence, and the end.
[[noreturn]] void stop() {
  fmt::print(stderr,
             "animation-tracker: PostgreSQL's client library does not load: {}\n"
             "install it: apt-get install libpq5\n",
             dlerror());
  std::_Exit(EXIT_FAILURE);
}

void* find(const char* name) {
  static void* const library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  void* const found = library == nullptr ? nullptr : dlsym(library, name);
  if (found == nullptr) stop();
  return found;
}

}  // namespace

#define LIBPQ(result, name, parameters, arguments)                           \
  result name parameters {                                                   \
    static auto* const own = reinterpret_cast<decltype(&name)>(find(#name)); \
    return own arguments;                                                    \
  }

extern "C" {
// NOLINTBEGIN
LIBPQ(PGconn*, PQconnectdb, (const char* where), (where))
LIBPQ(PGconn*, PQconnectdbParams,
      (const char* const* keywords, const char* const* values, int expand),
      (keywords, values, expand))
LIBPQ(PGconn*, PQconnectStart, (const char* where), (where))
LIBPQ(PGconn*, PQconnectStartParams,
      (const char* const* keywords, const char* const* values, int expand),
      (keywords, values, expand))
LIBPQ(PostgresPollingStatusType, PQconnectPoll, (PGconn * connection), (connection))
LIBPQ(void, PQfinish, (PGconn * connection), (connection))
LIBPQ(PGPing, PQping, (const char* where), (where))
LIBPQ(PQconninfoOption*, PQconndefaults, (), ())
LIBPQ(PQconninfoOption*, PQconninfoParse, (const char* where, char** error), (where, error))
LIBPQ(void, PQconninfoFree, (PQconninfoOption * options), (options))

LIBPQ(ConnStatusType, PQstatus, (const PGconn* connection), (connection))
LIBPQ(char*, PQdb, (const PGconn* connection), (connection))
LIBPQ(char*, PQerrorMessage, (const PGconn* connection), (connection))
LIBPQ(const char*, PQparameterStatus, (const PGconn* connection, const char* name),
      (connection, name))
LIBPQ(int, PQsocket, (const PGconn* connection), (connection))
LIBPQ(int, PQsetnonblocking, (PGconn * connection, int on), (connection, on))
LIBPQ(int, PQconsumeInput, (PGconn * connection), (connection))
LIBPQ(int, PQflush, (PGconn * connection), (connection))
LIBPQ(int, PQisBusy, (PGconn * connection), (connection))
LIBPQ(PGnotify*, PQnotifies, (PGconn * connection), (connection))
LIBPQ(PQnoticeProcessor, PQsetNoticeProcessor,
      (PGconn * connection, PQnoticeProcessor use, void* argument), (connection, use, argument))

LIBPQ(PGresult*, PQexec, (PGconn * connection, const char* sql), (connection, sql))
LIBPQ(int, PQsendQuery, (PGconn * connection, const char* sql), (connection, sql))
LIBPQ(int, PQsendQueryParams,
      (PGconn * connection, const char* sql, int count, const Oid* types, const char* const* values,
       const int* lengths, const int* formats, int result_format),
      (connection, sql, count, types, values, lengths, formats, result_format))
LIBPQ(int, PQsendPrepare,
      (PGconn * connection, const char* name, const char* sql, int count, const Oid* types),
      (connection, name, sql, count, types))
LIBPQ(int, PQsendQueryPrepared,
      (PGconn * connection, const char* name, int count, const char* const* values,
       const int* lengths, const int* formats, int result_format),
      (connection, name, count, values, lengths, formats, result_format))
LIBPQ(int, PQenterPipelineMode, (PGconn * connection), (connection))
LIBPQ(int, PQexitPipelineMode, (PGconn * connection), (connection))
LIBPQ(int, PQpipelineSync, (PGconn * connection), (connection))

LIBPQ(PGresult*, PQgetResult, (PGconn * connection), (connection))
LIBPQ(ExecStatusType, PQresultStatus, (const PGresult* result), (result))
LIBPQ(char*, PQresultErrorMessage, (const PGresult* result), (result))
LIBPQ(char*, PQresultErrorField, (const PGresult* result, int field), (result, field))
LIBPQ(int, PQntuples, (const PGresult* result), (result))
LIBPQ(int, PQgetisnull, (const PGresult* result, int row, int column), (result, row, column))
LIBPQ(int, PQgetlength, (const PGresult* result, int row, int column), (result, row, column))
LIBPQ(char*, PQgetvalue, (const PGresult* result, int row, int column), (result, row, column))
LIBPQ(char*, PQcmdTuples, (PGresult * result), (result))
LIBPQ(void, PQclear, (PGresult * result), (result))
LIBPQ(void, PQfreemem, (void* memory), (memory))
// NOLINTEND
}

#undef LIBPQ
