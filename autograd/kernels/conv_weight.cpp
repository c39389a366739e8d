// The weight's gradient of a convolution: outer products, or dots for few filters, of spread images.
#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

#include "autograd/base/parallel.hpp"
#include "autograd/kernels/buffer.hpp"
#include "autograd/kernels/conv_spread.hpp"
#include "autograd/kernels/row_pairs.hpp"
#include "autograd/kernels/simd/conv_table.hpp"
#include "autograd/kernels/simd/table.hpp"

namespace xtape::kernels {

using namespace detail;

namespace {

/// Some places of g {filters, places} in panels {places, two registers of filters}, the last perhaps of one.
template <class T>
class TurnedGradient {
 public:
  TurnedGradient(std::int64_t filters, std::int64_t places)
      : filters_(filters),
        register_(conv_simd<T>().batch),
        panel_(places * width()),
        numbers_(static_cast<std::size_t>(pieces(lanes(), width()) * panel_), T(0)) {}

  std::int64_t width() const { return 2 * register_; }  ///< filters of a panel
  std::int64_t lanes() const { return pieces(filters_, register_) * register_; }
  std::int64_t lanes_of(std::int64_t o) const { return std::min(width(), lanes() - o); }
  std::int64_t panel() const { return panel_; }  ///< numbers from one to the next
  std::int64_t size() const { return std::ssize(numbers_); }
  T* data() { return numbers_.data(); }

  /// Filters of `from` lie from_row apart.
  void turn(const T* from, std::int64_t from_row, std::int64_t places) {
    for (std::int64_t o = 0; o < filters_; o += width()) {
      conv_simd<T>().turn({.rows = std::min(width(), filters_ - o),
                           .columns = places,
                           .from = from + o * from_row,
                           .from_row = from_row,
                           .to = numbers_.data() + o / width() * panel_,
                           .to_row = lanes_of(o)});
    }
  }

 private:
  std::int64_t filters_, register_, panel_;
  Buffer<T> numbers_;
};

/// sums {terms, lanes} += what places see of one image, times g {filters, places}.
template <class T>
class WeightSums {
 public:
  WeightSums(const Spread& spread, std::int64_t filters)
      : spread_(spread),
        filters_(filters),
        width_(conv_simd<T>().batch),
        rows_(std::max<std::int64_t>(1, (by_dots() ? kDotPlaces : kPlaces) / spread.columns().places())),
        source_(static_cast<std::size_t>(reads_image() ? 0 : spread.size()), T(0)),
        turned_(by_dots() ? 0 : filters, rows_ * spread.columns().places()) {}

  std::int64_t size() const { return spread_.terms() * lanes(); }

  void add_image(const T* image, const T* g, T* sums) {
    if (!reads_image()) spread_.copy(image, source_.data());
    const T* source = reads_image() ? image : source_.data();
    for (std::int64_t row = 0; row < spread_.rows().places(); row += rows_)
      add_rows(source, row, std::min(rows_, spread_.rows().places() - row), g, sums);
  }

  /// The weight's gradient of filter o.
  void write(const T* sums, std::int64_t o, T* to) const {
    for (std::int64_t l = 0; l < spread_.terms(); ++l) to[l] = sums[at(l, o)];
  }

 private:
  static constexpr std::int64_t kPlaces = 128;      // whose products are added one by one
  static constexpr std::int64_t kDotPlaces = 1024;  // the same in each lane of a register

  /// Few filters would leave most of a register empty.
  bool by_dots() const { return filters_ * 4 <= width_; }
  /// Dots may read beyond the last place, where an image may end.
  bool reads_image() const { return spread_.is_source() && !by_dots(); }
  /// Of one term's sums: as many as filters, or whole registers of them.
  std::int64_t lanes() const { return by_dots() ? filters_ : turned_.lanes(); }
  /// Where sums(l, o) stands.
  std::int64_t at(std::int64_t l, std::int64_t o) const {
    return by_dots() ? o * spread_.terms() + l : l * lanes() + o;
  }

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
    turned_.turn(first, spread_.places(), count * columns);
    conv_simd<T>().add_outer({terms, lanes(), count, columns, source, spread_.offsets(), pitch,
                              turned_.data(), turned_.panel(), columns, 0, sums});
  }

  const Spread& spread_;
  std::int64_t filters_, width_, rows_;
  Buffer<T> source_;
  TurnedGradient<T> turned_;
};

/// The same for kernels of three rows, by pairs of rows of g: sums {4, terms, lanes} of t times
/// (g[0], g[0] + g[1], g[0] - g[1], g[1]).
template <class T>
class PairedWeightSums {
 public:
  PairedWeightSums(const PairedSpread& spread, std::int64_t rows_of_g, std::int64_t filters)
      : spread_(spread),
        rows_of_g_(rows_of_g),
        pairs_(std::max<std::int64_t>(1, kPlaces / spread.columns().places())),
        source_(spread.buffer<T>()),
        turned_(filters, 2 * pairs_ * spread.columns().places()),
        sum_(static_cast<std::size_t>(turned_.size() / 2)),
        difference_(sum_.size()) {}

  std::int64_t size() const { return 4 * part(); }

  void add_image(const T* image, const T* g, T* sums) {
    spread_.copy(image, source_.data());
    for (std::int64_t pair = 0; pair < spread_.rows().places(); pair += pairs_)
      add_pairs(pair, std::min(pairs_, spread_.rows().places() - pair), g, sums);
  }

