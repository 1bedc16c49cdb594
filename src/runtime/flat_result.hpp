// FlatResult<T>: Result<T>, but a T that is a Result already stays as it is. So a helper that can
// itself fail (a full queue, a time limit) does not wrap one Result into another.
#pragma once

#include <type_traits>

#include "core/result.hpp"

namespace tracker::runtime {

template <class T>
struct FlatResultOf {
  using type = Result<T>;
};
template <class T>
struct FlatResultOf<Result<T>> {
  using type = Result<T>;
};

template <class T>
using FlatResult = typename FlatResultOf<T>::type;

}  // namespace tracker::runtime
