// Random geometry. A map from the pixels of the result to places in the original is made once per image and
// read for each of its planes.
#include "datasets/transforms/random_affine.hpp"

#include <array>
#include <cmath>
#include <numbers>
#include <type_traits>
#include <vector>

#include "datasets/transforms/detail/planes.hpp"

namespace xtape::datasets {

namespace {

using detail::between;
using detail::Planes;

/// One draw: what happens to an image.
struct Motion {
  double angle = 0;            // degrees, clockwise
  double right = 0, down = 0;  // pixels
  double scale = 1;
  double shear_x = 0, shear_y = 0;  // degrees
};

/// The cosine of an angle in degrees, exact where it is 0, 1 or -1.
double cosine(double degrees) {
  const double turned = std::abs(std::remainder(degrees, 360));
  if (turned == 90) return 0;
  if (turned == 180) return -1;
  return std::cos(turned * std::numbers::pi / 180);
}

double sine(double degrees) { return cosine(degrees - 90); }

double tangent(double degrees) { return sine(degrees) / cosine(degrees); }

/// From coordinates in the result to coordinates in the original, both counted in pixels from the image's
/// centre: {x, y} -> {m[0] x + m[1] y + m[2], m[3] x + m[4] y + m[5]}.
using Matrix = std::array<double, 6>;

/// The inverse of T C R S C^-1 (shift, centre, rotation with shear and scale), as torchvision computes it.
Matrix inverse(const Motion& motion, double center_x, double center_y) {
  const double cos = cosine(motion.angle - motion.shear_y) / cosine(motion.shear_y);
  const double sin = sine(motion.angle - motion.shear_y) / cosine(motion.shear_y);
  const double a = cos, b = -cos * tangent(motion.shear_x) - sine(motion.angle);
  const double c = sin, d = -sin * tangent(motion.shear_x) + cosine(motion.angle);

  Matrix m{d / motion.scale, -b / motion.scale, 0, -c / motion.scale, a / motion.scale, 0};
  const double x = -center_x - motion.right, y = -center_y - motion.down;
  m[2] = m[0] * x + m[1] * y + center_x;
  m[5] = m[3] * x + m[4] * y + center_y;
  return m;
}

/// Reads planes of {height, width} at places between pixels.
class Sampler {
 public:
  Sampler(const Planes& p, const Matrix& m, InterpolationMode mode)
      : p_(p), is_nearest_(mode == InterpolationMode::nearest) {
    places_.reserve(static_cast<std::size_t>(p.plane()));
    const double half_width = static_cast<double>(p.width) / 2 - 0.5,
                 half_height = static_cast<double>(p.height) / 2 - 0.5;
    for (std::int64_t row = 0; row < p.height; ++row) {
      for (std::int64_t column = 0; column < p.width; ++column) {
        const double x = static_cast<double>(column) - half_width, y = static_cast<double>(row) - half_height;
        places_.push_back(
            {m[0] * x + m[1] * y + m[2] + half_width, m[3] * x + m[4] * y + m[5] + half_height});
      }
    }
  }

  template <class T>
  void read(const T* plane, T fill, T* to) const {
    for (const Place& place : places_)
      *to++ = is_nearest_ ? nearest(plane, place, fill) : bilinear(plane, place, fill);
  }

 private:
  struct Place {
    double x, y;  // 0 is the middle of the first pixel
  };

  template <class T>
  T at(const T* plane, double x, double y, T fill) const {
    const bool is_inside =
        x >= 0 && y >= 0 && x < static_cast<double>(p_.width) && y < static_cast<double>(p_.height);
    return is_inside ? plane[static_cast<std::int64_t>(y) * p_.width + static_cast<std::int64_t>(x)] : fill;
  }

  template <class T>
  T nearest(const T* plane, const Place& place, T fill) const {
    return at(plane, std::nearbyint(place.x), std::nearbyint(place.y), fill);
  }

  template <class T>
  T bilinear(const T* plane, const Place& place, T fill) const {
    const auto width = static_cast<double>(p_.width), height = static_cast<double>(p_.height);
    if (!(place.x > -1 && place.y > -1 && place.x < width && place.y < height))
      return fill;  // NaN is outside too
    const double x = std::floor(place.x), y = std::floor(place.y), right = place.x - x, down = place.y - y;
    double value = 0;
    const auto add = [&](double weight, double dx, double dy) {  // a weight of 0 must not bring in a NaN
      if (weight != 0) value += weight * static_cast<double>(at(plane, x + dx, y + dy, fill));
    };
    add((1 - right) * (1 - down), 0, 0);
    add(right * (1 - down), 1, 0);
    add((1 - right) * down, 0, 1);
    add(right * down, 1, 1);
    return static_cast<T>(std::is_integral_v<T> ? std::nearbyint(value) : value);
  }

