// AutogradMeta: what autograd keeps with a tensor whose gradient somebody wants to see.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "autograd/graph/grad_mode.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape::detail {

/// For the hooks of a replay, which are not ops: views that they take may outlive it.
class HookScope : ScopedValue<OpMode> {
 public:
  HookScope() : ScopedValue(op_mode, grad_enabled() ? OpMode::recorded : OpMode::off) {}
};

/// The hooks of one value. They stay with it where a write in place gives its tensor another.
struct Hooks {
  std::vector<std::pair<std::size_t, Hook>> list;  // with their ids

  /// The gradient that they make of the given one.
  Tensor run(Tensor gradient) const;
};

/// The gradient of a leaf (or of a tensor that retains it), and its hooks. To the graph this is the leaf: an
/// edge that held the tensor itself would close a cycle where that gets a history later.
struct AutogradMeta {
  std::mutex mutex;  // of grad, and of what `hooks` points to: graphs on several threads may share a leaf
  Tensor grad;
  std::atomic<std::uint64_t> mark{0};  // a replay's note that it has met this leaf
  bool retains_grad = false;
  bool was_leaf = false;  // and has a history now, from a write in place
  std::size_t next_hook = 0;
  std::shared_ptr<Hooks> hooks = std::make_shared<Hooks>();  // of the newest value
  std::vector<std::weak_ptr<Hooks>> earlier_hooks;           // of values that were written over since

  /// Adds to grad, which shares its buffer with nothing.
  void accumulate(Tensor gradient);
  /// Begins the hooks of a new value.
  void renew_hooks();
  void remove_hook(std::size_t id);
};

}  // namespace xtape::detail
