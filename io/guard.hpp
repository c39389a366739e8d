// guarded and read_from: what the readers of files run in, so that only Error leaves them.
#pragma once

#include <new>
#include <stdexcept>
#include <string>

#include "autograd/base/error.hpp"
#include "io/files.hpp"
#include "io/input.hpp"

namespace xtape::io {

/// f(), where memory that cannot be had is an Error that names the file.
template <class F>
auto guarded(const std::string& name, F f) {
  try {
    return f();
  } catch (const std::bad_alloc&) {
  } catch (const std::length_error&) {}
  throw Error(name + ": out of memory: the file holds more than this process can take");
}

/// f(SizedInput&) of the source's bytes, guarded.
template <class F>
auto read_from(const Source& source, F f) {
  return guarded(source.name(), [&] {
    const auto input = source.open();
    return f(*input);
  });
}

}  // namespace xtape::io
