// What becomes of the gradient of a leaf, or of a tensor that retains it: its hooks, and its sum.
#include "autograd/graph/detail/meta.hpp"

#include "autograd/graph/node.hpp"

namespace xtape::detail {

Tensor Hooks::run(Tensor gradient) const {
  if (list.empty()) return gradient;
  const auto hooks = list;  // a hook may remove itself
  const HookScope scope;
  for (const auto& [id, hook] : hooks) {
    const Tensor replaced = hook(gradient);
    if (!replaced.defined()) continue;
    check(replaced.shape() == gradient.shape() && replaced.dtype() == gradient.dtype(),
          "hook: it gave {} of shape {} in place of a gradient that is {} of shape {}", replaced.dtype(),
          replaced.shape(), gradient.dtype(), gradient.shape());
    gradient = replaced;
  }
  return gradient;
}

void AutogradMeta::accumulate(Tensor gradient) {
  const std::lock_guard lock(mutex);
  if (grad_enabled()) {  // create_graph: the gradient keeps its own history
    grad = grad.defined() ? grad + gradient : gradient.requires_grad() ? gradient * 1 : gradient.clone();
  } else if (grad.defined()) {
    grad.add_(gradient);
  } else {
    grad = is_sole_owner(gradient) ? std::move(gradient) : gradient.detach().clone();
  }
}

void AutogradMeta::renew_hooks() {
  const std::lock_guard lock(mutex);
  std::erase_if(earlier_hooks, [](const auto& earlier) { return earlier.expired(); });
  earlier_hooks.push_back(hooks);
  hooks = std::make_shared<Hooks>();
}

void AutogradMeta::remove_hook(std::size_t id) {
  const auto remove = [id](Hooks& of) {
    std::erase_if(of.list, [id](const auto& entry) { return entry.first == id; });
  };
  remove(*hooks);
  for (const auto& earlier : earlier_hooks) {
    if (const auto of = earlier.lock()) remove(*of);
  }
}

}  // namespace xtape::detail
