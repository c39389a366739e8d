// The weight's gradient of a convolution: outer products, or dots for few filters, of spread images.
#include <algorithm>
#include <vector>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/conv_spread.hpp"
#include "autograd/kernels/simd/conv_table.hpp"
#include "autograd/kernels/simd/table.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

/// sums {terms, lanes} += what places see of one image, times g {filters, places}.
template <class T>
class WeightSums {
 public:
  WeightSums(const Spread& spread, std::int64_t filters)
      : spread_(spread),
        filters_(filters),
        width_(conv_simd<T>().batch),
        rows_(std::max<std::int64_t>(1, (by_dots() ? kDotPlaces : kPlaces) / spread.columns().places())),
        source_(static_cast<std::size_t>(reads_image() ? 0 : spread.size())),
        panel_(rows_ * spread.columns().places() * 2 * width_),
        turned_(static_cast<std::size_t>(by_dots() ? 0 : pieces(lanes(), 2 * width_) * panel_)) {}

  /// Of one term's sums: as many as filters, or whole registers of them.
  std::int64_t lanes() const { return by_dots() ? filters_ : pieces(filters_, width_) * width_; }
  /// Where sums(l, o) stands.
  std::int64_t at(std::int64_t l, std::int64_t o) const {
    return by_dots() ? o * spread_.terms() + l : l * lanes() + o;
  }

  void add_image(const T* image, const T* g, T* sums) {
    if (!reads_image()) spread_.copy(image, source_.data());
    const T* source = reads_image() ? image : source_.data();
    for (std::int64_t row = 0; row < spread_.rows().places(); row += rows_)
      add_rows(source, row, std::min(rows_, spread_.rows().places() - row), g, sums);
  }

 private:
  static constexpr std::int64_t kPlaces = 128;      // whose products are added one by one
  static constexpr std::int64_t kDotPlaces = 1024;  // the same in each lane of a register

  /// Few filters would leave most of a register empty.
  bool by_dots() const { return filters_ * 4 <= width_; }
  /// Dots may read beyond the last place, where an image may end.
  bool reads_image() const { return spread_.is_source() && !by_dots(); }

  void add_rows(const T* image, std::int64_t row, std::int64_t count, const T* g, T* sums) {
    const std::int64_t columns = spread_.columns().places(), terms = spread_.terms(),
                       pitch = spread_.columns().length();
    const T *source = image + row * pitch, *first = g + row * columns;
    if (by_dots()) {
      for (std::int64_t o = 0; o < filters_; ++o) {
        conv_simd<T>().add_dots({terms, count, columns, source, spread_.offsets(), pitch,
                                 first + o * spread_.places(), sums + at(0, o)});
      }
      return;
    }
    turn(first, count * columns);
    conv_simd<T>().add_outer(
        {terms, lanes(), count, columns, source, spread_.offsets(), pitch, turned_.data(), panel_, sums});
  }

  /// g {filters, places} to panels {places, two registers of filters}, the last perhaps of one.
  void turn(const T* g, std::int64_t places) {
    for (std::int64_t o = 0; o < filters_; o += 2 * width_) {
      conv_simd<T>().turn({.rows = std::min(2 * width_, filters_ - o),
                           .columns = places,
                           .from = g + o * spread_.places(),
                           .from_row = spread_.places(),
                           .to = turned_.data() + o / (2 * width_) * panel_,
                           .to_row = std::min(2 * width_, lanes() - o)});
    }
  }

  const Spread& spread_;
  std::int64_t filters_, width_, rows_;
  std::vector<T> source_;
  std::int64_t panel_;  // of turned_
  std::vector<T> turned_;
};

/// Images are added up in chunks, and the chunks in a tree of their numbers.
template <class T>
void weight_gradient(const Tensor& x, const Tensor& g, const ConvGeometry& geometry, const Tensor& dweight) {
  const Spread spread = forward_spread(geometry, x.shape(), dweight.shape(), {g.shape()[2], g.shape()[3]});
  const std::int64_t images = x.shape()[0], groups = geometry.groups, filters = dweight.shape()[0] / groups,
                     terms = spread.terms();
  const WeightSums<T> layout(spread, filters);
  const std::int64_t size = terms * layout.lanes();
  const std::int64_t most = std::clamp<std::int64_t>((1 << 19) / (groups * size), 2, 16);  // 2 MB of sums
  const std::int64_t chunk = std::max<std::int64_t>(8, pieces(images, most)), chunks = pieces(images, chunk);
  std::vector<T> sums(static_cast<std::size_t>(std::max<std::int64_t>(1, chunks) * groups * size));
  // A task is a chunk of images and some groups, which lie side by side in each of them.
  const std::int64_t work = chunk * spread.places() * filters * terms,
                     together = std::min(groups, conv_grain(work)), blocks = pieces(groups, together);
  parallel_for(chunks * blocks, conv_grain(work * together), [&](std::int64_t task, std::int64_t last) {
    WeightSums<T> add(spread, filters);
    for (; task < last; ++task) {
      const std::int64_t part = task / blocks, first = task % blocks * together;
      for (std::int64_t n = part * chunk; n < std::min(images, (part + 1) * chunk); ++n) {
        for (std::int64_t group = first; group < std::min(groups, first + together); ++group) {
          const std::int64_t image = n * groups + group;
          add.add_image(x.data<T>() + image * spread.source_size(),
                        g.data<T>() + image * filters * spread.places(),
                        sums.data() + (part * groups + group) * size);
        }
      }
    }
  });
  for (std::int64_t step = 1; step < chunks; step *= 2) {
    for (std::int64_t part = 0; part + step < chunks; part += 2 * step) {
      simd<T>().add_scaled(sums.data() + (part + step) * groups * size, sums.data() + part * groups * size,
                           groups * size, T(1));
    }
  }
  T* to = dweight.data<T>();
  for (std::int64_t o = 0; o < dweight.shape()[0]; ++o) {
    const T* from = sums.data() + o / filters * size;
    for (std::int64_t i = 0; i < terms; ++i) to[o * terms + i] = from[layout.at(i, o % filters)];
  }
}

}  // namespace

Tensor conv_weight(const Tensor& x, const Tensor& g, const ConvGeometry& geometry, const PlaneSize& size) {
  const Tensor dweight =
      make_tensor({g.shape()[1], x.shape()[1] / geometry.groups, size[0], size[1]}, x.dtype());
  if (dweight.numel() > 0)
    visit_floating(x.dtype(), "conv",
                   [&](auto zero) { weight_gradient<decltype(zero)>(x, g, geometry, dweight); });
  return dweight;
}

}  // namespace xtape::kernels
