// One pass over a dataset in batches; a subtraction.
#include "datasets/transforms/mean_image.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "autograd/graph/grad_mode.hpp"
#include "autograd/ops/arithmetic.hpp"
#include "autograd/ops/create.hpp"

namespace xtape::datasets {

namespace {

/// Adds the rows of {n, ...} to `sums`, which holds one number for each element of a row.
void add_rows(const Tensor& batch, std::vector<double>& sums) {
  const Tensor source = batch.contiguous();
  xtape::detail::visit(source.dtype(), [&](auto zero) {
    const auto* value = source.data<decltype(zero)>();
    for (std::int64_t row = 0; row < source.size(0); ++row) {
      for (double& sum : sums) sum += static_cast<double>(*value++);
    }
  });
}

Shape row_shape(const Tensor& batch) {
  Shape shape;
  for (int d = 1; d < batch.dim(); ++d) shape.push_back(batch.size(d));
  return shape;
}

}  // namespace

Tensor mean_image(const Dataset& dataset) {
  const std::int64_t size = dataset.size(), step = 256;
  check(size > 0, "mean_image: the dataset is empty");
  NoGradGuard no_grad;
  Generator generator(0);
  Shape shape;
  DType dtype = kFloat32;
  std::vector<double> sums;
  for (std::int64_t first = 0; first < size; first += step) {
    std::vector<std::int64_t> indices(static_cast<std::size_t>(std::min(step, size - first)));
    std::iota(indices.begin(), indices.end(), first);
    const Tensor batch = dataset.get_batch(indices, generator).data;
    check(batch.defined() && batch.dim() > 0 && batch.size(0) == std::ssize(indices),
          "mean_image: the dataset gave {} for {} examples; expected as many",
          batch.defined() ? batch.shape() : Shape(), indices.size());
    if (first == 0) {
      shape = row_shape(batch);
      dtype = batch.dtype() == kFloat64 ? kFloat64 : kFloat32;
      sums.resize(static_cast<std::size_t>(batch.numel() / batch.size(0)));
    }
    check(row_shape(batch) == shape, "mean_image: examples of shapes {} and {}; expected one shape", shape,
          row_shape(batch));
    add_rows(batch, sums);
  }
  for (double& sum : sums) sum /= static_cast<double>(size);
  return from_vector(sums, shape).to(dtype);
}

SubtractMean::SubtractMean(const Tensor& mean) {
  check(mean.defined(), "SubtractMean: no mean image; expected what mean_image gives");
  check(is_floating(mean.dtype()), "SubtractMean: a mean of {}; expected float32 or float64", mean.dtype());
  mean_ = mean.detach().clone();
}

Tensor SubtractMean::operator()(const Tensor& images) const {
  const Shape &x = images.shape(), &mean = mean_.shape();
  bool fits = mean.size() <= x.size();
  for (int d = 1; fits && d <= mean.size(); ++d) {
    fits = mean[mean.size() - d] == x[x.size() - d] || mean[mean.size() - d] == 1;
  }
  check(fits, "SubtractMean: a mean of shape {} does not fit images of shape {}", mean, x);
  NoGradGuard no_grad;
  return images - mean_;
}

}  // namespace xtape::datasets
