// Waiting for operations, and the ones that nobody computes beside.
#include "distributed/detail/engine.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "autograd/graph/grad_mode.hpp"
#include "autograd/ops/create.hpp"

namespace xtape::distributed::detail {

using Clock = std::chrono::steady_clock;

Tensor Engine::allocate(std::int64_t size, DType dtype) {
  Tensor data = channel_.memory().allocate(size, dtype);
  return data.defined() ? data : empty({size}, {.dtype = dtype});
}

Pending Engine::start(std::string what, Tensor data, ReduceOp op, Divisor divisor) {
  auto pending =
      std::make_shared<AllReduce>(channel_, std::move(what), std::move(data), op, std::move(divisor));
  pending_.push_back(pending);
  return pending;
}

void Engine::all_reduce(const std::string& what, const Tensor& data, ReduceOp op) {
  const NoGradGuard no_grad;
  const Tensor shared = channel_.memory().allocate(data.numel(), data.dtype());
  if (shared.defined()) shared.copy_(data);
  wait(start(what, shared.defined() ? shared : data, op,
             [divisor = op == ReduceOp::avg ? size() : 1]() -> std::optional<double> { return divisor; }));
  if (shared.defined()) data.copy_(shared);
}

/// In their order, in which they take what others have announced.
void Engine::advance() {
  channel_.listen();
  for (const Pending& pending : pending_) pending->advance();
  std::erase_if(pending_, [](const Pending& pending) { return pending->is_done(); });
}

void Engine::wait(const Pending& pending) {
  for (const auto start = Clock::now();;) {
    advance();
    if (pending->is_done()) return;
    channel_.pause(pending->what(), start);
  }
}

void Engine::await_all(const std::string& what, std::int64_t number) {
  const auto start = Clock::now();
  for (int peer = 0; peer < size(); ++peer) {
    if (peer == rank()) continue;
    for (;;) {
      advance();
      if (channel_.begun(peer, number, what)) break;
      channel_.pause(what, start);
    }
  }
}

void Engine::await_request(const std::string& what, MPI_Request& request) {
  for (const auto start = Clock::now();;) {
    int done = 0;
    check_mpi(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
    if (done != 0) return;
    advance();
    channel_.pause(what, start);
  }
}

void Engine::barrier(const std::string& what) {
  if (size() == 1) return;
  await_all(what, channel_.announce(what));
}

/// Along a binomial tree: who has the data sends it on, to twice as many in each round.
void Engine::broadcast(const std::string& what, const Tensor& data, int root) {
  if (size() == 1) return;
  const std::int64_t number = channel_.announce(what);
  await_all(what, number);
  const int tag = static_cast<int>(1 + 2 * (number % 8192)), place = (rank() - root + size()) % size();
  const auto bytes = static_cast<int>(data.nbytes());
  const auto rank_at = [&](int at) { return (at + root) % size(); };
  std::vector<MPI_Request> sends;
  bool has_data = place == 0;
  for (int reach = 1; reach < size(); reach *= 2) {
    if (!has_data && place < 2 * reach) {
      MPI_Request request = MPI_REQUEST_NULL;
      check_mpi(
          MPI_Irecv(data.raw(), bytes, MPI_BYTE, rank_at(place - reach), tag, channel_.comm(), &request),
          "MPI_Irecv");
      await_request(what, request);
      has_data = true;
    } else if (has_data && place + reach < size()) {
      check_mpi(MPI_Isend(data.raw(), bytes, MPI_BYTE, rank_at(place + reach), tag, channel_.comm(),
                          &sends.emplace_back(MPI_REQUEST_NULL)),
                "MPI_Isend");
    }
  }
  for (MPI_Request& request : sends) await_request(what, request);
}

std::string Engine::broadcast_text(const std::string& what, const std::string& text, int root) {
  const Tensor size = tensor(static_cast<std::int64_t>(text.size()));
  broadcast(what + ": size", size, root);
  const Tensor bytes = empty({size.item<std::int64_t>()}, {.dtype = kUInt8});
  auto* characters = reinterpret_cast<char*>(bytes.raw());
  if (rank() == root) std::copy(text.begin(), text.end(), characters);
  broadcast(what, bytes, root);
  return std::string(characters, static_cast<std::size_t>(bytes.numel()));
}

}  // namespace xtape::distributed::detail
