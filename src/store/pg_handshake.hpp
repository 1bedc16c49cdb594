// The parts of opening a connection that libpq would do in a blocking or too generous way.
#pragma once

#include <libpq-fe.h>

#include "core/result.hpp"
#include "runtime/asio.hpp"
#include "store/connection_string.hpp"

namespace tracker::store {

/// Looks the host's name up (libpq would block the thread) and adds "hostaddr"; leaves socket
/// folders, addresses and lists of hosts as they are.
Awaitable<Result<ConnectionString>> with_address(ConnectionString where);

/// PQconnectStart with our session settings: lock and statement time limits, UTF-8, a name that
/// operators see in pg_stat_activity. Null if there is no memory.
PGconn* start_session(const ConnectionString& where);

}  // namespace tracker::store