  Planes p_;
  bool is_nearest_;
  std::vector<Place> places_;
};

/// Gives each image a motion of its own, drawn by `draw(planes)`.
template <class Draw>
Tensor move(const Tensor& images, const char* op, const RandomAffineOptions& options, Draw draw) {
  const Planes p = detail::planes_of(images, op);
  detail::check_fill(images, options.fill, op);
  const Tensor source = images.contiguous();
  Tensor out = xtape::detail::make_tensor(source.shape(), source.dtype());
  const bool is_centered = options.center.empty();
  const double center_x = is_centered ? 0 : options.center[0] - static_cast<double>(p.width) / 2;
  const double center_y = is_centered ? 0 : options.center[1] - static_cast<double>(p.height) / 2;
  xtape::detail::visit(source.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T* from = source.data<T>();
    T* to = out.data<T>();
    for (std::int64_t n = 0; n < p.count; ++n) {
      const Sampler sampler(p, inverse(draw(p), center_x, center_y), options.interpolation);
      for (std::int64_t i = 0; i < p.planes; ++i, from += p.plane(), to += p.plane()) {
        sampler.read(from, static_cast<T>(options.fill), to);
      }
    }
  });
  return out;
}

void check_finite(const Numbers& numbers, const char* op, const char* name) {
  for (double number : numbers.values()) check(std::isfinite(number), "{}: {} holds {}", op, name, number);
}

/// {low, high} from {low, high} or from d, which stands for {-d, d}.
Numbers symmetric(const Numbers& range, const char* op, const char* name) {
  check_finite(range, op, name);
  check(range.size() == 1 || range.size() == 2,
        "{}: {} has {} numbers; expected one, or the lowest and the highest", op, name, range.size());
  check(range.size() == 2 || range[0] >= 0, "{}: {} is {}; a single number must not be negative", op, name,
        range[0]);
  const Numbers both = range.size() == 2 ? range : Numbers(-range[0], range[0]);
  check(both[0] <= both[1], "{}: {} go from {} to {}; expected the lowest first", op, name, both[0], both[1]);
  return both;
}

void check_center(const Numbers& center, const char* op) {
  check_finite(center, op, "center");
  check(center.empty() || center.size() == 2, "{}: center has {} numbers; expected x and y", op,
        center.size());
}

/// Shears along x and along y, {low, high, low, high}.
Numbers four_shears(const Numbers& shear) {
  if (shear.empty()) return {0, 0, 0, 0};
  check_finite(shear, "RandomAffine", "shear");
  const Numbers along_x = shear.size() == 4 ? shear : symmetric(shear, "RandomAffine", "shear");
  const Numbers all = shear.size() == 4 ? shear : Numbers(along_x[0], along_x[1], 0, 0);
  for (const double degrees : all.values()) {
    check(std::abs(degrees) < 90, "RandomAffine: a shear of {} degrees; expected less than 90", degrees);
  }
  for (const std::size_t low : {0, 2}) {
    check(all[low] <= all[low + 1], "RandomAffine: shear goes from {} to {}; expected the lowest first",
          all[low], all[low + 1]);
  }
  return all;
}

}  // namespace

RandomAffine::RandomAffine(const Numbers& degrees, const RandomAffineOptions& options)
    : degrees_(symmetric(degrees, "RandomAffine", "degrees")), options_(options) {
  const Numbers& translate = options_.translate;
  check(translate.empty() || translate.size() == 2, "RandomAffine: translate has {} numbers; expected two",
        translate.size());
  for (double part : translate.values()) {
    check(part >= 0 && part <= 1, "RandomAffine: translate holds {}; expected parts of the image, 0 to 1",
          part);
  }
  const Numbers& scale = options_.scale;
  check_finite(scale, "RandomAffine", "scale");
  check(scale.empty() || scale.size() == 2,
        "RandomAffine: scale has {} numbers; expected the smallest and the largest", scale.size());
  for (double factor : scale.values())
    check(factor > 0, "RandomAffine: a scale of {}; expected more than 0", factor);
  if (!scale.empty()) {
    check(scale[0] <= scale[1], "RandomAffine: scale goes from {} to {}; expected the smallest first",
          scale[0], scale[1]);
  }
  options_.shear = four_shears(options.shear);
  check_center(options.center, "RandomAffine");
}

Tensor RandomAffine::operator()(const Tensor& images, Generator& generator) const {
  const auto pixels = [&](double part, std::int64_t size) {
    const double most = part * static_cast<double>(size);
    return std::nearbyint(between(-most, most, generator));
  };
  return move(images, "RandomAffine", options_, [&](const Planes& p) {
    const Numbers &translate = options_.translate, &scale = options_.scale, &shear = options_.shear;
    Motion motion;
    motion.angle = between(degrees_[0], degrees_[1], generator);
    if (!translate.empty()) {
      motion.right = pixels(translate[0], p.width);
      motion.down = pixels(translate[1], p.height);
    }
    if (!scale.empty()) motion.scale = between(scale[0], scale[1], generator);
    motion.shear_x = between(shear[0], shear[1], generator);
    motion.shear_y = between(shear[2], shear[3], generator);
    return motion;
  });
}

RandomRotation::RandomRotation(const Numbers& degrees, const RandomRotationOptions& options)
    : degrees_(symmetric(degrees, "RandomRotation", "degrees")), options_(options) {
  check_center(options.center, "RandomRotation");
}

Tensor RandomRotation::operator()(const Tensor& images, Generator& generator) const {
  const RandomAffineOptions options{
      .interpolation = options_.interpolation, .fill = options_.fill, .center = options_.center};
  return move(images, "RandomRotation", options, [&](const Planes&) {
    Motion motion;
    motion.angle =
        -between(degrees_[0], degrees_[1], generator);  // torchvision's: the other way than RandomAffine
    return motion;
  });
}

}  // namespace xtape::datasets
