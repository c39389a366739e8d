// Peers: the processes that train one model together, as a training loop sees them.
#pragma once

#include <cstdint>
#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape::nn {

/// What a process gives to a step, where that is not one batch as large as those of the others.
struct Share {
  std::int64_t batches = 1;        ///< whole ones
  double rest = 0;                 ///< the weight of a smaller one besides: its examples over a whole one's
  std::vector<double> notes = {};  ///< numbers that all processes get to know, as many from each: losses
};

/// Averages gradients, and tells all what one knows. distributed::Reducer is one; a program that derives its
/// own trains by other means.
class Peers {
 public:
  virtual ~Peers() = default;

  virtual int rank() const = 0;  ///< from 0 on
  virtual int size() const = 0;

  /// What this process gives to the next step alone. Its gradient is then the sum of all over the sum of the
  /// weights; a replay's gradient of a share without whole batches is multiplied by its rest first.
  virtual void set_share(Share share) = 0;
  /// Of all processes, in the last step.
  virtual const std::vector<Share>& shares() const = 0;
  /// Whether a backward() that reaches a parameter is a step, which leaves in .grad() what average() would.
  virtual void set_sync(bool on) = 0;
  virtual bool is_sync() const = 0;
  /// A step without a replay: averages what stands in .grad(), already weighted.
  virtual void average() = 0;
  /// Writes what rank 0 has into x of all processes.
  virtual void broadcast(const Tensor& x) = 0;

 protected:
  Peers() = default;
  Peers(const Peers&) = default;
  Peers& operator=(const Peers&) = default;
};

/// While one lives, replays leave in .grad() what this process alone has computed.
class NoSync {
 public:
  explicit NoSync(Peers& peers) : peers_(peers), before_(peers.is_sync()) { peers.set_sync(false); }
  ~NoSync() { peers_.set_sync(before_); }
  NoSync(const NoSync&) = delete;
  NoSync& operator=(const NoSync&) = delete;

 private:
  Peers& peers_;
  bool before_;
};

}  // namespace xtape::nn
