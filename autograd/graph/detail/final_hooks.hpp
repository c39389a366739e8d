// FinalHooks: the gradients of chosen leaves, while the replay that computes them is still at work. Many
// processes average them meanwhile.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape::detail {

/// What a replay calls, on its own thread; each may be empty. What one of them throws comes out of
/// backward(), and no leaf has changed.
struct FinalCalls {
  /// A replay begins that reaches one of the leaves at least.
  std::function<void()> begin = {};
  /// Where the gradient of leaf number i may be written: contiguous, of its shape and dtype. Asked for the
  /// leaves that one op uses once, if nobody else follows them; what is final may stand elsewhere
  /// nevertheless.
  std::function<Tensor(std::size_t i)> destination = {};
  /// The gradient of leaf number i is final: the last op that uses the leaf was visited, and the leaf's own
  /// hooks have run. Unless it stands at its destination nobody may write to it, since other leaves may share
  /// it.
  std::function<void(std::size_t i, const Tensor& gradient)> final = {};
  /// The replay is over, and no .grad() written yet: the gradients of all leaves, undefined for one that none
  /// arrived at. Whatever stands there afterwards is what is added to .grad(), of such a leaf too.
  std::function<void(std::vector<Tensor>& gradients)> end = {};
};

struct Follower;

/// Follows the leaves through every backward() of the process that reaches one of them, as long as it lives.
/// Two such replays at a time are an Error. grad() writes no .grad(), and is not followed.
class FinalHooks {
 public:
  /// Throws for a tensor that is not a leaf that requires grad, and for one that is given twice.
  FinalHooks(const std::vector<Tensor>& leaves, FinalCalls calls);
  ~FinalHooks();
  FinalHooks(const FinalHooks&) = delete;
  FinalHooks& operator=(const FinalHooks&) = delete;

 private:
  std::shared_ptr<Follower> follower_;
};

/// A replay's side of it: all followers whose leaves it reaches.
class FinalReplay {
 public:
  FinalReplay() = default;
  ~FinalReplay();
  FinalReplay(const FinalReplay&) = delete;
  FinalReplay& operator=(const FinalReplay&) = delete;

  /// Whether anybody follows leaves. Where nobody does, their uses need not be counted.
  static bool is_wanted() { return followers.load(std::memory_order_relaxed) > 0; }
  void begin(const std::vector<AutogradMeta*>& reached);
  Tensor destination(const AutogradMeta* leaf) const;
  void final(const AutogradMeta* leaf, const Tensor& gradient) const;
  /// `gradient_of(leaf)` is what will be added to the leaf's .grad().
  void end(const std::function<Tensor&(AutogradMeta*)>& gradient_of) const;

 private:
  friend class FinalHooks;
  static inline std::atomic<int> followers{0};

  std::vector<std::shared_ptr<Follower>> reached_;
};

}  // namespace xtape::detail
