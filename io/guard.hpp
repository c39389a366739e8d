// guarded: what the readers of files run in, so that only Error leaves them.
#pragma once

#include <filesystem>
#include <new>
#include <stdexcept>

#include "autograd/error.hpp"

namespace xtape::io {

/// f(), where memory that cannot be had is an Error that names the file.
template <class F>
auto guarded(const std::filesystem::path& path, F f) {
  try {
    return f();
  } catch (const std::bad_alloc&) {
  } catch (const std::length_error&) {}
  throw Error(path.string() + ": out of memory: the file holds more than this process can take");
}

}  // namespace xtape::io
