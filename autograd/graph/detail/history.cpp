// Histories that change: hooks and retained gradients move on or stay, views are brought up to date.
#include "autograd/graph/detail/history.hpp"

#include "autograd/graph/detail/strided.hpp"
#include "autograd/graph/grad_mode.hpp"

namespace xtape {

using namespace detail;

namespace {

/// Holds a root while one of its views gets its history anew: threads that share a view may all read it
/// first.
class RenewalLock {
 public:
  explicit RenewalLock(TensorImpl& root) : flag_(root.is_renewing) {
    while (flag_.test_and_set(std::memory_order_acquire)) flag_.wait(true, std::memory_order_relaxed);
  }
  ~RenewalLock() {
    flag_.clear(std::memory_order_release);
    flag_.notify_all();
  }
  RenewalLock(const RenewalLock&) = delete;
  RenewalLock& operator=(const RenewalLock&) = delete;

 private:
  std::atomic_flag& flag_;
};

}  // namespace

void TensorImpl::renew_view(std::string_view reader) {
  const std::uint32_t newest = base->histories.load(std::memory_order_acquire);
  if (histories.load(std::memory_order_acquire) == newest) return;
  check(view_kind == ViewKind::recorded,
        "{}: the tensor of shape {} is {}, and its base has been changed in place since; take the view again",
        reader, shape,
        view_kind == ViewKind::unrecorded ? "a view taken under NoGradGuard"
                                          : "an output of split, chunk or unbind");
  const RenewalLock lock(*base);
  if (histories.load(std::memory_order_relaxed) == newest) return;
  const Tensor view{IntrusivePtr<TensorImpl>(this)};
  const EnableGradGuard on;  // whoever reads first: the history is the same
  if (NodePtr node = detail::strided_view_node(Tensor(base), view)) {
    detail::replace_history(view, std::move(node), 0);
  } else {
    drop_history();  // the root has left its own behind
  }
  histories.store(newest, std::memory_order_release);
}

namespace detail {

AutogradMeta& meta_of(const Tensor& x) {
  TensorImpl& impl = x.impl();
  if (!impl.meta) impl.meta = std::make_shared<AutogradMeta>();
  return *impl.meta;
}

void watch(const Tensor& x) {
  TensorImpl& impl = x.impl();
  const AutogradMeta& meta = meta_of(x);
  if (!impl.node) return;
  auto& watched = impl.node->watched;
  if (!watched) watched = std::make_unique<Node::Watched>();
  for (Watch& watch : *watched) {
    if (watch.hooks != meta.hooks) continue;
    if (meta.retains_grad) watch.retained_by = impl.meta;
    return;
  }
  watched->push_back({impl.output_index, meta.hooks, {}});
  if (meta.retains_grad) watched->back().retained_by = impl.meta;
}

void check_no_leaf(const Tensor& x, std::string_view op) {
  if (!grad_enabled() || !x.impl().requires_grad) return;
  x.impl().renew_history(op);
  check(!(x.impl().requires_grad && x.is_leaf()),
        "{}: a leaf that requires grad cannot be changed in place while ops are recorded; use NoGradGuard",
        op);
}

void replace_history(const Tensor& x, NodePtr node, std::uint32_t output) {
  TensorImpl& impl = x.impl();
  const bool retains = impl.node && impl.meta && impl.meta->retains_grad;
  if (impl.meta) {
    if (impl.node)
      impl.meta->renew_hooks();
    else
      impl.meta->was_leaf = true;
  }
  impl.node = std::move(node);
  impl.output_index = output;
  impl.requires_grad = true;
  if (retains) watch(x);
}

Tensor root_of(const Tensor& x) {
  TensorImpl& impl = x.impl();
  if (!impl.base) return x;
  const bool is_up_to_date =
      impl.histories.load(std::memory_order_relaxed) == impl.base->histories.load(std::memory_order_relaxed);
  const bool may_part =
      impl.view_kind == ViewKind::recorded || (impl.view_kind == ViewKind::unrecorded && is_up_to_date);
  if (!impl.base->references.is_one() || !may_part) return Tensor(impl.base);
  impl.renew_history("in place");
  impl.base = {};
  impl.view_kind = ViewKind::recorded;
  return x;
}

void set_history(const Tensor& x, NodePtr node, std::uint32_t output) {
  replace_history(x, std::move(node), output);
  x.impl().histories.fetch_add(1, std::memory_order_release);
}

Tensor snapshot(const Tensor& x, Values values) {
  Tensor before = values == Values::shared ? x.detach() : [&] {
    const NoGradGuard no_grad;
    return x.clone();
  }();
  before.impl().copy_history(x.impl());
  return before;
}

}  // namespace detail
}  // namespace xtape
