// Changes of a tensor's own shape: the handle shows the same elements another way, as the view would. Views
// that were taken before stay what they were.
#include "autograd/graph/detail/history.hpp"
#include "autograd/graph/grad_mode.hpp"
#include "autograd/graph/node.hpp"
#include "autograd/graph/trace.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape {

using namespace detail;

namespace {

using NamedDims = std::initializer_list<std::pair<std::string_view, Dim>>;

/// Makes x what `viewed` gives of it. A trace shows the dims.
template <class View>
const Tensor& reshape_in_place(const Tensor& x, const char* op, NamedDims dims, const View& viewed) {
  if (is_traced()) [[unlikely]] {
    op::Attributes attributes;
    for (const auto& [name, dim] : dims) attributes.emplace_back(name, dim);
    return report_write(op, x, {}, attributes, [&] { reshape_in_place(x, op, {}, viewed); });
  }
  detail::check_no_leaf(x, op);
  if (grad_enabled()) x.impl().renew_history(op);
  const Tensor result = viewed(detail::snapshot(x, detail::Values::shared));
  TensorImpl& impl = x.impl();
  impl.shape = result.shape();
  impl.strides = result.strides();
  impl.contiguous = result.is_contiguous();
  impl.storage->note_write(op);
  // Views that were taken before are views of the same values, so this counts as no new history.
  if (result.impl().node) detail::replace_history(x, result.impl().node, result.impl().output_index);
  return x;
}

}  // namespace

const Tensor& Tensor::squeeze_() const {
  return reshape_in_place(*this, "squeeze_", {}, [](const Tensor& x) { return x.squeeze(); });
}
const Tensor& Tensor::squeeze_(Dim dim) const {
  return reshape_in_place(*this, "squeeze_", {{"dim", dim}}, [&](const Tensor& x) { return x.squeeze(dim); });
}
const Tensor& Tensor::unsqueeze_(Dim dim) const {
  return reshape_in_place(*this, "unsqueeze_", {{"dim", dim}},
                          [&](const Tensor& x) { return x.unsqueeze(dim); });
}
const Tensor& Tensor::transpose_(Dim dim0, Dim dim1) const {
  return reshape_in_place(*this, "transpose_", {{"dim0", dim0}, {"dim1", dim1}},
                          [&](const Tensor& x) { return x.transpose(dim0, dim1); });
}
const Tensor& Tensor::t_() const {
  return reshape_in_place(*this, "t_", {}, [](const Tensor& x) { return x.t(); });
}

const Tensor& Tensor::detach_() const {
  check(detail::root_of(*this).is_same(*this),
        "detach_: a view of shape {} follows the tensor that it views; use detach() instead", shape());
  impl().drop_history();
  return *this;
}

}  // namespace xtape
