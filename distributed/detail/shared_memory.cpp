// A file in memory for each rank (memfd_create), which the others open beneath /proc.
#include "distributed/detail/shared_memory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "autograd/tensor/blob.hpp"

namespace xtape::distributed::detail {

namespace {

constexpr std::int64_t kPage = 4096;

/// How another process of this machine finds the file.
struct Address {
  char machine[128] = "";
  std::int64_t process = 0, bytes = 0;
  std::int32_t file = -1;  // none
};

class File {
 public:
  explicit File(int number) : number_(number) {}
  ~File() {
    if (number_ >= 0) close(number_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

/// Differs between machines, between their starts, and between containers that number processes anew.
std::string machine_name() {
  std::string start;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), start);
  char processes[64] = "";
  const ssize_t length = readlink("/proc/self/ns/pid", processes, sizeof processes);
  if (start.empty() || length <= 0) return {};
  return start + ' ' + std::string(processes, static_cast<std::size_t>(length));
}

/// This rank's part of the machine's memory, or what a limit leaves of it.
std::int64_t bytes_of_region(int ranks) {
  const std::int64_t memory = sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
  std::int64_t most = memory / ranks;
  rlimit limit = {};
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < static_cast<rlim_t>(most))
    most = static_cast<std::int64_t>(limit.rlim_cur);
  return most / kPage * kPage;
}

}  // namespace

class SharedMemory::Mapping {
 public:
  /// Null where it cannot be mapped.
  static std::unique_ptr<Mapping> of(int file, std::int64_t bytes) {
    if (file < 0 || bytes <= 0) return nullptr;
    void* const begin = mmap(nullptr, static_cast<std::size_t>(bytes), PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_NORESERVE, file, 0);
    if (begin == MAP_FAILED) return nullptr;
    return std::unique_ptr<Mapping>(new Mapping(static_cast<std::byte*>(begin), bytes));
  }
  ~Mapping() { munmap(begin_, static_cast<std::size_t>(bytes_)); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  std::byte* begin() const { return begin_; }
  std::int64_t bytes() const { return bytes_; }

 private:
  Mapping(std::byte* begin, std::int64_t bytes) : begin_(begin), bytes_(bytes) {}

  std::byte* begin_;
  std::int64_t bytes_;
};

/// Blocks of powers of two, which are given out again when their tensors are gone: a training asks for the
/// same ones in each step.
class SharedMemory::Region {
 public:
  explicit Region(std::unique_ptr<Mapping> mapping) : mapping_(std::move(mapping)) {}

  const Mapping& mapping() const { return *mapping_; }

  /// A null pointer where it is full.
  std::byte* take(std::int64_t block) {
    const std::lock_guard lock(mutex_);
    std::vector<std::byte*>& free = free_[block];
    if (!free.empty()) {
      std::byte* const begin = free.back();
      free.pop_back();
      return begin;
    }
    if (block > mapping_->bytes() - used_) return nullptr;
    free.reserve(free.capacity() + 1);  // for give_back
    return mapping_->begin() + std::exchange(used_, used_ + block);
  }

  /// Throws nothing: there is room for each block that take() gave.
  void give_back(std::byte* begin, std::int64_t block) {
    const std::lock_guard lock(mutex_);
    free_[block].push_back(begin);
  }

 private:
  std::unique_ptr<Mapping> mapping_;
  std::mutex mutex_;
  std::int64_t used_ = 0;
  std::map<std::int64_t, std::vector<std::byte*>> free_;
};

SharedMemory::SharedMemory(const Communicator& communicator, bool shares)
    : reached_(static_cast<std::size_t>(communicator.size())) {
  if (communicator.size() == 1) return;
  Address own;
  machine_name().copy(own.machine, sizeof own.machine - 1);
  own.process = getpid();
  own.bytes = bytes_of_region(communicator.ranks_of_machine());
  const File file(shares ? memfd_create("xtape", MFD_CLOEXEC) : -1);
  if (own.machine[0] != '\0' && file.number() >= 0 && ftruncate(file.number(), own.bytes) == 0) {
    if (auto mapping = Mapping::of(file.number(), own.bytes)) {
      own_ = std::make_shared<Region>(std::move(mapping));
      own.file = file.number();
    }
  }
  std::vector<Address> addresses(reached_.size());
  check_mpi(
      MPI_Allgather(&own, sizeof own, MPI_BYTE, addresses.data(), sizeof own, MPI_BYTE, communicator.comm()),
      "MPI_Allgather");
  std::vector<char> is_mapped(reached_.size()), maps_own(reached_.size());
  for (std::size_t peer = 0; peer < reached_.size(); ++peer) {
    const Address& address = addresses[peer];
    if (own.file < 0 || address.file < 0 || std::string_view(address.machine) != own.machine) continue;
    if (static_cast<int>(peer) == communicator.rank()) continue;
    const File theirs(
        open(fmt::format("/proc/{}/fd/{}", address.process, address.file).c_str(), O_RDWR | O_CLOEXEC));
    reached_[peer] = Mapping::of(theirs.number(), address.bytes);
    is_mapped[peer] = reached_[peer] ? 1 : 0;
  }
  // Returns when all have opened what they can: this rank's file may be closed then.
  check_mpi(MPI_Alltoall(is_mapped.data(), 1, MPI_BYTE, maps_own.data(), 1, MPI_BYTE, communicator.comm()),
            "MPI_Alltoall");
  for (std::size_t peer = 0; peer < reached_.size(); ++peer)
    if (maps_own[peer] == 0) reached_[peer].reset();
  if (std::ranges::none_of(reached_, [](const auto& mapping) { return mapping != nullptr; })) own_.reset();
}

SharedMemory::~SharedMemory() = default;

Tensor SharedMemory::allocate(std::int64_t size, DType dtype) {
  if (!own_) return {};
  const std::int64_t bytes = size * size_of(dtype);
  const auto block =
      std::max(kPage, static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(bytes))));
  std::byte* const begin = own_->take(block);
  if (begin == nullptr) return {};
  return from_blob(
      static_cast<void*>(begin), {size},
      [region = own_, block](void* at) { region->give_back(static_cast<std::byte*>(at), block); },
      {.dtype = dtype});
}

std::int64_t SharedMemory::place_of(const Tensor& x) const {
  if (!own_ || x.numel() == 0) return kElsewhere;
  const auto* const begin = reinterpret_cast<const std::byte*>(x.raw());
  const Mapping& mapping = own_->mapping();
  const std::less<const std::byte*> before;
  if (before(begin, mapping.begin()) || !before(begin, mapping.begin() + mapping.bytes())) return kElsewhere;
  return begin - mapping.begin();
}

Tensor SharedMemory::at(int peer, std::int64_t place, std::int64_t size, DType dtype) const {
  const Mapping& mapping = *reached_[static_cast<std::size_t>(peer)];
  return from_blob(static_cast<void*>(mapping.begin() + place), {size}, {.dtype = dtype});
}

}  // namespace xtape::distributed::detail
