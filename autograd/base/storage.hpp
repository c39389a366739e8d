// Storage: a reference-counted, 64-byte aligned buffer from a pool, or memory of somebody else, with the
// version counter of in-place writes.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "autograd/base/error.hpp"
#include "autograd/base/intrusive_ptr.hpp"

namespace xtape::detail {

/// Header and data are one block: the data begins 64 bytes behind the begin of the header. Where the data is
/// borrowed, what gives it back stands there instead.
struct alignas(64) Storage {
  Storage(std::size_t bytes_behind, std::uint32_t bytes_before)
      : before(bytes_before), bytes(bytes_behind), begin(behind()) {}

  RefCount references;
  std::atomic<std::uint32_t> version{0};          // counts writes in place
  std::atomic<const char*> last_writer{nullptr};  // the op that wrote in place last, for error messages
  const std::uint32_t before;  // bytes of the block before this header, which are its first user's
  const std::size_t bytes;     // of the block, behind this header
  std::byte* begin;            // of the data

  std::byte* data() { return begin; }
  std::byte* behind() { return reinterpret_cast<std::byte*>(this + 1); }

  void note_write(const char* op) {
    version.fetch_add(1, std::memory_order_relaxed);
    last_writer.store(op, std::memory_order_relaxed);
  }
};

void destroy(Storage* storage);
inline void acquire(Storage* storage) { storage->references.increment(); }
inline void release(Storage* storage) {
  if (storage->references.decrement()) destroy(storage);
}

using StoragePtr = IntrusivePtr<Storage>;

/// A buffer with undefined contents (NaN patterns in builds with XTAPE_FILL_NEW), in a block that has
/// `before` bytes (a multiple of 64) before the header. Throws Error where memory is out.
StoragePtr allocate_storage(std::size_t bytes, std::uint32_t before = 0);

/// Memory of somebody else; `release(data)`, if there is one, is called when the storage goes.
StoragePtr borrow_storage(void* data, std::function<void(void*)> release);

namespace pool {

inline constexpr std::size_t kAlignment = 64;
inline constexpr std::size_t kLargest = std::size_t{1} << 47;

/// The number of the smallest block size that holds `bytes`. Sizes are 64, 128, ..., 512, then 640, 768, 896,
/// 1024, then 1280, ...: four per octave, so that at most 25 % of a block is waste.
constexpr int class_of(std::size_t bytes) {
  const std::size_t last = bytes == 0 ? 0 : (bytes - 1) / kAlignment;  // the number of the last unit
  if (last < 8) return static_cast<int>(last);
  const int octave = std::bit_width(last) - 3;  // 1 for 9 to 16 units
  return 4 + 4 * octave + static_cast<int>((last >> octave) - 4);
}
inline constexpr int kClasses = class_of(kLargest) + 1;

/// A block of that class, 64-byte aligned, from this thread's cache, the process's pool or the system.
void* take(int size_class);
void give(int size_class, void* block);

[[noreturn]] void throw_out_of_memory(std::size_t bytes);

/// As above, by size; inline, so that the class of a constant size is one too. Throws Error where memory is
/// out.
inline void* allocate(std::size_t bytes) {
  if (bytes > kLargest) [[unlikely]]
    throw_out_of_memory(bytes);
  return take(class_of(bytes));
}
inline void deallocate(void* block, std::size_t bytes) { give(class_of(bytes), block); }

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

}  // namespace xtape::detail
