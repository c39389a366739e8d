// The way back from one-hot rows, which believes nothing.
#include "datasets/labels.hpp"

#include "autograd/ops/create.hpp"

namespace xtape::datasets {

namespace {

template <class T>
std::int64_t label_of(const T* row, std::int64_t classes, std::int64_t number) {
  std::int64_t label = -1;
  for (std::int64_t i = 0; i < classes; ++i) {
    if (row[i] == T(0)) continue;
    check(row[i] == T(1), "from_one_hot: row {} holds {} at position {}; expected zeros and a single 1",
          number, row[i], i);
    check(label < 0, "from_one_hot: row {} has a 1 at positions {} and {}; expected a single 1", number,
          label, i);
    label = i;
  }
  check(label >= 0, "from_one_hot: row {} holds zeros alone; expected a single 1", number);
  return label;
}

}  // namespace

Tensor from_one_hot(const Tensor& rows) {
  check(rows.dim() > 0, "from_one_hot: a 0-d tensor has no classes; expected {{..., classes}}");
  const Tensor source = rows.detach().contiguous();
  const std::int64_t classes = source.size(-1);
  Shape shape;
  for (int d = 0; d < source.dim() - 1; ++d) shape.push_back(source.size(d));
  Tensor labels = xtape::detail::make_tensor(shape, kInt64);
  auto* label = labels.data<std::int64_t>();
  xtape::detail::visit(source.dtype(), [&](auto zero) {
    const auto* row = source.data<decltype(zero)>();
    for (std::int64_t n = 0; n < labels.numel(); ++n, row += classes) label[n] = label_of(row, classes, n);
  });
  return labels;
}

}  // namespace xtape::datasets
