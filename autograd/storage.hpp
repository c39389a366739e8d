// Storage: a reference-counted, 64-byte aligned buffer from a pool, with the version counter of in-place
// writes.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "autograd/intrusive_ptr.hpp"

namespace xtape {

/// Header and data are one block: the data begins 64 bytes behind the header.
struct alignas(64) Storage {
  std::atomic<std::int32_t> references{0};
  std::atomic<std::uint32_t> version{0};  // counts writes in place
  std::atomic<std::uint32_t> rebases{0};  // counts recorded writes in place: older views are stale then
  std::atomic<const char*> last_writer{nullptr};  // the op that wrote in place last, for error messages
  std::size_t bytes = 0;

  std::byte* data() { return reinterpret_cast<std::byte*>(this + 1); }

  void note_write(const char* op) {
    version.fetch_add(1, std::memory_order_relaxed);
    last_writer.store(op, std::memory_order_relaxed);
  }
};

inline void acquire(Storage* storage) { storage->references.fetch_add(1, std::memory_order_relaxed); }
void release(Storage* storage);

using StoragePtr = IntrusivePtr<Storage>;

/// A buffer with undefined contents (NaN patterns in builds with XTAPE_FILL_NEW). Throws Error where memory
/// is out.
StoragePtr allocate_storage(std::size_t bytes);

namespace pool {

/// A block of at least `bytes`, 64-byte aligned, from this thread's cache, the process's pool or the system.
void* allocate(std::size_t bytes);
void deallocate(void* block, std::size_t bytes);

struct Statistics {
  std::size_t system_allocations;  // calls that had to ask the system
  std::size_t bytes_reserved;      // bytes taken from the system and not given back
};
Statistics statistics();

/// Gives unused blocks of the process-wide pool and of this thread's cache back to the system.
void empty_cache();

}  // namespace pool

/// Class-level new and delete by the pool, for objects that every op makes (tensors, nodes).
struct Pooled {
  static void* operator new(std::size_t bytes) { return pool::allocate(bytes); }
  static void operator delete(void* block, std::size_t bytes) { pool::deallocate(block, bytes); }
};

}  // namespace xtape
