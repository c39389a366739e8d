// Who follows leaves, and what a replay tells them.
#include "autograd/graph/detail/final_hooks.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "autograd/graph/detail/history.hpp"
#include "autograd/graph/detail/meta.hpp"

namespace xtape::detail {

struct Follower {
  std::vector<Tensor> leaves;
  FinalCalls calls;
  std::unordered_map<const AutogradMeta*, std::size_t> numbers;  // of the leaves
  std::atomic<bool> is_at_work = false;                          // in a replay
};

namespace {

struct Registry {
  std::mutex mutex;
  std::vector<std::shared_ptr<Follower>> followers;
};

Registry& registry() {
  static Registry all;
  return all;
}

void check_fits(const Tensor& gradient, const Tensor& leaf, std::size_t i) {
  if (!gradient.defined()) return;
  check(gradient.shape() == leaf.shape() && gradient.dtype() == leaf.dtype(),
        "backward: the final gradient of leaf {} is {} of shape {}; the leaf is {} of shape {}", i,
        gradient.dtype(), gradient.shape(), leaf.dtype(), leaf.shape());
}

}  // namespace

FinalHooks::FinalHooks(const std::vector<Tensor>& leaves, FinalCalls calls)
    : follower_(std::make_shared<Follower>()) {
  follower_->leaves = leaves;
  follower_->calls = std::move(calls);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    check(leaves[i].is_leaf() && leaves[i].requires_grad(),
          "final hooks: tensor {} of shape {} is not a leaf that requires grad", i, leaves[i].shape());
    const auto [known, is_new] = follower_->numbers.emplace(&meta_of(leaves[i]), i);
    check(is_new, "final hooks: tensor {} is tensor {} again", i, known->second);
  }
  const std::lock_guard lock(registry().mutex);
  registry().followers.push_back(follower_);
  ++FinalReplay::followers;
}

FinalHooks::~FinalHooks() {
  const std::lock_guard lock(registry().mutex);
  std::erase(registry().followers, follower_);
  --FinalReplay::followers;
}

FinalReplay::~FinalReplay() {
  for (const auto& follower : reached_) follower->is_at_work = false;
}

void FinalReplay::begin(const std::vector<AutogradMeta*>& reached) {
  const auto all = [] {
    const std::lock_guard lock(registry().mutex);
    return registry().followers;
  }();
  for (const auto& follower : all) {
    const auto follows = [&](const AutogradMeta* leaf) { return follower->numbers.contains(leaf); };
    if (std::none_of(reached.begin(), reached.end(), follows)) continue;
    check(!follower->is_at_work.exchange(true),
          "backward: another replay is at work that reaches leaves of the same final hooks; replay one graph "
          "after the other");
    reached_.push_back(follower);
  }
  const HookScope scope;
  for (const auto& follower : reached_) {
    if (follower->calls.begin) follower->calls.begin();
  }
}

Tensor FinalReplay::destination(const AutogradMeta* leaf) const {
  const Follower* only = nullptr;
  for (const auto& follower : reached_) {
    if (!follower->numbers.contains(leaf)) continue;
    if (only) return {};  // one may still read when the other has begun to write there
    only = follower.get();
  }
  if (!only || !only->calls.destination) return {};
  const HookScope scope;
  return only->calls.destination(only->numbers.at(leaf));
}

void FinalReplay::final(const AutogradMeta* leaf, const Tensor& gradient) const {
  const HookScope scope;
  for (const auto& follower : reached_) {
    const auto found = follower->numbers.find(leaf);
    if (found == follower->numbers.end() || !follower->calls.final) continue;
    follower->calls.final(found->second, gradient);
  }
}

void FinalReplay::end(const std::function<Tensor&(AutogradMeta*)>& gradient_of) const {
  const HookScope scope;
  for (const auto& follower : reached_) {
    if (!follower->calls.end) continue;
    const std::vector<Tensor>& leaves = follower->leaves;
    std::vector<Tensor> gradients;
    // They are moved: a gradient that nobody else holds becomes .grad() without a copy.
    for (const Tensor& leaf : leaves) gradients.push_back(std::move(gradient_of(&meta_of(leaf))));
    follower->calls.end(gradients);
    check(gradients.size() == leaves.size(), "backward: {} final gradients for {} leaves", gradients.size(),
          leaves.size());
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      check_fits(gradients[i], leaves[i], i);
      gradient_of(&meta_of(leaves[i])) = std::move(gradients[i]);
    }
  }
}

}  // namespace xtape::detail
