// The messages of one sum, in two phases: chunks to their owners, results to all.
#include "distributed/detail/all_reduce.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include "autograd/graph/grad_mode.hpp"
#include "autograd/ops/arithmetic.hpp"
#include "distributed/detail/tree.hpp"

namespace xtape::distributed::detail {

namespace {

constexpr std::int64_t kAligned = 16;     // elements: small data has one owner
constexpr std::int64_t kBlock = 1 << 15;  // elements that are added up and written while they are in a cache

bool is_over(MPI_Request& request) {
  if (request == MPI_REQUEST_NULL) return true;
  int done = 0;
  check_mpi(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
  return done != 0;
}

/// Messages tell the ranks of a machine when shared memory was written; these keep the accesses in order.
void show_writes() { std::atomic_thread_fence(std::memory_order_release); }
void see_writes() { std::atomic_thread_fence(std::memory_order_acquire); }

/// The same in either order. A mean is a sum that is divided in the end.
void combine(ReduceOp op, const Tensor& into, const Tensor& other) {
  switch (op) {
    case ReduceOp::sum:
    case ReduceOp::avg: into.add_(other); break;
    case ReduceOp::product: into.mul_(other); break;
    case ReduceOp::min: into.copy_(minimum(into, other)); break;
    case ReduceOp::max: into.copy_(maximum(into, other)); break;
  }
}

}  // namespace

AllReduce::AllReduce(Channel& channel, std::string what, Tensor data, ReduceOp op, Divisor divisor)
    : channel_(channel),
      what_(std::move(what)),
      data_(std::move(data)),
      op_(op),
      divisor_(std::move(divisor)),
      is_shared_(channel.memory().place_of(data_) != SharedMemory::kElsewhere),
      number_(announce()),
      peers_(static_cast<std::size_t>(channel.size())) {
  const NoGradGuard no_grad;
  const Chunk own = chunk_of(channel.rank());
  for (int rank = 0; rank < channel.size(); ++rank) {
    if (rank == channel.rank()) continue;
    Peer& peer = peers_[static_cast<std::size_t>(rank)];
    const Chunk chunk = chunk_of(rank);
    if (chunk.size > 0 && !is_reached_by(rank)) send(view_of(chunk), rank, 0, peer.send_part);
    peer.awaits_result = chunk.size > 0;
    if (own.size > 0) ++parts_left_;
  }
  is_put_together_ = own.size == 0;
}

std::int64_t AllReduce::announce() {
  show_writes();
  return channel_.announce(what_, channel_.memory().place_of(data_));
}

AllReduce::Chunk AllReduce::chunk_of(int rank) const {
  const std::int64_t ranks = channel_.size(), even = (data_.numel() + ranks - 1) / ranks;
  const std::int64_t most = (even + kAligned - 1) / kAligned * kAligned;
  const std::int64_t begin = std::min(data_.numel(), rank * most);
  return {begin, std::min(most, data_.numel() - begin)};
}

void AllReduce::send(const Tensor& x, int to, int phase, MPI_Request& request) {
  check_mpi(
      MPI_Isend(x.raw(), static_cast<int>(x.nbytes()), MPI_BYTE, to, tag(phase), channel_.comm(), &request),
      "MPI_Isend");
}

void AllReduce::receive(const Tensor& x, int from, int phase, MPI_Request& request) {
  check_mpi(
      MPI_Irecv(x.raw(), static_cast<int>(x.nbytes()), MPI_BYTE, from, tag(phase), channel_.comm(), &request),
      "MPI_Irecv");
}

bool AllReduce::advance() {
  if (is_done_) return true;
  const NoGradGuard no_grad;
  bool all_done = true;
  for (int rank = 0; rank < channel_.size(); ++rank) {
    if (rank == channel_.rank()) continue;
    all_done &= advance(rank, peers_[static_cast<std::size_t>(rank)]);
  }
  if (parts_left_ == 0 && !is_put_together_) {
    if (const std::optional<double> divisor = divisor_()) put_together(*divisor);
    all_done = false;  // the results have to go out
  }
  is_done_ = all_done && is_put_together_;
  if (is_done_) see_writes();
  return is_done_;
}

/// Gives whether there is no more to do with that rank, as far as it is known.
bool AllReduce::advance(int rank, Peer& peer) {
  const Chunk own = chunk_of(channel_.rank());
  if (!peer.has_begun) {
    const std::optional<std::int64_t> place = channel_.begun(rank, number_, what_);
    if (!place) return false;
    peer.has_begun = true;
    peer.shares_part = *place != SharedMemory::kElsewhere && channel_.memory().reaches(rank);
    if (own.size > 0 && peer.shares_part) {
      const Tensor theirs = channel_.memory().at(rank, *place, data_.numel(), data_.dtype());
      peer.part = theirs.narrow(0, own.begin, own.size);
      --parts_left_;
    } else if (own.size > 0) {
      peer.part = empty({own.size}, {.dtype = data_.dtype()});
      receive(peer.part, rank, 0, peer.receive_part);
    }
  }
  const bool awaited_part = peer.receive_part != MPI_REQUEST_NULL, has_part = is_over(peer.receive_part);
  if (awaited_part && has_part) --parts_left_;
  // The result comes to where the part was sent from.
  if (peer.awaits_result && is_over(peer.send_part)) {
    peer.awaits_result = false;
    const Tensor result = view_of(chunk_of(rank));
    receive(is_reached_by(rank) ? result.narrow(0, 0, 0) : result, rank, 1, peer.receive_result);
  }
  return has_part && !peer.awaits_result && is_over(peer.send_part) && is_over(peer.receive_result) &&
         is_over(peer.send_result);
}

void AllReduce::put_together(double divisor) {
  const Tensor own = view_of(chunk_of(channel_.rank()));
  see_writes();
  for (std::int64_t begin = 0; begin < own.numel(); begin += kBlock)
    put_together(begin, std::min(kBlock, own.numel() - begin), divisor);
  show_writes();
  for (int rank = 0; rank < channel_.size(); ++rank) {
    if (rank == channel_.rank()) continue;
    Peer& peer = peers_[static_cast<std::size_t>(rank)];
    send(peer.shares_part ? own.narrow(0, 0, 0) : own, rank, 1, peer.send_result);
    peer.part = {};
  }
  is_put_together_ = true;
}

/// A block of this rank's chunk. Parts of others are overwritten.
void AllReduce::put_together(std::int64_t begin, std::int64_t size, double divisor) {
  const Tensor own = view_of(chunk_of(channel_.rank())).narrow(0, begin, size);
  std::vector<Tensor> parts;
  for (int rank = 0; rank < channel_.size(); ++rank) {
    const Peer& peer = peers_[static_cast<std::size_t>(rank)];
    parts.push_back(rank == channel_.rank() ? own : peer.part.narrow(0, begin, size));
  }
  combine_by_tree(parts, [&](Tensor left, Tensor right) {
    if (right.raw() == own.raw()) std::swap(left, right);  // so that the result comes to where it is to stand
    combine(op_, left, right);
    return left;
  });
  if (divisor != 1) own.div_(divisor);
  for (int rank = 0; rank < channel_.size(); ++rank)
    if (peers_[static_cast<std::size_t>(rank)].shares_part) parts[static_cast<std::size_t>(rank)].copy_(own);
}

}  // namespace xtape::distributed::detail
