// Values looked for and counted, which has no gradient.
#include "autograd/ops/search.hpp"

#include "autograd/graph/record.hpp"
#include "autograd/kernels/search.hpp"
#include "autograd/ops/detail/places.hpp"
#include "autograd/ops/detail/promotion.hpp"
#include "autograd/tensor/results.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

using std::int64_t;

/// {first, group_of, counts} of the rows of a {rows, columns}
struct GroupRows {
  static constexpr std::string_view name = "unique";

  bool runs_only;

  std::array<Tensor, 3> forward(const Tensor& x) const {
    const kernels::Groups groups = kernels::group_rows(x, runs_only);
    return {groups.first, groups.group_of, groups.counts};
  }
  Attributes attributes() const { return {{"consecutive", runs_only}}; }
  static Cases<GroupRows> cases() {
    const auto repeated = [] {
      return std::vector{tensor({{2.0, 1.0}, {0.5, 1.0}, {2.0, 1.0}, {2.0, 1.0}}, {.dtype = kFloat64})};
    };
    return Cases<GroupRows>()
        .add({.make = repeated}, {false})
        .add({.make = repeated}, {true})
        .add({.inputs = {{5, 1}}}, {false})
        .add({.inputs = {{0, 1}}}, {false});
  }
};

/// Sums by number
struct Bincount {
  static constexpr std::string_view name = "bincount";

  int64_t size;

  Tensor forward(const Tensor& x, const Tensor& weights) const { return kernels::bincount(x, weights, size); }
  Attributes attributes() const { return {{"size", size}}; }
  static Cases<Bincount> cases() {
    return Cases<Bincount>()
        .add({.make =
                  [] {
                    return std::vector{tensor({0, 2, 2}), tensor({1.0, 0.5, 2.0}, {.dtype = kFloat64})};
                  }},
             {4})
        .add({.make =
                  [] {
                    return std::vector{zeros({0}, {.dtype = kInt64}), zeros({0}, {.dtype = kFloat64})};
                  }},
             {0});
  }
};

/// Places in sorted rows
struct SearchSorted {
  static constexpr std::string_view name = "searchsorted";

  bool right;

  Tensor forward(const Tensor& sorted, const Tensor& values) const {
    return kernels::search_sorted(sorted, values, right);
  }
  Attributes attributes() const { return {{"right", right}}; }
  static Cases<SearchSorted> cases() {
    const auto inputs = [](const Shape& rows, const Shape& values) {
      return [=] {
        return std::vector{sort(rand(rows, {.dtype = kFloat64})).values, rand(values, {.dtype = kFloat64})};
      };
    };
    return Cases<SearchSorted>()
        .add({.make = inputs({5}, {2, 3})}, {false})
        .add({.make = inputs({2, 5}, {2, 3})}, {true})
        .add({.make = inputs({5}, {})}, {true});
  }
};

/// unique of x, or of its runs; along a dim of whole slices.
UniqueResult grouped(const Tensor& x, bool runs_only, bool inverse, bool counts, std::optional<Dim> dim,
                     const char* op) {
  const Tensor values = x.detach();
  const int at = dim ? wrap_dim(*dim, x.shape().size(), op) : 0;
  const bool by_slice = dim && x.dim() > 0;
  const Tensor slices = by_slice ? transpose(values, 0, at) : reshape(values, {-1});
  const int64_t rows = slices.shape()[0];
  const Tensor flat = slices.contiguous();
  const auto [first, group_of, count] =
      record(GroupRows{runs_only}, reshape(flat, {rows, rows == 0 ? 1 : flat.numel() / rows}));
  const Tensor output = index_select(flat, 0, first);
  return {by_slice ? transpose(output, 0, at).contiguous() : output,
          !inverse   ? Tensor()
          : by_slice ? group_of
                     : reshape(group_of, x.shape()),
          counts ? count : Tensor()};
}

/// -1 for nothing, so that a trace has one op.
Tensor counted(const Tensor& x, const Tensor& weights, int64_t minlength) {
  check(x.dim() == 1, "bincount: expected a 1-d tensor, got shape {}", x.shape());
  check(is_integral(x.dtype()), "bincount: the numbers are {}; expected integers", x.dtype());
  check(minlength >= 0, "bincount: minlength {} is negative", minlength);
  const Tensor numbers = x.to(kInt64).contiguous();
  int64_t greatest = -1;
  const int64_t* at = numbers.data<int64_t>();
  for (int64_t i = 0; i < numbers.numel(); ++i) {
    check(at[i] >= 0, "bincount: {} at position {} is negative", at[i], i);
    greatest = std::max(greatest, at[i]);
  }
  check(greatest < std::numeric_limits<int64_t>::max(), "bincount: {} asks for too many counts", greatest);
  const int64_t size = std::max(greatest + 1, minlength);
  if (!weights.defined())
    return record(Bincount{size}, numbers, ones({}, {.dtype = kInt64}).expand(numbers.shape()));
  check(weights.shape() == x.shape(), "bincount: weights of shape {} do not fit {}", weights.shape(),
        x.shape());
  const DType dtype = weights.dtype() == kFloat32 ? kFloat32 : kFloat64;
  return record(Bincount{size}, numbers, weights.detach().to(dtype));
}

}  // namespace

