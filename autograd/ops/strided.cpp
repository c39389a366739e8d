// Parts of a tensor by their place in memory. A write through a view makes the root an op of what it was and
// what was written, and every other view of it an op of the root: in both, all that is known of the part is
// its geometry.
#include "autograd/graph/detail/strided.hpp"

#include <algorithm>
#include <numeric>

#include "autograd/graph/record.hpp"
#include "autograd/kernels/copy.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

/// Where a part of a tensor lies: its shape and strides, and its offset from the tensor's first element, for
/// a tensor with the strides `root`.
struct Region {
  Shape root;
  Shape shape, strides;
  std::int64_t offset = 0;

  Attributes attributes() const {
    return {{"root_stride", root}, {"size", shape}, {"stride", strides}, {"storage_offset", offset}};
  }
};

bool is_without_elements(const Shape& shape) {
  return std::find(shape.begin(), shape.end(), 0) != shape.end();
}

/// The number of elements from the first to the last place of a tensor.
std::int64_t span_of(const Shape& shape, const Shape& strides) {
  if (is_without_elements(shape)) return 0;
  std::int64_t last = 0;
  for (int d = 0; d < shape.size(); ++d) last += (shape[d] - 1) * strides[d];
  return last + 1;
}

/// A new tensor with these strides. All of its buffer is `fill`.
Tensor make_strided(const Shape& shape, const Shape& strides, DType dtype) {
  return zeros({span_of(shape, strides)}, {.dtype = dtype}).alias(shape, strides, 0);
}

/// x, copied to a buffer with these strides.
Tensor laid_out(const Tensor& x, const Shape& strides) {
  const Tensor y = make_strided(x.shape(), strides, x.dtype());
  kernels::copy(x, y);
  return y;
}

Tensor part_of(const Tensor& laid_out, const Region& region) {
  return laid_out.alias(region.shape, region.strides, laid_out.impl().offset + region.offset);
}

/// Adds x to the elements of y at `region`. Elements that lie at one place are added up.
void add_to_part(const Tensor& y, const Region& region, Tensor x) {
  Shape shape = region.shape, strides = region.strides;
  for (int d = 0; d < shape.size(); ++d) {
    if (strides[d] != 0 || shape[d] <= 1) continue;
    x = sum(x, d, true);
    shape[d] = 1;
  }
  if (!detail::overlaps_itself(shape, strides)) {
    y.alias(shape, strides, y.impl().offset + region.offset).add_(x);
    return;
  }
  Tensor places = full({}, region.offset, {.dtype = kInt64});
  for (int d = 0; d < shape.size(); ++d) {
    Shape along = Shape::filled(shape.size(), 1);
    along[d] = shape[d];
    places = places + (arange(0, shape[d]) * strides[d]).reshape(along);
  }
  const Tensor buffer = y.alias({span_of(y.shape(), y.strides())}, {1}, y.impl().offset);
  buffer.copy_(index_add(buffer, 0, places.reshape({-1}), x.reshape({-1})));
}

/// y = the part of x at a region
struct StridedView {
  static constexpr std::string_view name = "strided_view";
  static constexpr bool adds_part = true;
  static constexpr bool strided = true;

  Region region;

  Tensor forward(const Tensor& x) const {
    const bool is_laid_out = x.strides() == region.root;
    return kernels::converted(part_of(is_laid_out ? x : laid_out(x, region.root), region), x.dtype());
  }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const;

  Attributes attributes() const { return region.attributes(); }
  static Cases<StridedView> cases();
};

/// y = zeros of a shape, with x added at a region. Adjoint of StridedView.
struct StridedEmbed {
  static constexpr std::string_view name = "strided_embed";

  Region region;
  Shape shape;  // of y

  Tensor forward(const Tensor& x) const {
    const Tensor y = make_strided(shape, region.root, x.dtype());
    add_to_part(y, region, x);
    return y.contiguous();
  }
  void vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(StridedView{region}, g); });
  }

  Attributes attributes() const {
    Attributes all = region.attributes();
    all.emplace_back("shape", shape);
    return all;
  }
  static Cases<StridedEmbed> cases();
};

/// y = x, with v in the place of the elements at a region, no two of which lie at one place
struct StridedWrite {
  static constexpr std::string_view name = "strided_write";
  static constexpr bool strided = true;

  Region region;

