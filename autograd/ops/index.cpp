// Reads and writes by lists of indices. First what needs no copy: integers, slices, new dims, as views. Then
// what the tensors among the indices look up, as one number for each place.
#include "autograd/ops/index.hpp"

#include <algorithm>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/index.hpp"
#include "autograd/kernels/mask.hpp"
#include "autograd/ops/detail/places.hpp"

namespace xtape {

using namespace detail;

namespace {

using std::int64_t;

bool is_mask(const Tensor& index) { return index.dtype() == kBool || index.dtype() == kUInt8; }

/// A tensor among the indices: which dims of the view it runs along, and a mask of them, or int64 numbers of
/// the `size` places that lie there.
struct Lookup {
  IndexedDims dims;
  int dim_in_x;  // the first of them, for errors
  int64_t size;
  Tensor index;
};

/// x[indices] without its tensors, as a view of x, and those.
struct Parsed {
  Tensor view;
  std::vector<Lookup> lookups;

  /// Whether all there is is a mask of the view's shape.
  bool is_masked() const {
    return lookups.size() == 1 && is_mask(lookups[0].index) && lookups[0].index.shape() == view.shape();
  }
};

std::string text_of(const TensorIndex& index) {
  return std::visit(
      []<class T>(const T& at) -> std::string {
        if constexpr (std::is_same_v<T, std::nullopt_t>) return "None";
        if constexpr (std::is_same_v<T, EllipsisIndex>) return "...";
        if constexpr (std::is_same_v<T, int64_t>) return std::to_string(at);
        if constexpr (std::is_same_v<T, bool>) return at ? "true" : "false";
        if constexpr (std::is_same_v<T, Tensor>) return is_mask(at) ? "mask" : "tensor";
        if constexpr (std::is_same_v<T, Slice>) {
          const auto bound = [](const SliceBound& b) {
            return b.given() ? std::to_string(b.value_or(0)) : "";
          };
          std::string text = fmt::format("{}:{}", bound(at.start), bound(at.stop));
          if (at.step.given()) text += fmt::format(":{}", bound(at.step));
          return text;
        }
        return {};
      },
      index.value());
}

/// What a trace shows: "1:3, ..., None, tensor".
std::string text_of(const IndexList& indices) {
  std::string text;
  for (const TensorIndex& index : indices.values()) text += (text.empty() ? "" : ", ") + text_of(index);
  return text;
}

std::vector<Tensor> tensors_of(const Tensor& x, const IndexList& indices) {
  std::vector<Tensor> tensors{x};
  for (const TensorIndex& index : indices.values()) {
    if (const Tensor* tensor = std::get_if<Tensor>(&index.value())) tensors.push_back(*tensor);
  }
  return tensors;
}

/// Goes through a list of indices from left to right and applies each to the view.
class Parser {
 public:
  Parser(const Tensor& x, const IndexList& indices, const char* op) : op_(op), parsed_{x, {}} {
    int named = 0;
    for (const TensorIndex& index : indices.values()) named += dims_named(index);
    unnamed_ = static_cast<int>(x.dim()) - named;
    check(unnamed_ >= 0, "{}: indices of {} dims are too many for a tensor of shape {}", op, named,
          x.shape());
    for (const TensorIndex& index : indices.values())
      std::visit([this](const auto& at) { apply(at); }, index.value());
  }

  Parsed result() && { return std::move(parsed_); }

 private:
  /// How many dims of x an index stands for.
  static int dims_named(const TensorIndex& index) {
    if (const Tensor* tensor = std::get_if<Tensor>(&index.value()))
      return is_mask(*tensor) ? static_cast<int>(tensor->dim()) : 1;
    return std::holds_alternative<int64_t>(index.value()) || std::holds_alternative<Slice>(index.value());
  }

