// RandomCrop and RandomShift. Padding never happens in memory: rows and columns of the padded image are
// looked up in the original.
#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <string_view>

#include "datasets/transforms/detail/planes.hpp"
#include "datasets/transforms/transforms.hpp"

namespace xtape::datasets {

namespace {

constexpr std::int64_t kFill = -1;

enum class Mode { constant, edge, reflect, symmetric };

Mode mode_of(std::string_view name) {
  const auto names = {"constant", "edge", "reflect", "symmetric"};  // in the order of Mode
  const auto found = std::find(names.begin(), names.end(), name);
  check(found != names.end(), "RandomCrop: padding_mode '{}' is not constant, edge, reflect or symmetric",
        name);
  return static_cast<Mode>(found - names.begin());
}

/// Where position i of an axis of n finds its value when i lies outside: an index into the axis, or kFill.
std::int64_t outside(std::int64_t i, std::int64_t n, Mode mode) {
  if (mode == Mode::edge) return std::clamp<std::int64_t>(i, 0, n - 1);
  if (mode == Mode::reflect) return i < 0 ? -i : 2 * (n - 1) - i;
  if (mode == Mode::symmetric) return i < 0 ? -i - 1 : 2 * n - 1 - i;
  return kFill;
}

/// An axis of n pixels, padded once or several times. Nothing is stored for the padding, however wide it is.
class Axis {
 public:
  Axis(std::int64_t n, const RandomCropOptions& options)
      : n_(n), size_(n), mode_(mode_of(options.padding_mode)), name_(options.padding_mode) {}

  void pad(std::int64_t before, std::int64_t after) {
    const std::int64_t limit = mode_ == Mode::reflect ? size_ - 1 : size_;
    std::int64_t padded = 0;
    const bool is_too_long =
        __builtin_add_overflow(size_, before, &padded) || __builtin_add_overflow(padded, after, &padded);
    const bool has_source =
        mode_ == Mode::constant || (size_ > 0 && (mode_ == Mode::edge || std::max(before, after) <= limit));
    check(!is_too_long && has_source, "RandomCrop: {} padding of {} and {} is too much for {} pixels", name_,
          before, after, size_);
    paddings_.push_back({before, size_});
    begin_ += before;
    size_ = padded;
  }

  std::int64_t size() const { return size_; }

  /// Where the positions from `first` on lie in the original, or kFill.
  void look_up(std::int64_t first, std::span<std::int64_t> positions) const {
    const std::int64_t count = std::ssize(positions);
    const std::int64_t inside = std::clamp<std::int64_t>(begin_ - first, 0, count);
    const std::int64_t after = std::clamp<std::int64_t>(begin_ + n_ - first, inside, count);
    std::int64_t* out = positions.data();
    for (std::int64_t i = 0; i < inside; ++i) out[i] = at(first + i);
    std::iota(out + inside, out + after, first + inside - begin_);  // most, without a question for each
    for (std::int64_t i = after; i < count; ++i) out[i] = at(first + i);
  }

 private:
  struct Padding {
    std::int64_t before, n;  // n: the size of what was padded
  };

  std::int64_t at(std::int64_t i) const {
    for (auto p = paddings_.rbegin(); p != paddings_.rend() && i != kFill; ++p) {
      i -= p->before;
      if (i < 0 || i >= p->n) i = outside(i, p->n, mode_);
    }
    return i;
  }

  std::int64_t n_, begin_ = 0;  // the original, and where it begins
  std::int64_t size_;
  Mode mode_;
  std::string_view name_;
  std::vector<Padding> paddings_;
};

/// All positions that a crop of `wanted` may cover, for an axis of n pixels.
Axis padded_axis(std::int64_t n, std::int64_t before, std::int64_t after, std::int64_t wanted,
                 const RandomCropOptions& options) {
  Axis axis(n, options);
  axis.pad(before, after);
  const std::int64_t missing = wanted - axis.size();
  if (options.pad_if_needed && missing > 0) axis.pad(missing, missing);
  return axis;
}

/// {left, top, right, bottom} from one, two or four numbers.
std::array<std::int64_t, 4> four_sides(const Shape& padding) {
  check(padding.size() == 1 || padding.size() == 2 || padding.size() == 4,
        "RandomCrop: padding {} has {} numbers; expected 1, 2 or 4", padding, padding.size());
  for (std::int64_t side : padding) check(side >= 0, "RandomCrop: padding {} is negative", padding);
  const auto side = [&](int i) { return padding[i % padding.size()]; };
  return {side(0), side(1), side(2), side(3)};
}

/// The columns of a crop: where each lies in a row of the image, or kFill.
class Columns {
 public:
  Columns(const std::int64_t* at, std::int64_t count) : at_(at), count_(count) {
    while (first_ < count && at[first_] == kFill) ++first_;
    last_ = first_;
    while (last_ < count && at[last_] == at[first_] + last_ - first_) ++last_;
    is_run_ = std::all_of(at + last_, at + count, [](std::int64_t column) { return column == kFill; });
  }

