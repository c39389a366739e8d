// Convolutions and their input gradients as sums of shifted copies of spread images, by loops that are
// compiled for each instruction set.
#include "autograd/kernels/conv.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/conv_spread.hpp"
#include "autograd/kernels/simd/conv_table.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

/// Where the places of a result stand in a plane of it.
struct Destination {
  std::int64_t first, row_step, column_step, plane;
};

/// Copies the entries [begin, end) of the chunks, which `c` begins with, to their places in one channel.
template <class T>
void copy_out(const T* c, std::int64_t begin, std::int64_t end, const Spread& spread, std::int64_t pitch,
              const Destination& to, T* plane) {
  const std::int64_t columns = spread.columns().places(), rows = spread.rows().places();
  for (std::int64_t row = begin / pitch; row < rows && row * pitch < end; ++row) {
    const std::int64_t first = std::max(begin - row * pitch, std::int64_t{0}),
                       last = std::min(end - row * pitch, columns);
    const T* from = c + row * pitch - begin;
    T* line = plane + to.first + row * to.row_step;
    if (to.column_step == 1) {
      for (std::int64_t i = first; i < last; ++i) line[i] = from[i];
    } else {
      for (std::int64_t i = first; i < last; ++i) line[i * to.column_step] = from[i];
    }
  }
}

/// y = bias + a {groups, rows, terms} times what the places see of the images, group by group.
template <class T>
struct Correlations {
  const Spread& spread;
  std::int64_t images, groups, rows;
  const T *source, *a, *bias;  // the bias may be null
  Destination to;
  T* y;

  void run() const {
    const std::int64_t each = pieces(rows, blocks()), work = each * spread.terms() * spread.places();
    const Chunks chunks = writes_y() ? Chunks::in_place(spread, conv_simd<T>().batch)
                                     : Chunks::by_panels(spread, conv_simd<T>().batch);
    parallel_for(images * groups * blocks(), conv_grain(work),
                 [&](std::int64_t begin, std::int64_t end) { run(begin, end, chunks); });
  }

 private:
  static constexpr std::int64_t kBlock = 24;  // rows
  /// Of c; rows a power of two apart would share few lines of a cache.
  static constexpr std::int64_t kRow = Chunks::kPanel + 16;

  /// Few images are cut along the rows too; each block spreads its image again, which is little beside so
  /// many.
  std::int64_t blocks() const { return images * groups < 8 ? pieces(rows, kBlock) : 1; }

  /// Whether sums are done at once, so that they can be written to rows of y themselves.
  bool writes_y() const {
    return to.column_step == 1 && to.row_step == spread.columns().places() && spread.terms() <= 64 &&
           (spread.is_identity() ? spread.places() : spread.columns().places()) >= conv_simd<T>().batch;
  }

  /// Whether the image is its own spread, and no chunk reads beyond its end.
  bool reads_image() const {
    return spread.is_identity() && (writes_y() || spread.places() % conv_simd<T>().batch == 0);
  }

  void run(std::int64_t begin, std::int64_t end, const Chunks& chunks) const {
    std::vector<T> copy(static_cast<std::size_t>(reads_image() ? 0 : spread.size()));
    std::vector<T> c(static_cast<std::size_t>(writes_y() ? 0 : rows * kRow));
    for (std::int64_t task = begin; task < end; ++task) {
      const std::int64_t image = task / blocks(), block = task % blocks();
      const T* from = source + image * spread.source_size();
      if (!reads_image()) {
        spread.copy(from, copy.data());
        from = copy.data();
      }
      const std::int64_t first = block * kBlock, last = blocks() == 1 ? rows : std::min(rows, first + kBlock);
      correlate(image, first, last - first, from, chunks, c);
    }
  }

  void correlate(std::int64_t image, std::int64_t first, std::int64_t count_of_rows, const T* from,
                 const Chunks& chunks, std::vector<T>& c) const {
    const std::int64_t width = conv_simd<T>().batch, at_once = Chunks::kPanel / width, group = image % groups;
    const std::int64_t row = group * rows + first;
    T* planes = y + (image * rows + first) * to.plane;
    for (std::int64_t chunk = 0; chunk < chunks.count(); chunk += at_once) {
      const std::int64_t count = std::min(at_once, chunks.count() - chunk);
      conv_simd<T>().correlate({.rows = count_of_rows,
                                .terms = spread.terms(),
                                .chunks = count,
                                .a = a + row * spread.terms(),
                                .a_row = spread.terms(),
                                .source = from,
                                .offsets = spread.offsets(),
                                .positions = chunks.positions() + chunk,
                                .destinations = chunks.destinations() + chunk,
                                .bias = bias == nullptr ? nullptr : bias + row,
                                .c = c.empty() ? planes : c.data(),
                                .c_row = c.empty() ? to.plane : kRow});
      if (c.empty()) continue;
      for (std::int64_t i = 0; i < count_of_rows; ++i) {
        copy_out(c.data() + i * kRow, chunk * width, (chunk + count) * width, spread, chunks.pitch(), to,
                 planes + i * to.plane);
      }
    }
  }
};