  void apply(std::nullopt_t) {
    parsed_.view = unsqueeze(parsed_.view, dim_++);
    --hidden_;
  }
  void apply(EllipsisIndex) { dim_ += std::exchange(unnamed_, 0); }
  void apply(int64_t at) {
    const int64_t size = parsed_.view.shape()[dim_];
    check(at >= -size && at < size, "{}: index {} is out of range for dim {} of size {}", op_, at,
          dim_ + hidden_, size);
    parsed_.view = select(parsed_.view, dim_, at);
    ++hidden_;
  }
  void apply(const Slice& slice) {
    const int64_t step = slice.step.value_or(1);
    check(step > 0, "{}: the step {} of a slice is not positive; flip() reverses a dim", op_, step);
    if (slice.start.given() || slice.stop.given() || step != 1)
      parsed_.view = xtape::slice(parsed_.view, dim_, slice.start, slice.stop, step);
    ++dim_;
  }
  /// A new dim of size 1, of which all is taken, or nothing.
  void apply(bool all) {
    parsed_.view = unsqueeze(parsed_.view, dim_);
    add(1, 1, zeros({all ? 1 : 0}, {.dtype = kInt64}));
    --hidden_;
  }
  void apply(const Tensor& index) {
    if (is_mask(index)) return index.dim() == 0 ? apply(index.item<bool>()) : apply_mask(index.to(kBool));
    check(is_integral(index.dtype()),
          "{}: a {} tensor is not an index; expected int64, or a bool mask as comparisons give", op_,
          index.dtype());
    if (index.dim() == 0) return apply(index.item<int64_t>());
    add(1, parsed_.view.shape()[dim_], index.to(kInt64).contiguous());
  }
  void apply_mask(const Tensor& mask) {
    const int dims = static_cast<int>(mask.dim());
    const auto first = parsed_.view.shape().begin() + dim_;
    const Shape covered(first, first + dims);
    check(covered == mask.shape(), "{}: a mask of shape {} does not fit the shape {} from dim {} on", op_,
          mask.shape(), covered, dim_ + hidden_);
    add(dims, mask.numel(), mask.contiguous());
  }
  void add(int dims, int64_t size, Tensor index) {
    parsed_.lookups.push_back({{dim_, dims}, dim_ + hidden_, size, std::move(index)});
    dim_ += dims;
  }

