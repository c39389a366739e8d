// Convolutions as products of a weight and blocks of patches, by the loops for small products: a block of 64
// terms of a panel of places stays in the first cache.
#include "autograd/kernels/conv.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/patches.hpp"
#include "autograd/kernels/simd/table.hpp"
#include "autograd/kernels/spread.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

constexpr std::int64_t kTerms = 64;   // of a block of patches: as many as the products' loops add at a time
constexpr std::int64_t kPlaces = 96;  // of a panel; a whole number of tiles

template <class T>
struct Panel {
  alignas(64) T data[kTerms * kPlaces];
};

std::int64_t pieces(std::int64_t n, std::int64_t size) { return (n + size - 1) / size; }

/// How many things of so many multiplications are worth waking a thread.
std::int64_t grain(std::int64_t multiplications) {
  return std::max<std::int64_t>(1, (1 << 20) / std::max<std::int64_t>(1, multiplications));
}

/// Terms [top, top + count) of the places [begin, end): in the source itself, or copied to the panel.
template <class T>
StridedMatrix<T> block(const Patches& of, const T* source, std::int64_t top, std::int64_t count,
                       std::int64_t begin, std::int64_t end, Panel<T>& panel) {
  if (of.is_source()) return {source + top * of.places() + begin, of.places(), 1};
  copy_patches(of, source, top, count, begin, end, panel.data, end - begin);
  return {panel.data, end - begin, 1};
}

/// Where the places of a result stand in a plane of it.
struct Destination {
  std::int64_t first, row_step, column_step, plane;
};

/// Copies what stands in the chunks [chunk, chunk + count) of c to its place in one channel.
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
    parallel_for(images * groups, grain(rows * spread.terms() * spread.places()),
                 [&](std::int64_t begin, std::int64_t end) { run(begin, end); });
  }

 private:
  void run(std::int64_t begin, std::int64_t end) const {
    constexpr std::int64_t panel = 256;  // places of c that are computed before they are copied
    constexpr std::int64_t c_row =
        panel + 16;  // rows a power of two apart would share few lines of the cache
    const std::int64_t width = simd<T>().batch, at_once = panel / width;
    const Chunks chunks(spread.rows(), spread.columns(), width);
    std::vector<T> source_spread(static_cast<std::size_t>(spread.size())),
        c(static_cast<std::size_t>(rows * c_row));
    for (std::int64_t image = begin; image < end; ++image) {
      spread.copy(source + image * spread.source_size(), source_spread.data());
      for (std::int64_t chunk = 0; chunk < chunks.count(); chunk += at_once) {
        const std::int64_t count = std::min(at_once, chunks.count() - chunk), group = image % groups;
        simd<T>().correlate({.rows = rows,
                             .terms = spread.terms(),
                             .chunks = count,
                             .a = a + group * rows * spread.terms(),
                             .a_row = spread.terms(),
                             .source = source_spread.data(),
                             .offsets = spread.offsets(),
                             .positions = chunks.positions() + chunk,
                             .bias = bias == nullptr ? nullptr : bias + group * rows,
                             .c = c.data(),
                             .c_row = c_row});
        for (std::int64_t i = 0; i < rows; ++i) {
          copy_out(c.data() + i * c_row, chunk * width, (chunk + count) * width, spread, chunks.pitch(), to,
                   y + (image * rows + i) * to.plane);
        }
      }
    }
  }
};

/// What the places of a result read of one axis of x.
PatchAxis forward_axis(const ConvGeometry& geometry, std::size_t axis, std::int64_t source,
                       std::int64_t places, std::int64_t kernel) {
  PatchAxis result(source, places, geometry.stride[axis]);
  for (std::int64_t k = 0; k < kernel; ++k)
    result.add_tap(k * geometry.dilation[axis] - geometry.padding[axis]);
  return result;
}

Patches forward_patches(const ConvGeometry& geometry, const Shape& x, const PlaneSize& places,
                        const PlaneSize& kernel) {
  return {x[1] / geometry.groups, forward_axis(geometry, 0, x[2], places[0], kernel[0]),
          forward_axis(geometry, 1, x[3], places[1], kernel[1])};
}

