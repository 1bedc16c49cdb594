// The one way into Asio for every shell folder: the names that coroutines need, and nothing heavy.
// Asio itself is compiled once, in asio.cpp; its macros stand on the library tracker_runtime.
//
// Thread rule of the program: one io_context, run by one thread. Whatever takes an executor here is
// used on that thread only, unless its header says otherwise.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tracker {

namespace asio = boost::asio;

template <class T>
using Awaitable = asio::awaitable<T>;

namespace runtime {

/// Completion token: errors come as a value, `auto [error, n] = co_await …(as_result)`.
inline constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

}  // namespace runtime
}  // namespace tracker