  const char* op_;
  Parsed parsed_;
  int unnamed_ = 0;  // dims of x that an Ellipsis stands for
  int dim_ = 0;      // the dim of the view that comes next
  int hidden_ = 0;   // how many more dims x has before it
};

/// One index of some dims of a view in place of several.
struct Places {
  Tensor view;
  IndexedDims dims;
  Tensor index;
};

/// The view with the dims that the lookups run along side by side: where they are that, they stay.
Tensor side_by_side(const Tensor& view, const std::vector<Lookup>& lookups, IndexedDims& dims) {
  Dims order;
  for (const Lookup& lookup : lookups) {
    for (int d = 0; d < lookup.dims.count; ++d) order.push_back(lookup.dims.first + d);
  }
  const int count = order.size();
  dims = {static_cast<int>(order[0]), count};
  if (order.back() == order[0] + count - 1) return view;
  for (int d = 0; d < view.dim(); ++d) {
    if (std::find(order.begin(), order.end(), d) == order.end()) order.push_back(d);
  }
  dims.first = 0;
  return permute(view, order);
}

/// Makes numbers of a mask, and checks the others' if that is left to do.
void settle(Lookup& lookup, bool alone, const char* op) {
  if (is_mask(lookup.index)) {
    lookup.index = kernels::true_places(lookup.index);
  } else if (!alone || lookup.dim_in_x != lookup.dims.first) {  // else the op does
    kernels::check_indices(lookup.index, lookup.size, lookup.dim_in_x, kernels::Negative::taken, op);
  }
}

Places places_of(Parsed parsed, const char* op) {
  std::vector<Lookup>& lookups = parsed.lookups;
  for (Lookup& lookup : lookups) settle(lookup, lookups.size() == 1, op);
  Places places;
  places.view = side_by_side(parsed.view, lookups, places.dims);
  places.index = lookups[0].index;
  if (lookups.size() == 1) return places;
  Shape shape;
  for (const Lookup& lookup : lookups) shape = broadcast_shapes(shape, lookup.index.shape(), op);
  std::vector<Tensor> indices;
  std::vector<int64_t> sizes;
  for (const Lookup& lookup : lookups) {
    indices.push_back(lookup.index.expand(shape));
    sizes.push_back(lookup.size);
  }
  places.index = kernels::joint_index(indices, sizes);
  return places;
}

/// values as they fill `shape`: leading dims of size 1 may be more than it has.
Tensor fitted(const Tensor& values, const Shape& shape, const char* op) {
  Tensor v = values;
  while (v.dim() > shape.size() && v.shape()[0] == 1) v = squeeze(v, 0);
  check(broadcasts_to(v.shape(), shape),
        "{}: values of shape {} do not broadcast to {}, the shape of what the "
        "indices name",
        op, values.shape(), shape);
  return v;
}

Shape shape_of(const Places& places) {
  const Shape& from = places.view.shape();
  Shape shape(from.begin(), from.begin() + places.dims.first);
  for (const int64_t size : places.index.shape()) shape.push_back(size);
  for (int d = places.dims.first + places.dims.count; d < from.size(); ++d) shape.push_back(from[d]);
  return shape;
}

const Tensor& put_in_place(const Tensor& x, const IndexList& indices, const Tensor& values, bool accumulate) {
  const Parsed parsed = Parser(x, indices, "index_put_").result();
  if (parsed.lookups.empty()) {
    const Tensor v = fitted(values, parsed.view.shape(), "index_put_");
    accumulate ? parsed.view.add_(v) : parsed.view.copy_(v);
  } else if (parsed.is_masked() && !accumulate && values.numel() == 1) {
    parsed.view.masked_fill_(parsed.lookups[0].index, reshape(values, {}));
  } else {
    const Places places = places_of(parsed, "index_put_");
    const Shape shape = shape_of(places);
    const Tensor v = fitted(as_values(values, x, "index_put_"), shape, "index_put_").expand(shape);
    put_places_(places.view, places.dims, places.index, v, accumulate, "index_put_");
  }
  return x;
}

/// A number that x's dtype holds.
Tensor number_for(const Tensor& x, Scalar value, const char* op) {
  check_holds(x.dtype(), value, op);
  return scalar_tensor(value, x.dtype());
}

}  // namespace

Tensor index(const Tensor& x, const IndexList& indices) {
  if (is_traced()) [[unlikely]]
    return report("index", tensors_of(x, indices), {{"indices", text_of(indices)}},
                  [&] { return index(x, indices); });
  const Parsed parsed = Parser(x, indices, "index").result();
  if (parsed.is_masked()) return masked_select(parsed.view, parsed.lookups[0].index);
  if (parsed.lookups.empty()) return parsed.view.is_same(x) ? x.expand(x.shape()) : parsed.view;
  const Places places = places_of(parsed, "index");
  return take_places(places.view, places.dims, places.index);
}

Tensor index_put(const Tensor& x, const IndexList& indices, const Tensor& values, bool accumulate) {
  if (is_traced()) [[unlikely]] {
    std::vector<Tensor> inputs = tensors_of(x, indices);
    inputs.push_back(values);
    return report("index_put", inputs, {{"indices", text_of(indices)}, {"accumulate", accumulate}},
                  [&] { return index_put(x, indices, values, accumulate); });
  }
  const Tensor y = x.clone();
  put_in_place(y, indices, values, accumulate);
  return y;
}

Tensor index_put(const Tensor& x, const IndexList& indices, Scalar value, bool accumulate) {
  return index_put(x, indices, number_for(x, value, "index_put"), accumulate);
}

const Tensor& Tensor::index_put_(const IndexList& indices, const Tensor& values, bool accumulate) const {
  if (is_traced()) [[unlikely]] {
    std::vector<Tensor> others = tensors_of(*this, indices);
    others.erase(others.begin());
    others.push_back(values);
    return report_write("index_put_", *this, others,
                        {{"indices", text_of(indices)}, {"accumulate", accumulate}},
                        [&] { put_in_place(*this, indices, values, accumulate); });
  }
  return put_in_place(*this, indices, values, accumulate);
}

const Tensor& Tensor::index_put_(const IndexList& indices, Scalar value, bool accumulate) const {
  return index_put_(indices, number_for(*this, value, "index_put_"), accumulate);
}

Tensor Tensor::operator[](const TensorIndex& index) const { return xtape::index(*this, {index}); }

}  // namespace xtape
