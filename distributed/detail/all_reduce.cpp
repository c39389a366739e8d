// The messages of one sum, in two phases: chunks to their owners, results to all.
#include "distributed/detail/all_reduce.hpp"

#include <algorithm>
#include <utility>

#include "autograd/graph/grad_mode.hpp"
#include "autograd/ops/arithmetic.hpp"
#include "distributed/detail/tree.hpp"

namespace xtape::distributed::detail {

namespace {

constexpr std::int64_t kAligned = 16;  // elements: small data has one owner

bool is_over(MPI_Request& request) {
  if (request == MPI_REQUEST_NULL) return true;
  int done = 0;
  check_mpi(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
  return done != 0;
}

/// The same in either order. A mean is a sum until all have it.
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

AllReduce::AllReduce(Channel& channel, std::string what, Tensor data, ReduceOp op)
    : channel_(channel),
      what_(std::move(what)),
      data_(std::move(data)),
      op_(op),
      number_(channel.announce(what_)),
      peers_(static_cast<std::size_t>(channel.size())) {
  const NoGradGuard no_grad;
  const Chunk own = chunk_of(channel.rank());
  for (int rank = 0; rank < channel.size(); ++rank) {
    if (rank == channel.rank()) continue;
    Peer& peer = peers_[static_cast<std::size_t>(rank)];
    const Chunk chunk = chunk_of(rank);
    if (chunk.size > 0) send(view_of(chunk), rank, 0, peer.send_part);
    peer.awaits_result = chunk.size > 0;
    if (own.size > 0) ++parts_left_;
  }
  is_put_together_ = own.size == 0;
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
    put_together();
    all_done = false;  // the results have to go out
  }
  is_done_ = all_done && is_put_together_;
  return is_done_;
}

/// Gives whether there is no more to do with that rank, as far as it is known.
bool AllReduce::advance(int rank, Peer& peer) {
  const Chunk own = chunk_of(channel_.rank());
  if (!peer.has_begun) {
    if (!channel_.has_begun(rank, number_, what_)) return false;
    peer.has_begun = true;
    if (own.size > 0) {
      peer.part = empty({own.size}, {.dtype = data_.dtype()});
      receive(peer.part, rank, 0, peer.receive_part);
    }
  }
  const bool awaited_part = peer.receive_part != MPI_REQUEST_NULL, has_part = is_over(peer.receive_part);
  if (awaited_part && has_part) --parts_left_;
  // The result comes to where the part was sent from.
  if (peer.awaits_result && is_over(peer.send_part)) {
    peer.awaits_result = false;
    receive(view_of(chunk_of(rank)), rank, 1, peer.receive_result);
  }
  return has_part && !peer.awaits_result && is_over(peer.send_part) && is_over(peer.receive_result) &&
         is_over(peer.send_result);
}

void AllReduce::put_together() {
  const Tensor own = view_of(chunk_of(channel_.rank()));
  std::vector<Tensor> parts;
  for (int rank = 0; rank < channel_.size(); ++rank)
    parts.push_back(rank == channel_.rank() ? own : std::move(peers_[static_cast<std::size_t>(rank)].part));
  combine_by_tree(std::move(parts), [&](Tensor left, Tensor right) {
    if (right.raw() == own.raw()) std::swap(left, right);  // so that the result comes to where it is to stand
    combine(op_, left, right);
    return left;
  });
  for (int rank = 0; rank < channel_.size(); ++rank)
    if (rank != channel_.rank()) send(own, rank, 1, peers_[static_cast<std::size_t>(rank)].send_result);
  is_put_together_ = true;
}

}  // namespace xtape::distributed::detail