  template <class T>
  void copy(const T* row, T* to, T fill) const {
    if (is_run_) {  // all that constant padding ever gives
      std::fill_n(to, first_, fill);
      if (first_ < last_) std::copy_n(row + at_[first_], last_ - first_, to + first_);
      std::fill_n(to + last_, count_ - last_, fill);
    } else {
      for (std::int64_t x = 0; x < count_; ++x) to[x] = at_[x] == kFill ? fill : row[at_[x]];
    }
  }

 private:
  const std::int64_t* at_;
  std::int64_t count_;
  std::int64_t first_ = 0, last_ = 0;  // the run of neighbours within the crop
  bool is_run_;
};

/// Copies the crop of one plane; `rows` and `columns` say where its lines and pixels lie.
template <class T>
T* copy_plane(const T* plane, std::int64_t width, std::span<const std::int64_t> rows, const Columns& columns,
              std::int64_t crop_width, T fill, T* to) {
  for (std::int64_t row : rows) {
    if (row == kFill) {
      std::fill_n(to, crop_width, fill);
    } else {
      columns.copy(plane + row * width, to, fill);
    }
    to += crop_width;
  }
  return to;
}

/// Crops every image of `source` into `out`, which holds something; `rows` and `columns` are those of the
/// padded image.
template <class T>
void crop_images(const Tensor& source, const Tensor& out, const Axis& rows, const Axis& columns, T fill,
                 Generator& generator) {
  const detail::Planes crop = detail::planes_of(out, "RandomCrop");
  const std::int64_t source_width = source.size(-1), source_plane = source.size(-2) * source_width;
  const auto free_rows = static_cast<std::uint64_t>(rows.size() - crop.height);
  const auto free_columns = static_cast<std::uint64_t>(columns.size() - crop.width);
  std::vector<std::int64_t> crop_rows(static_cast<std::size_t>(crop.height));
  std::vector<std::int64_t> crop_columns(static_cast<std::size_t>(crop.width));

  const T* from = source.data<T>();
  T* to = out.data<T>();
  for (std::int64_t n = 0; n < crop.count; ++n) {
    std::uint64_t top = 0, left = 0;
    if (free_rows > 0 || free_columns > 0) {
      top = generator.below(free_rows + 1);
      left = generator.below(free_columns + 1);
    }
    rows.look_up(static_cast<std::int64_t>(top), crop_rows);
    columns.look_up(static_cast<std::int64_t>(left), crop_columns);
    const Columns run(crop_columns.data(), crop.width);
    for (std::int64_t p = 0; p < crop.planes; ++p, from += source_plane) {
      to = copy_plane(from, source_width, crop_rows, run, crop.width, fill, to);
    }
  }
}

}  // namespace

RandomCrop::RandomCrop(const Shape& size, const RandomCropOptions& options) : options_(options) {
  check(size.size() == 1 || size.size() == 2,
        "RandomCrop: size {} has {} numbers; expected one, or height and width", size, size.size());
  height_ = size[0];
  width_ = size.back();
  check(height_ > 0 && width_ > 0, "RandomCrop: size {} is not positive", size);
  const auto sides = four_sides(options.padding);
  left_ = sides[0], top_ = sides[1], right_ = sides[2], bottom_ = sides[3];
  static_cast<void>(mode_of(options.padding_mode));  // throws where there is no such mode
}

Tensor RandomCrop::operator()(const Tensor& images, Generator& generator) const {
  check(images.dim() >= 2, "RandomCrop: expected images {{..., H, W}}, got shape {}", images.shape());
  detail::check_fill(images, options_.fill, "RandomCrop");
  const Axis rows = padded_axis(images.size(-2), top_, bottom_, height_, options_);
  const Axis columns = padded_axis(images.size(-1), left_, right_, width_, options_);
  check(rows.size() >= height_ && columns.size() >= width_,
        "RandomCrop: a crop of {} x {} is larger than the padded image, {} x {}", height_, width_,
        rows.size(), columns.size());

  Shape shape = images.shape();
  shape[shape.size() - 2] = height_;
  shape[shape.size() - 1] = width_;
  const Tensor source = images.contiguous();
  const Tensor out = xtape::detail::make_tensor(shape, images.dtype());
  if (out.numel() == 0) return out;
  xtape::detail::visit(images.dtype(), [&](auto zero) {
    crop_images(source, out, rows, columns, static_cast<decltype(zero)>(options_.fill), generator);
  });
  return out;
}

RandomShift::RandomShift(std::int64_t pixels, const RandomShiftOptions& options)
    : pixels_(pixels), options_(options) {
  check(pixels >= 0, "RandomShift: {} pixels; expected 0 or more", pixels);
  static_cast<void>(mode_of(options.padding_mode));
}

Tensor RandomShift::operator()(const Tensor& images, Generator& generator) const {
  const detail::Planes p = detail::planes_of(images, "RandomShift");
  const RandomCrop crop({p.height, p.width},
                        {.padding = pixels_, .fill = options_.fill, .padding_mode = options_.padding_mode});
  return crop(images, generator);
}

}  // namespace xtape::datasets
