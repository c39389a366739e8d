// The ops by one index over several dims. What adds is the adjoint of what looks up, so that each gradient
// reads nothing but the index.
#include "autograd/ops/detail/places.hpp"

#include "autograd/graph/record.hpp"
#include "autograd/kernels/index.hpp"
#include "autograd/ops/detail/in_place.hpp"
#include "autograd/ops/detail/index_cases.hpp"

namespace xtape {

using namespace detail;
using namespace op;
using kernels::Negative;

namespace {

/// The shape of what an index of shape `places` looks up in `shape`.
Shape looked_up(const Shape& shape, IndexedDims dims, const Shape& places) {
  Shape y(shape.begin(), shape.begin() + dims.first);
  for (const std::int64_t size : places) y.push_back(size);
  for (int d = dims.first + dims.count; d < shape.size(); ++d) y.push_back(shape[d]);
  return y;
}

void check_places(const Tensor& places, IndexedDims dims, const Shape& shape, const char* op) {
  kernels::check_indices(places, dims.size(shape), dims.first, Negative::taken, op);
}

/// y[o, i..., inner] = x[o, places[i...], inner]
struct Index {
  static constexpr std::string_view name = "index";
  static constexpr Reads reads = Reads::others;
  static constexpr bool adds_part = true;
  static constexpr bool strided = true;

  int dim, count;

  Tensor forward(const Tensor& x, const Tensor& places) const {
    const Tensor at = places.contiguous();
    check_places(at, {dim, count}, x.shape(), "index");
    const Tensor y = make_tensor(looked_up(x.shape(), {dim, count}, at.shape()), x.dtype());
    kernels::take(x, {dim, count}, at, y);
    return y;
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const;

  Attributes attributes() const { return {{"dim", dim}, {"dims", count}}; }
  static Cases<Index> cases() {
    return Cases<Index>()
        .add({.make = with_index({3, 4}, {2, 0, -1, 2}, {4})}, {0, 1})
        .add({.make = with_index({2, 3, 2}, {1, 0, 5, 1}, {2, 2})}, {0, 2})
        .add({.make = with_index({2, 3, 2}, {1, 0, 5, 1}, {2, 2})}, {1, 2})
        .add({.make = with_index({2, 3, 2}, {11, 0, 5, 5, 3}, {5})}, {0, 3})
        .add({.make = with_index({2, 3}, {}, {0, 2})}, {1, 1})
        .add({.make = with_index({0, 3}, {1}, {1})}, {1, 1})
        .add({.make = with_index({}, {0, 0}, {2})}, {0, 0})
        .add({.make = with_index({2, 3}, {0, 3}, {2}),
              .error = "index: index 3 at position 1 is out of range for dim 1 of size 3"},
             {1, 1})
        .add({.make = with_index({2, 3}, {-7}, {1}), .error = "index -7 at position 0 is out of range"},
             {0, 2});
  }
};

/// y = x, with y[o, places[i...], inner] += v[o, i..., inner]. Adjoint of Index.
struct IndexAdd {
  static constexpr std::string_view name = "index_add";
  static constexpr Reads reads = Reads::input1;

  int dim, count;

  Tensor forward(Operand x, const Tensor& places, const Tensor& v) const {
    const Tensor y = owned(x);
    write(y, places, v);
    return y;
  }
  void write(const Tensor& y, const Tensor& places, const Tensor& v) const {
    check_places(places, {dim, count}, y.shape(), "index_add");
    kernels::add_at(y, {dim, count}, places, v);
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return g; });
    wrt(2, [&] { return reshape(record(Index{dim, count}, g, x[1]), wrt.shape(2)); });
  }

