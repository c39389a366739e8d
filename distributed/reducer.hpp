// Reducer: one model that several processes train, each on its part of the data.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "distributed/world.hpp"
#include "nn/module/module_base.hpp"
#include "nn/train/peers.hpp"

namespace xtape::distributed {

struct ReducerOptions {
  std::int64_t bucket_bytes = 4 << 20;          ///< of gradients that go in one message
  std::int64_t first_bucket_bytes = 256 << 10;  ///< of the first one, so that it goes early
  bool overlap = true;                          ///< messages go while the replay is at work, not after it
};

using nn::NoSync;
using nn::Share;

/// With a Reducer a program that trains on its own becomes one that trains with others:
///
///   distributed::World world;
///   distributed::Reducer reducer(world, model);
///   datasets::DataLoader loader(train, {.batch_size = 128,
///       .sampler = datasets::DistributedSampler(train, world.rank(), world.size())});
///
/// In the beginning all ranks get the parameters and buffers of rank 0. From then on each backward() that
/// reaches a parameter leaves in .grad() the mean over all ranks, with the same bits on all of them: what
/// nn::GradientAccumulator makes of the ranks' batches in one process. So equal optimisers keep the models
/// equal. Gradients travel in buckets, in the order in which rank 0's first replay finished them, while the
/// replay computes the next ones; .grad() is then a view of its bucket. A parameter that no rank has used has
/// no gradient afterwards; one that some have not used counts as 0 there.
///
/// Each rank replays as often as the others, or calls average() in its place. Buffers (the statistics of
/// batch norms) stay each rank's own until broadcast_buffers(). Gradients of gradients are not averaged.
class Reducer : public nn::Peers {
 public:
  /// World and model must outlive the reducer; parameters that are added or frozen later are not noticed.
  /// Throws on every rank, naming the first difference, where the ranks' models, or options, differ.
  Reducer(World& world, nn::ModuleBase& model, const ReducerOptions& options = {});
  ~Reducer() override;
  Reducer(const Reducer&) = delete;
  Reducer& operator=(const Reducer&) = delete;

  int rank() const override;
  int size() const override;

  /// What this rank gives to the next step alone.
  void set_share(Share share) override;
  const std::vector<Share>& shares() const override;
  void set_sync(bool on) override;
  bool is_sync() const override;
  /// A step without a replay: averages what stands in .grad(), already weighted, as a rank without a batch
  /// does, or after several replays under NoSync.
  void average() override;
  void broadcast(const Tensor& x) override;
  /// Gives all ranks the buffers of rank 0.
  void broadcast_buffers();

 private:
  class Impl;
  World& world_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xtape::distributed
