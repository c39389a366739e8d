// The pool behind every buffer. A fresh page costs microseconds to touch, so blocks are kept: small ones in a
// capped cache of the thread that freed them, the rest in one process-wide pool that is never destroyed.
#include "autograd/storage.hpp"

#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <vector>

#include "autograd/error.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define XTAPE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define XTAPE_ASAN 1
#endif
#endif
#ifdef XTAPE_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace xtape {
namespace pool {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr int kClasses = 4 * 50;  // four per octave: at most 25 % of a block is waste
constexpr std::size_t kLargestCached = std::size_t{1} << 18;  // larger blocks go to the shared pool at once
constexpr std::size_t kCacheBytesPerClass = std::size_t{1} << 18;

/// 64, 128, 192, 256, then 320, 384, 448, 512, then 640, ...
int class_of(std::size_t bytes) {
  const std::size_t units = (bytes + kAlignment - 1) / kAlignment;
  if (units <= 4) return units == 0 ? 0 : static_cast<int>(units) - 1;
  const int octave = std::bit_width(units - 1) - 3;  // 0 for 5..8 units
  return 4 + 4 * octave + static_cast<int>(((units - 1) >> octave) - 4);
}

std::size_t size_of_class(int index) {
  if (index < 4) return kAlignment * (static_cast<std::size_t>(index) + 1);
  const int octave = (index - 4) / 4;
  return kAlignment * ((static_cast<std::size_t>((index - 4) % 4) + 5) << octave);
}

void poison([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) {
#ifdef XTAPE_ASAN
  __asan_poison_memory_region(block, bytes);
#endif
}

void unpoison([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) {
#ifdef XTAPE_ASAN
  __asan_unpoison_memory_region(block, bytes);
#endif
}

using Blocks = std::vector<void*>;

/// The blocks that no thread holds.
class SharedPool {
 public:
  void* take(int index) {
    {
      std::lock_guard lock(mutex_);
      Blocks& blocks = free_[static_cast<std::size_t>(index)];
      if (!blocks.empty()) {
        void* block = blocks.back();
        blocks.pop_back();
        return block;
      }
    }
    return from_system(index);
  }

  /// Moves up to `count` blocks into `cache`.
  void refill(int index, Blocks& cache, std::size_t count) {
    std::lock_guard lock(mutex_);
    move_blocks(free_[static_cast<std::size_t>(index)], cache, count);
  }

  /// Moves `count` blocks out of `cache`.
  void collect(int index, Blocks& cache, std::size_t count) {
    std::lock_guard lock(mutex_);
    move_blocks(cache, free_[static_cast<std::size_t>(index)], count);
  }

  void give(int index, void* block) {
    std::lock_guard lock(mutex_);
    free_[static_cast<std::size_t>(index)].push_back(block);
  }

  void trim() {
    std::lock_guard lock(mutex_);
    for (int index = 0; index < kClasses; ++index) {
      Blocks& blocks = free_[static_cast<std::size_t>(index)];
      statistics_.bytes_reserved -= blocks.size() * size_of_class(index);
      for (void* block : blocks) {
        unpoison(block, size_of_class(index));
        std::free(block);
      }
      Blocks().swap(blocks);
    }
  }

  Statistics statistics() {
    std::lock_guard lock(mutex_);
    return statistics_;
  }

 private:
  static void move_blocks(Blocks& from, Blocks& to, std::size_t count) {
    count = std::min(count, from.size());
    to.insert(to.end(), from.end() - static_cast<std::ptrdiff_t>(count), from.end());
    from.resize(from.size() - count);
  }

  void* from_system(int index) {
    const std::size_t bytes = size_of_class(index);
    void* block = std::aligned_alloc(kAlignment, bytes);
    if (!block) {
      trim();  // blocks of other sizes may be what is missing
      block = std::aligned_alloc(kAlignment, bytes);
    }
    check(block != nullptr, "out of memory: cannot allocate {} bytes", bytes);
    poison(block, bytes);
    std::lock_guard lock(mutex_);
    ++statistics_.system_allocations;
    statistics_.bytes_reserved += bytes;
    return block;
  }

  std::mutex mutex_;
  std::array<Blocks, kClasses> free_;
  Statistics statistics_{};
};

SharedPool& shared_pool() {
  static SharedPool& pool =
      *new SharedPool;  // never destroyed: static tensors may outlive any order of destruction
  return pool;
}

thread_local bool cache_is_gone = false;  // trivially destructible, so readable while the thread ends

struct ThreadCache {
  std::array<Blocks, kClasses> free;

  ~ThreadCache() {
    flush();
    cache_is_gone = true;
  }
  void flush() {
    for (int index = 0; index < kClasses; ++index) {
      Blocks& blocks = free[static_cast<std::size_t>(index)];
      if (!blocks.empty()) shared_pool().collect(index, blocks, blocks.size());
    }
  }
};

ThreadCache& thread_cache() {
  thread_local ThreadCache cache;
  return cache;
}

bool is_cached(int index) { return size_of_class(index) <= kLargestCached && !cache_is_gone; }
std::size_t capacity(int index) { return kCacheBytesPerClass / size_of_class(index); }

}  // namespace

void* allocate(std::size_t bytes) {
  check(bytes < (std::size_t{1} << 47), "out of memory: cannot allocate {} bytes", bytes);
  const int index = class_of(bytes);
  void* block;
  if (is_cached(index)) {
    Blocks& blocks = thread_cache().free[static_cast<std::size_t>(index)];
    if (blocks.empty()) shared_pool().refill(index, blocks, capacity(index) / 2);
    if (blocks.empty()) {
      block = shared_pool().take(index);
    } else {
      block = blocks.back();
      blocks.pop_back();
    }
  } else {
    block = shared_pool().take(index);
  }
  unpoison(block, bytes);
  return block;
}

void deallocate(void* block, std::size_t bytes) {
  const int index = class_of(bytes);
  poison(block, size_of_class(index));
  if (!is_cached(index)) return shared_pool().give(index, block);
  Blocks& blocks = thread_cache().free[static_cast<std::size_t>(index)];
  if (blocks.size() >= capacity(index)) shared_pool().collect(index, blocks, blocks.size() / 2 + 1);
  blocks.push_back(block);
}

Statistics statistics() { return shared_pool().statistics(); }

void empty_cache() {
  if (!cache_is_gone) thread_cache().flush();
  shared_pool().trim();
}

}  // namespace pool

StoragePtr allocate_storage(std::size_t bytes) {
  void* block = pool::allocate(sizeof(Storage) + bytes);
  auto* storage = new (block) Storage;
  storage->bytes = bytes;
#ifdef XTAPE_FILL_NEW
  std::memset(storage->data(), 0xff,
              bytes);  // NaN in both float types: a value that is read before it is written shows
#endif
  return StoragePtr(storage);
}

void release(Storage* storage) {
  if (storage->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const std::size_t block = sizeof(Storage) + storage->bytes;
  storage->~Storage();
  pool::deallocate(storage, block);
}

}  // namespace xtape
