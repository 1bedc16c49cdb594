// What requests that write entries have in common: their elements, their key, how they are refused.
// Pure functions; errors name the field, refusals of a batch the element.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <vector>

#include "http/message.hpp"
#include "store/entries.hpp"

namespace tracker::cloud {

/// The request's Idempotency-Key and what it stands for.
Result<store::Once> once_of(const http::Request& request);

/// The change that one element of a request asks for. `id` goes before the element's own.
Result<store::RowEdit> row_edit(const boost::json::value& element, std::optional<EntryId> id);

Error bad_batch(std::string what);

/// How many elements a request may have; nothing if the number is right.
std::optional<http::Response> refuse_size(std::size_t size, const http::Request& request);

/// An element of a batch that breaks a rule, with its place.
http::Response refuse_element(const Error& error, std::size_t place, bool in_batch);

/// 412: what stands there now, and both values of each cell.
http::Response refuse_stale(const std::vector<store::RowConflict>& conflicts,
                            const std::vector<store::RowEdit>& rows, bool in_batch);

}  // namespace tracker::cloud