  void write(const T* sums, std::int64_t o, T* to) const {
    const std::int64_t columns = std::ssize(spread_.columns().taps()), lanes = turned_.lanes();
    for (std::int64_t l = 0; l < spread_.terms(); ++l) {
      const T* m = sums + l * lanes + o;
      const T ends = (m[part()] + m[2 * part()]) / 2;
      T* at = to + l / columns * 3 * columns + l % columns;
      at[0] = m[0] + ends;
      at[columns] = (m[part()] - m[2 * part()]) / 2;
      at[2 * columns] = ends - m[3 * part()];
    }
  }

 private:
  static constexpr std::int64_t kPlaces = 64;

  std::int64_t part() const { return spread_.terms() * turned_.lanes(); }

  void add_pairs(std::int64_t pair, std::int64_t count, const T* g, T* sums) {
    const std::int64_t columns = spread_.columns().places(), pitch = spread_.columns().length(),
                       rows = std::min(2 * count, rows_of_g_ - 2 * pair);
    turned_.turn(g + 2 * pair * columns, rows_of_g_ * columns, rows * columns);
    T* first = turned_.data();
    for (std::int64_t o = 0; o < turned_.lanes(); o += turned_.width()) {
      const std::int64_t line = columns * turned_.lanes_of(o), begin = o / turned_.width() * turned_.panel();
      if (rows < 2 * count) std::fill_n(first + begin + rows * line, line, T(0));
      for (std::int64_t i = 0; i < count; ++i) {
        const T* row = first + begin + 2 * i * line;
        const std::int64_t to = begin / 2 + i * line;
        conv_simd<T>().sum_and_difference({line, row, row + line, sum_.data() + to, difference_.data() + to});
      }
    }
    const T* source = source_.data() + pair * pitch;
    const std::int64_t panel = turned_.panel();
    const auto add = [&](std::size_t i, const T* of_g, std::int64_t g_panel, std::int64_t g_row,
                         std::int64_t g_first = 0) {
      conv_simd<T>().add_outer({spread_.terms(), turned_.lanes(), count, columns, source, spread_.offsets(i),
                                pitch, of_g, g_panel, g_row, g_first,
                                sums + static_cast<std::int64_t>(i) * part()});
    };
    add(0, first, panel, 2 * columns);
    add(1, sum_.data(), panel / 2, columns);
    add(2, difference_.data(), panel / 2, columns);
    add(3, first, panel, 2 * columns, columns);
  }

  const PairedSpread& spread_;
  std::int64_t rows_of_g_, pairs_;
  Buffer<T> source_;
  TurnedGradient<T> turned_;
  Buffer<T> sum_, difference_;
};

/// Images are added up in chunks, and the chunks in a tree of their numbers.
template <class T, class Sums>
void add_images(const Tensor& x, const Tensor& g, std::int64_t groups, const Sums& none,
                const Tensor& dweight) {
  const std::int64_t images = x.shape()[0], filters = dweight.shape()[0] / groups, size = none.size(),
                     terms = dweight.numel() / dweight.shape()[0], places = g.shape()[2] * g.shape()[3];
  const std::int64_t most = std::clamp<std::int64_t>((1 << 19) / (groups * size), 2, 16);  // 2 MB of sums
  const std::int64_t chunk = std::max<std::int64_t>(8, pieces(images, most)), chunks = pieces(images, chunk);
  Buffer<T> sums(static_cast<std::size_t>(std::max<std::int64_t>(1, chunks) * groups * size), T(0));
  // A task is a chunk of images and some groups, which lie side by side in each of them.
  const std::int64_t work = chunk * places * filters * terms, together = std::min(groups, conv_grain(work)),
                     blocks = pieces(groups, together),
                     of_x = x.numel() / std::max<std::int64_t>(1, images * groups);
  parallel_for(chunks * blocks, conv_grain(work * together), [&](std::int64_t task, std::int64_t last) {
    Sums add = none;
    for (; task < last; ++task) {
      const std::int64_t part = task / blocks, first = task % blocks * together;
      for (std::int64_t n = part * chunk; n < std::min(images, (part + 1) * chunk); ++n) {
        for (std::int64_t group = first; group < std::min(groups, first + together); ++group) {
          const std::int64_t image = n * groups + group;
          add.add_image(x.data<T>() + image * of_x, g.data<T>() + image * filters * places,
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
  for (std::int64_t o = 0; o < dweight.shape()[0]; ++o)
    none.write(sums.data() + o / filters * size, o % filters, dweight.data<T>() + o * terms);
}

template <class T>
void weight_gradient(const Tensor& x, const Tensor& g, const ConvGeometry& geometry, const Tensor& dweight) {
  const Spread spread = forward_spread(geometry, x.shape(), dweight.shape(), {g.shape()[2], g.shape()[3]});
  const std::int64_t channels = dweight.shape()[1], filters = dweight.shape()[0] / geometry.groups;
  if constexpr (std::is_same_v<T, float>) {
    if (can_go_in_pairs(geometry, spread, filters) && x.shape()[0] * spread.places() >= 256 &&
        pays_in_pairs(g.shape()[2], pieces(g.shape()[2], 2))) {
      const PairedSpread pairs(channels, -geometry.padding[0], x.shape()[2], g.shape()[2], spread.columns());
      add_images<T>(x, g, geometry.groups, PairedWeightSums<T>(pairs, g.shape()[2], filters), dweight);
      const T* to = dweight.data<T>();
      if (std::all_of(to, to + dweight.numel(), [](T w) { return std::isfinite(w); })) return;
    }
  }
  add_images<T>(x, g, geometry.groups, WeightSums<T>(spread, filters), dweight);
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
