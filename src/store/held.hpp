// The SQL side of what a push holds back (merge/held.hpp). Coroutines elsewhere; these are pure.
#pragma once

#include <vector>

#include "store/pg_value.hpp"
#include "sync/messages.hpp"

namespace tracker::store {

/// What the push's store holds back until now, under lock: one row with its ops, or none.
Statement read_held_of(const sync::Push& push);
merge::Held held_before(const Rows& rows);

/// REQUIRES: push.held. Replaces what the store held back; what it gave up goes to sync_log.
std::vector<Statement> hold(const sync::Push& push, const merge::Held& before);

}  // namespace tracker::store