  Tensor forward(const Tensor& x, const Tensor& v) const {
    const Tensor y = laid_out(x, region.root);
    kernels::copy(v, part_of(y, region));
    return y.contiguous();
  }
  void vjp(const Inputs&, const Tensor&, Tensor g, Wrt& wrt) const {
    wrt(1, [&] { return record(StridedView{region}, g); });
    wrt(0, [&] { return without_region(std::move(g)); });
  }

  /// g with zeros at the region. In place where nothing else uses it, so that a loop of writes into parts of
  /// one tensor has a backward whose cost is that of the parts.
  Tensor without_region(Tensor g) const {
    if (grad_enabled() || !detail::is_sole_owner(g) || g.strides() != region.root) {
      return record(*this, g, zeros(region.shape, {.dtype = g.dtype()}));
    }
    part_of(g, region).zero_();
    return g;
  }

  Attributes attributes() const { return region.attributes(); }
  static Cases<StridedWrite> cases();
};

void StridedView::vjp(const Inputs&, const Tensor&, const Tensor& g, Wrt& wrt) const {
  const auto embedded = [&] { return record(StridedEmbed{region, wrt.shape(0)}, g); };
  const bool is_contiguous = region.root == contiguous_strides(wrt.shape(0));
  if (!is_contiguous) return wrt(0, embedded);
  wrt(0, embedded, [&](const Tensor& sum) { add_to_part(sum, region, g); });
}

// Of a {3, 4}: a column, a block of the transpose, rows that are repeated, rows that overlap, one element,
// none.
const Region kColumn{{4, 1}, {3}, {4}, 1};
const Region kBlock{{4, 1}, {2, 2}, {1, 4}, 5};
const Region kRepeated{{4, 1}, {2, 3}, {0, 4}, 2};
const Region kOverlapping{{4, 1}, {3, 3}, {2, 1}, 1};
const Region kElement{{4, 1}, {}, {}, 7};
const Region kNothing{{4, 1}, {0, 2}, {4, 1}, 0};
const Region kOfTranspose{{1, 3}, {2, 4}, {1, 3}, 1};  // of a {3, 4} that is a transpose

Cases<StridedView> StridedView::cases() {
  Cases<StridedView> cases;
  for (const Region& region : {kColumn, kBlock, kRepeated, kOverlapping, kElement, kNothing, kOfTranspose}) {
    cases.add({.inputs = {{3, 4}}}, {region});
  }
  return cases;
}

Cases<StridedEmbed> StridedEmbed::cases() {
  Cases<StridedEmbed> cases;
  for (const Region& region : {kColumn, kBlock, kRepeated, kOverlapping, kElement, kNothing, kOfTranspose}) {
    cases.add({.inputs = {region.shape}}, {region, {3, 4}});
  }
  return cases;
}

Cases<StridedWrite> StridedWrite::cases() {
  Cases<StridedWrite> cases;
  for (const Region& region : {kColumn, kBlock, kElement, kNothing, kOfTranspose}) {
    cases.add({.inputs = {{3, 4}, region.shape}}, {region});
  }
  return cases;
}

Region region_of(const Tensor& root, const Tensor& view) {
  return {root.strides(), view.shape(), view.strides(), view.impl().offset - root.impl().offset};
}

}  // namespace

namespace detail {

NodePtr strided_view_node(const Tensor& root, const Tensor& view) {
  return node_of(StridedView{region_of(root, view)}, root);
}

NodePtr strided_write_node(const Tensor& root, const Tensor& view, const Tensor& value) {
  return node_of(StridedWrite{region_of(root, view)}, root, value);
}

Attributes region_attributes(const Tensor& root, const Tensor& view) {
  return region_of(root, view).attributes();
}

bool overlaps_itself(const Shape& shape, const Shape& strides) {
  if (is_without_elements(shape)) return false;
  Shape dims = Shape::filled(shape.size(), 0);
  std::iota(dims.begin(), dims.end(), 0);
  std::sort(dims.begin(), dims.end(), [&](std::int64_t a, std::int64_t b) {
    return strides[static_cast<int>(a)] < strides[static_cast<int>(b)];
  });
  std::int64_t reach = 0;  // from the first to the last place of the dims before
  for (const std::int64_t dim : dims) {
    const int d = static_cast<int>(dim);
    if (shape[d] == 1) continue;
    if (strides[d] <= reach) return true;
    reach += (shape[d] - 1) * strides[d];
  }
  return false;
}

}  // namespace detail
}  // namespace xtape
