// What a fuzz target is: LLVMFuzzerTestOneInput, over `fuzz::run`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "autograd/error.hpp"
#include "autograd/storage.hpp"

namespace xtape::fuzz {

/// Calls f, out of which only Error may come: any other exception ends the program. Empties the pool behind
/// it, so that the sanitizers see each input's memory go away.
template <class F>
void run(F&& f) noexcept {
  try {
    f();
  } catch (const Error&) {  // what a damaged input should give
  }
  pool::empty_cache();
}

inline std::span<const std::byte> bytes_of(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span(data, size));
}

}  // namespace xtape::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