  Attributes attributes() const { return {{"dim", dim}, {"dims", count}}; }
  static Cases<IndexAdd> cases() {
    return Cases<IndexAdd>()
        .add({.make = with_index({3, 2}, {2, 0, 2, -1}, {4}, {4, 2})}, {0, 1})
        .add({.make = with_index({2, 3, 2}, {1, 0}, {2}, {2, 2, 2})}, {1, 1})
        .add({.make = with_index({2, 3, 2}, {5, 0, 5}, {3}, {3, 2})}, {0, 2})
        .add({.make = with_index({2, 3}, {}, {0}, {2, 0})}, {1, 1})
        .add({.make = with_index({}, {0}, {1}, {1})}, {0, 0})
        .add({.make = with_index({2, 3}, {2}, {1}, {1, 3}),
              .error = "index_add: index 2 at position 0 is out of range for dim 0 of size 2"},
             {0, 1});
  }
};

/// y = x, but for y[o, places[i...], inner] = v[o, i..., inner], the last of those that meet
struct IndexPut {
  static constexpr std::string_view name = "index_put";
  static constexpr Reads reads = Reads::input1;

  int dim, count;

  Tensor forward(Operand x, const Tensor& places, const Tensor& v) const {
    const Tensor y = owned(x);
    write(y, places, v);
    return y;
  }
  void write(const Tensor& y, const Tensor& places, const Tensor& v) const {
    check_places(places, {dim, count}, y.shape(), "index_put");
    kernels::put(y, {dim, count}, places, v);
  }
  void vjp(const Inputs& x, const Tensor&, Tensor g, Wrt& wrt) const {
    wrt(2, [&] { return reshape(record(Index{dim, count}, g, x[1]), wrt.shape(2)); });
    wrt(0, [&] { return record(*this, std::move(g), x[1], zeros(wrt.shape(2), {.dtype = wrt.dtype(0)})); });
  }

  Attributes attributes() const { return {{"dim", dim}, {"dims", count}}; }
  static Cases<IndexPut> cases() {
    return Cases<IndexPut>()
        .add({.make = with_index({3, 2}, {2, -3}, {2}, {2, 2})}, {0, 1})
        .add({.make = with_index({2, 3, 2}, {1, 0}, {2}, {2, 2, 2})}, {1, 1})
        .add({.make = with_index({2, 3, 2}, {5, 0, 2}, {3}, {3, 2})}, {0, 2})
        .add({.make = with_index({2, 3}, {}, {0}, {2, 0})}, {1, 1})
        .add({.make = with_index({}, {0}, {1}, {1})}, {0, 0})
        .add({.make = with_index({2, 3}, {2}, {1}, {1, 3}),
              .error = "index_put: index 2 at position 0 is out of range for dim 0 of size 2"},
             {0, 1});
  }
};

void Index::vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
  wrt(
      0,
      [&] {
        return record(IndexAdd{dim, count}, zeros(wrt.shape(0), {.dtype = wrt.dtype(0)}), x[1], g);
      },
      [&](const Tensor& sum) {
        IndexAdd{dim, count}.write(sum, x[1].contiguous(), g.contiguous());
      });
}

}  // namespace

namespace detail {

Tensor as_index(const Tensor& index, std::string_view op) {
  if (index.dtype() == kInt64) return index;
  check(is_integral(index.dtype()) && index.dtype() != kUInt8, "{}: the index is {}; expected int64", op,
        index.dtype());
  return index.to(kInt64);
}

Tensor take_places(const Tensor& x, IndexedDims dims, const Tensor& places) {
  return record(Index{dims.first, dims.count}, x, places);
}

Tensor put_places(Operand x, IndexedDims dims, const Tensor& places, const Tensor& v, bool accumulate) {
  if (accumulate) return record(IndexAdd{dims.first, dims.count}, x, places, v);
  return record(IndexPut{dims.first, dims.count}, x, places, v);
}

const Tensor& put_places_(const Tensor& x, IndexedDims dims, const Tensor& places, const Tensor& v,
                          bool accumulate, const char* op) {
  if (accumulate) return part_in_place(x, op, IndexAdd{dims.first, dims.count}, places, v);
  return part_in_place(x, op, IndexPut{dims.first, dims.count}, places, v);
}

Tensor as_values(const Tensor& v, const Tensor& x, std::string_view op) {
  check(category_of(v.dtype()) <= category_of(x.dtype()),
        "{}: the values are {}; a {} tensor cannot hold them", op, v.dtype(), x.dtype());
  return v.to(x.dtype());
}

}  // namespace detail
}  // namespace xtape
