// The pool behind every buffer. A fresh page costs microseconds to touch, so blocks are kept: small ones in a
// capped cache of the thread that freed them, the rest in one process-wide pool that is never destroyed.
#include "autograd/base/storage.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <vector>

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

namespace xtape::detail {
namespace pool {
namespace {

constexpr std::size_t kLargestCached = std::size_t{1} << 18;  // larger blocks go to the shared pool at once
constexpr std::size_t kCacheBytesPerClass = std::size_t{1} << 18;

constexpr std::size_t size_of_class(int index) {
  if (index < 8) return kAlignment * (static_cast<std::size_t>(index) + 1);
  const int octave = (index - 4) / 4;
  return kAlignment * ((static_cast<std::size_t>((index - 4) % 4) + 5) << octave);
}
static_assert([] {
  for (int index = 0; index < kClasses; ++index) {
    const std::size_t size = size_of_class(index);
    if (class_of(size) != index || class_of(size + 1) != index + 1) return false;
  }
  return class_of(0) == 0;
}());

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
    if (block == nullptr) throw_out_of_memory(bytes);
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

constexpr int kCachedClasses = class_of(kLargestCached) + 1;

/// Most blocks of a class that a thread keeps.
constexpr std::size_t capacity(int index) { return kCacheBytesPerClass / size_of_class(index); }

/// The blocks that one thread keeps for itself.
struct ThreadCache {
  std::array<Blocks, kCachedClasses> free;  // their capacity is reserved when first needed, and never grows

  ThreadCache();
  ~ThreadCache();
  void flush() {
    for (int index = 0; index < kCachedClasses; ++index) {
      Blocks& blocks = free[static_cast<std::size_t>(index)];
      if (!blocks.empty()) shared_pool().collect(index, blocks, blocks.size());
    }
  }
};

// Trivially destructible, so readable while the thread ends, and without the guard of a local of its own.
thread_local ThreadCache* cache = nullptr;
thread_local bool cache_is_gone = false;

ThreadCache::ThreadCache() { cache = this; }
ThreadCache::~ThreadCache() {
  flush();
  cache = nullptr;
  cache_is_gone = true;
}

/// This thread's kept blocks of a class, made where it has none yet; nullptr where it keeps none.
Blocks* make_cached_blocks(int index) {
  if (index >= kCachedClasses || cache_is_gone) return nullptr;
  thread_local ThreadCache owner;  // sets `cache`
  Blocks& blocks = cache->free[static_cast<std::size_t>(index)];
  blocks.reserve(capacity(index));
  return &blocks;
}

// What take and give do where the thread's cache is no help. Apart from them, so that their short ways need
// no stack.
[[gnu::noinline]] void* take_from_shared(int index) {
  Blocks* const blocks = make_cached_blocks(index);
  if (blocks) shared_pool().refill(index, *blocks, capacity(index) / 2);
  if (!blocks || blocks->empty()) return shared_pool().take(index);
  void* const block = blocks->back();
  blocks->pop_back();
  return block;
}

[[gnu::noinline]] void give_to_shared(int index, void* block) {
  Blocks* const blocks = make_cached_blocks(index);
  if (!blocks) return shared_pool().give(index, block);
  if (blocks->size() == blocks->capacity()) shared_pool().collect(index, *blocks, blocks->size() / 2 + 1);
  blocks->push_back(block);
}

}  // namespace

void throw_out_of_memory(std::size_t bytes) {
  throw Error(fmt::format("out of memory: cannot allocate {} bytes", bytes));
}

void* take(int size_class) {
  void* block;
  Blocks* const blocks =
      cache && size_class < kCachedClasses ? &cache->free[static_cast<std::size_t>(size_class)] : nullptr;
  if (blocks && !blocks->empty()) [[likely]] {
    block = blocks->back();
    blocks->pop_back();
  } else {
    block = take_from_shared(size_class);
  }
  unpoison(block, size_of_class(size_class));
  return block;
}

void give(int size_class, void* block) {
  poison(block, size_of_class(size_class));
  Blocks* const blocks =
      cache && size_class < kCachedClasses ? &cache->free[static_cast<std::size_t>(size_class)] : nullptr;
  if (blocks && blocks->size() != blocks->capacity()) [[likely]] {
    blocks->push_back(block);
  } else {
    give_to_shared(size_class, block);
  }
}

Statistics statistics() { return shared_pool().statistics(); }

void empty_cache() {
  if (cache) cache->flush();
  shared_pool().trim();
}

}  // namespace pool

StoragePtr allocate_storage(std::size_t bytes, std::uint32_t before) {
  auto* block = static_cast<std::byte*>(pool::allocate(before + sizeof(Storage) + bytes));
  auto* storage = new (block + before) Storage(bytes, before);
#ifdef XTAPE_FILL_NEW
  std::memset(storage->data(), 0xff,
              bytes);  // NaN in both float types: a value that is read before it is written shows
#endif
  return StoragePtr::adopt(storage);
}

namespace {

/// What stands behind the header of a storage that is borrowed.
struct Loan {
  void* data;
  std::function<void(void*)> release;
};

/// Borrowed data may lie anywhere but there.
Loan* loan_of(Storage* storage) {
  return storage->data() == storage->behind() ? nullptr : reinterpret_cast<Loan*>(storage->behind());
}

}  // namespace

StoragePtr borrow_storage(void* data, std::function<void(void*)> release) {
  StoragePtr storage = allocate_storage(sizeof(Loan));
  new (storage->behind()) Loan{data, std::move(release)};
  storage->begin = static_cast<std::byte*>(data);
  return storage;
}

void destroy(Storage* storage) {
  if (Loan* const loan = loan_of(storage)) [[unlikely]] {
    if (loan->release) loan->release(loan->data);
    loan->~Loan();
  }
  const std::uint32_t before = storage->before;
  const std::size_t size = before + sizeof(Storage) + storage->bytes;
  storage->~Storage();
  pool::deallocate(reinterpret_cast<std::byte*>(storage) - before, size);
}

}  // namespace xtape::detail