template <class T>
void forward(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvGeometry& geometry,
             const Tensor& y) {
  const Spread spread = forward_spread(geometry, x.shape(), weight.shape(), {y.shape()[2], y.shape()[3]});
  const std::int64_t width = y.shape()[3];
  Correlations<T>{.spread = spread,
                  .images = x.shape()[0],
                  .groups = geometry.groups,
                  .rows = weight.shape()[0] / geometry.groups,
                  .source = x.data<T>(),
                  .a = weight.data<T>(),
                  .bias = bias.defined() ? bias.data<T>() : nullptr,
                  .to = {0, width, 1, spread.places()},
                  .y = y.data<T>()}
      .run();
}

/// The positions first, first + stride, ... of one axis of dx, which all read g through the same taps.
struct Phase {
  std::int64_t first;
  SpreadAxis axis;
  std::vector<std::int64_t> taps;  // their numbers in the kernel
};

std::vector<Phase> phases(const ConvGeometry& geometry, std::size_t axis, std::int64_t source,
                          std::int64_t positions, std::int64_t kernel) {
  const std::int64_t stride = geometry.stride[axis];
  std::vector<Phase> result;
  for (std::int64_t first = 0; first < std::min(stride, positions); ++first) {
    std::vector<std::int64_t> numbers, taps;
    for (std::int64_t k = 0; k < kernel; ++k) {
      const std::int64_t distance = first + geometry.padding[axis] - k * geometry.dilation[axis];
      if (distance % stride != 0) continue;
      taps.push_back(distance / stride);
      numbers.push_back(k);
    }
    result.push_back({first, SpreadAxis(source, pieces(positions - first, stride), 1, std::move(taps)),
                      std::move(numbers)});
  }
  return result;
}

/// {groups, C / groups, terms}: the weight as it stands before the patches of one phase.
template <class T>
std::vector<T> turned_weight(const Tensor& weight, std::int64_t groups, const Phase& down,
                             const Phase& right) {
  const Shape& shape = weight.shape();
  const std::int64_t filters = shape[0] / groups, channels = shape[1], area = shape[2] * shape[3];
  const T* from = weight.data<T>();
  std::vector<T> result;
  result.reserve(static_cast<std::size_t>(shape[0] * channels) * down.taps.size() * right.taps.size());
  for (std::int64_t group = 0; group < groups; ++group) {
    for (std::int64_t c = 0; c < channels; ++c) {
      for (std::int64_t o = group * filters; o < (group + 1) * filters; ++o) {
        for (const std::int64_t i : down.taps) {
          for (const std::int64_t j : right.taps)
            result.push_back(from[(o * channels + c) * area + i * shape[3] + j]);
        }
      }
    }
  }
  return result;
}

template <class T>
void input_phase(const Tensor& g, const Tensor& weight, const ConvGeometry& geometry, const Phase& down,
                 const Phase& right, const Tensor& dx) {
  const std::int64_t groups = geometry.groups, width = dx.shape()[3];
  const Spread spread(weight.shape()[0] / groups, down.axis, right.axis);
  const std::vector<T> turned = turned_weight<T>(weight, groups, down, right);
  Correlations<T>{.spread = spread,
                  .images = g.shape()[0],
                  .groups = groups,
                  .rows = weight.shape()[1],
                  .source = g.data<T>(),
                  .a = turned.data(),
                  .bias = nullptr,
                  .to = {down.first * width + right.first, geometry.stride[0] * width, geometry.stride[1],
                         dx.shape()[2] * width},
                  .y = dx.data<T>()}
      .run();
}

template <class T>
void input_gradient(const Tensor& g, const Tensor& weight, const ConvGeometry& geometry, const Tensor& dx) {
  const auto along = [&](std::size_t axis) {
    const int dim = static_cast<int>(axis) + 2;
    return phases(geometry, axis, g.shape()[dim], dx.shape()[dim], weight.shape()[dim]);
  };
  const std::vector<Phase> rights = along(1);
  for (const Phase& down : along(0)) {
    for (const Phase& right : rights) input_phase<T>(g, weight, geometry, down, right, dx);
  }
}

}  // namespace

Tensor conv(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvGeometry& geometry,
            const PlaneSize& size) {
  const Tensor y = make_tensor({x.shape()[0], weight.shape()[0], size[0], size[1]}, x.dtype());
  if (y.numel() > 0)
    visit_floating(x.dtype(), "conv",
                   [&](auto zero) { forward<decltype(zero)>(x, weight, bias, geometry, y); });
  return y;
}

Tensor conv_input(const Tensor& g, const Tensor& weight, const ConvGeometry& geometry,
                  const PlaneSize& size) {
  const std::int64_t channels = weight.shape()[1] * geometry.groups;
  const Tensor dx = make_tensor({g.shape()[0], channels, size[0], size[1]}, g.dtype());
  if (dx.numel() > 0)
    visit_floating(g.dtype(), "conv",
                   [&](auto zero) { input_gradient<decltype(zero)>(g, weight, geometry, dx); });
  return dx;
}

}  // namespace xtape::kernels