Tensor unique(const Tensor& x) { return unique(x, UniqueOptions{}).output; }

UniqueResult unique(const Tensor& x, const UniqueOptions& options) {
  const NoGradGuard no_grad;
  return grouped(x, false, options.return_inverse, options.return_counts, options.dim, "unique");
}

Tensor unique_consecutive(const Tensor& x) {
  return unique_consecutive(x, UniqueConsecutiveOptions{}).output;
}

UniqueResult unique_consecutive(const Tensor& x, const UniqueConsecutiveOptions& options) {
  const NoGradGuard no_grad;
  return grouped(x, true, options.return_inverse, options.return_counts, options.dim, "unique_consecutive");
}

Tensor bincount(const Tensor& x) { return bincount(x, Tensor()); }

Tensor bincount(const Tensor& x, const Tensor& weights, int64_t minlength) {
  if (is_traced()) [[unlikely]] {
    const std::vector<Tensor> inputs = weights.defined() ? std::vector{x, weights} : std::vector{x};
    return report("bincount", inputs, {{"minlength", minlength}},
                  [&] { return counted(x, weights, minlength); });
  }
  return counted(x, weights, minlength);
}

Tensor bincount(const Tensor& x, const BincountOptions& options) {
  return bincount(x, options.weights, options.minlength);
}

Tensor searchsorted(const Tensor& sorted_sequence, const Tensor& values) {
  return searchsorted(sorted_sequence, values, SearchSortedOptions{});
}

Tensor searchsorted(const Tensor& sorted_sequence, const Tensor& values, const SearchSortedOptions& options) {
  check(options.side.empty() || options.side == "left" || options.side == "right",
        "searchsorted: side is \"{}\"; expected \"left\" or \"right\"", options.side);
  const bool right = options.side.empty() ? options.right : options.side == "right";
  if (is_traced()) [[unlikely]]
    return report("searchsorted", {sorted_sequence, values}, {{"right", right}},
                  [&] { return searchsorted(sorted_sequence, values, options); });
  const Tensor sorted =
      options.sorter.defined() ? take_along_dim(sorted_sequence, options.sorter, -1) : sorted_sequence;
  const Shape &rows = sorted.shape(), &wanted = values.shape();
  check(rows.size() == 1 || (rows.size() == wanted.size() && rows.size() > 0 &&
                             std::equal(rows.begin(), rows.end() - 1, wanted.begin())),
        "searchsorted: values of shape {} do not fit a sequence of shape {}; expected the same sizes but for "
        "the "
        "last, or a 1-d sequence",
        wanted, rows);
  const DType dtype = result_type(sorted, values);
  const Tensor places = record(SearchSorted{right}, sorted.detach().to(dtype), values.detach().to(dtype));
  return options.out_int32 ? places.to(kInt32) : places;
}

Tensor searchsorted(const Tensor& sorted_sequence, Scalar value) {
  return searchsorted(sorted_sequence, value, SearchSortedOptions{});
}

Tensor searchsorted(const Tensor& sorted_sequence, Scalar value, const SearchSortedOptions& options) {
  const Tensor values = full({}, value, {.dtype = result_type(sorted_sequence, value)});
  check(sorted_sequence.dim() == 1, "searchsorted: a number needs a 1-d sequence, got shape {}",
        sorted_sequence.shape());
  return searchsorted(sorted_sequence, values, options);
}

Tensor bucketize(const Tensor& x, const Tensor& boundaries, const BucketizeOptions& options) {
  check(boundaries.dim() == 1, "bucketize: the boundaries have shape {}; expected one dim",
        boundaries.shape());
  return searchsorted(boundaries, x,
                      SearchSortedOptions{.right = options.right, .out_int32 = options.out_int32});
}

Tensor bucketize(Scalar x, const Tensor& boundaries, const BucketizeOptions& options) {
  check(boundaries.dim() == 1, "bucketize: the boundaries have shape {}; expected one dim",
        boundaries.shape());
  return searchsorted(boundaries, x,
                      SearchSortedOptions{.right = options.right, .out_int32 = options.out_int32});
}

}  // namespace xtape