SpreadAxis forward_spread(const ConvGeometry& geometry, std::size_t axis, std::int64_t source,
                          std::int64_t places, std::int64_t kernel) {
  std::vector<std::int64_t> taps;
  for (std::int64_t k = 0; k < kernel; ++k)
    taps.push_back(k * geometry.dilation[axis] - geometry.padding[axis]);
  return {source, places, geometry.stride[axis], std::move(taps)};
}

template <class T>
void forward(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvGeometry& geometry,
             const Tensor& y) {
  const auto along = [&](std::size_t axis) {
    const int dim = static_cast<int>(axis) + 2;
    return forward_spread(geometry, axis, x.shape()[dim], y.shape()[dim], weight.shape()[dim]);
  };
  const Spread spread(weight.shape()[1], along(0), along(1));
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

/// c {terms, filters} += patches g^T over all places of one image, for the terms [top, top + count).
template <class T>
void add_image(const Patches& of, const T* source, const T* g, std::int64_t filters, std::int64_t top,
               std::int64_t count, T* c) {
  Panel<T> panel;
  const std::int64_t places = of.places();
  for (std::int64_t begin = 0; begin < places; begin += kPlaces) {
    const std::int64_t end = std::min(places, begin + kPlaces);
    simd<T>().gemm({.m = count,
                    .n = filters,
                    .k = end - begin,
                    .a = block(of, source, top, count, begin, end, panel),
                    .b = {g + begin, 1, places},
                    .start = c,
                    .start_row = filters,
                    .c = c,
                    .c_row = filters});
  }
}

/// Images are added up in chunks, and the chunks in a tree of their numbers.
template <class T>
void weight_gradient(const Tensor& x, const Tensor& g, const ConvGeometry& geometry, const Tensor& dweight) {
  const Shape& shape = dweight.shape();
  const Patches patches =
      forward_patches(geometry, x.shape(), {g.shape()[2], g.shape()[3]}, {shape[2], shape[3]});
  const std::int64_t images = x.shape()[0], groups = geometry.groups, filters = shape[0] / groups,
                     terms = patches.terms(), blocks = pieces(terms, kTerms);
  const std::int64_t chunk = std::max<std::int64_t>(8, pieces(images, 16)), chunks = pieces(images, chunk);
  const std::int64_t size = groups * terms * filters;
  std::vector<T> sums(static_cast<std::size_t>(std::max<std::int64_t>(1, chunks) * size));
  const auto run = [&](std::int64_t task, std::int64_t last) {
    for (; task < last; ++task) {
      const std::int64_t part = task / (groups * blocks), group = task / blocks % groups,
                         top = task % blocks * kTerms;
      T* c = sums.data() + part * size + (group * terms + top) * filters;
      for (std::int64_t n = part * chunk; n < std::min(images, (part + 1) * chunk); ++n) {
        const std::int64_t image = n * groups + group;
        add_image(patches, x.data<T>() + image * patches.channels * patches.source_size(),
                  g.data<T>() + image * filters * patches.places(), filters, top,
                  std::min(kTerms, terms - top), c);
      }
    }
  };
  parallel_for(chunks * groups * blocks, grain(chunk * patches.places() * filters * std::min(kTerms, terms)),
               run);
  for (std::int64_t step = 1; step < chunks; step *= 2) {
    for (std::int64_t part = 0; part + step < chunks; part += 2 * step)
      simd<T>().add_scaled(sums.data() + (part + step) * size, sums.data() + part * size, size, T(1));
  }
  T* to = dweight.data<T>();
  for (std::int64_t o = 0; o < shape[0]; ++o) {
    const T* column = sums.data() + o / filters * terms * filters + o % filters;
    for (std::int64_t i = 0; i < terms; ++i) to[o * terms + i] = column[i * filters];
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

Tensor conv_weight(const Tensor& x, const Tensor& g, const ConvGeometry& geometry, const PlaneSize& size) {
  const Tensor dweight =
      make_tensor({g.shape()[1], x.shape()[1] / geometry.groups, size[0], size[1]}, x.dtype());
  if (dweight.numel() > 0)
    visit_floating(x.dtype(), "conv",
                   [&](auto zero) { weight_gradient<decltype(zero)>(x, g, geometry, dweight); });
  return dweight;
}

}  // namespace xtape::kernels
