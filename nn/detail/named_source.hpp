// naming: errors about what was read from a file, with the file's name.
#pragma once

#include "autograd/base/error.hpp"
#include "io/files.hpp"

namespace xtape::nn::detail {

/// f(), whose Error gets the name of the source in front.
template <class F>
void naming(const io::Source& source, const F& f) {
  try {
    f();
  } catch (const Error& error) {
    throw Error(source.name() + ": " + error.what());
  }
}

}  // namespace xtape::nn::detail
