// Requests that may arrive twice (design: Idempotency-Key): the key is claimed in the transaction
// that does the work, so either both are in the database or none. Coroutines here borrow their
// arguments: the caller awaits them at once. Errors: conflict = the key stands for another request.
#pragma once

#include <optional>
#include <string>

#include "store/entries.hpp"
#include "store/pool.hpp"

namespace tracker::store {

/// What the key became before, or nothing: then it names `became` from now on. Without a key
/// nothing is claimed.
Awaitable<Result<std::optional<std::string>>> claim_key(Transaction& transaction, const Once& once,
                                                        const Who& who, const std::string& became);

/// For a request that did nothing after all, so that it may be sent again.
Statement forget_key(const Once& once, const Who& who);

/// What a batch did, as it was answered then: the feed keeps it, whatever became of the rows. A
/// deleted row is shown as it last stood.
Awaitable<Result<Written>> replay(Transaction& transaction, const std::string& batch_id);

}  // namespace tracker::store
