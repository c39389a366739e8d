// What a fuzz target is: LLVMFuzzerTestOneInput, over `fuzz::run`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "autograd/base/error.hpp"
#include "autograd/base/storage.hpp"

namespace xtape::fuzz {

/// Calls f, out of which only Error may come: any other exception ends the program, and so does memory of the
/// pool that is still in use behind it. Empties the pool, so that the sanitizers see each input's memory go
/// away.
template <class F>
void run(F&& f) noexcept {
  const std::size_t before = detail::pool::statistics().bytes_reserved;
  try {
    f();
  } catch (const Error&) {  // what a damaged input should give
  }
  detail::pool::empty_cache();
  const std::size_t after = detail::pool::statistics().bytes_reserved;
  if (after == before) return;
  std::fprintf(stderr, "%zu bytes of the pool were in use before this input, %zu are behind it\n", before,
               after);
  std::abort();
}

inline std::span<const std::byte> bytes_of(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span(data, size));
}

}  // namespace xtape::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
