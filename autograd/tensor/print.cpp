// Tensors as text: nested brackets, numpy-like, columns aligned, long ones summarised.
#include <algorithm>
#include <cmath>
#include <ostream>

#include "autograd/tensor/tensor.hpp"

namespace xtape {

using namespace detail;

namespace {

constexpr std::int64_t kSummariseAbove = 1000;  // elements
constexpr std::int64_t kEdge = 3;               // elements shown at each end of a summarised dim

/// The first and last kEdge of `size` indices, or all of them.
std::vector<std::int64_t> shown_indices(std::int64_t size, bool summarised) {
  std::vector<std::int64_t> shown;
  for (std::int64_t i = 0; i < size; ++i) {
    if (summarised && i == kEdge && size > 2 * kEdge) i = size - kEdge;
    shown.push_back(i);
  }
  return shown;
}

/// How the elements of one tensor are written: all in one notation and of one width.
class Format {
 public:
  /// Chosen by the elements that are shown.
  explicit Format(const std::vector<Scalar>& values) {
    double greatest = 0, smallest = INFINITY;
    for (const Scalar& scalar : values) {
      const auto value = scalar.to<double>();
      if (!std::isfinite(value)) continue;
      whole_ = whole_ && value == std::trunc(value);
      greatest = std::max(greatest, std::abs(value));
      if (value != 0) smallest = std::min(smallest, std::abs(value));
    }
    scientific_ = greatest >= 1e8 || (!whole_ && (smallest < 1e-4 || greatest / smallest > 1e6));
    for (const Scalar& value : values) width_ = std::max(width_, text(value).size());
  }

  std::string operator()(Scalar value) const { return fmt::format("{:>{}}", text(value), width_); }

 private:
  std::string text(Scalar scalar) const {
    if (scalar.dtype() == kBool) return scalar.to<bool>() ? "true" : "false";
    if (!is_floating(scalar.dtype())) return fmt::format("{}", scalar.to<std::int64_t>());
    const auto value = scalar.to<double>();
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    if (scientific_) return fmt::format("{:.4e}", value);
    return whole_ ? fmt::format("{:.0f}.", value) : fmt::format("{:.4f}", value);
  }

  bool whole_ = true;
  bool scientific_ = false;
  std::size_t width_ = 0;
};

/// Writes the elements that are shown, and reads no others.
class Writer {
 public:
  explicit Writer(const Tensor& x)
      : x_(x), summarised_(x.numel() > kSummariseAbove), format_(shown_values()) {}

  std::string write() { return write_dim(0, 0); }

 private:
  std::vector<Scalar> shown_values() const {
    std::vector<std::int64_t> places{0};
    for (int d = 0; d < x_.shape().size(); ++d) {
      std::vector<std::int64_t> next;
      for (const std::int64_t i : shown_indices(x_.shape()[d], summarised_)) {
        for (const std::int64_t place : places) next.push_back(place + i * x_.strides()[d]);
      }
      places = std::move(next);
    }
    std::vector<Scalar> values;
    for (const std::int64_t place : places) values.push_back(value_at(place));
    return values;
  }

  Scalar value_at(std::int64_t place) const {
    return visit(x_.dtype(),
                 [&](auto zero) { return Scalar(reinterpret_cast<const decltype(zero)*>(x_.raw())[place]); });
  }

  std::string write_dim(int d, std::int64_t place) const {
    if (d == x_.shape().size()) return format_(value_at(place));
    const bool last = d + 1 == x_.shape().size();
    const std::string separator = last ? ", " : ",\n" + std::string(static_cast<std::size_t>(d + 8), ' ');
    std::string text = "[";
    std::int64_t previous = -1;
    for (const std::int64_t i : shown_indices(x_.shape()[d], summarised_)) {
      if (i > 0) text += separator;
      if (i != previous + 1) text += "..." + separator;
      text += write_dim(d + 1, place + i * x_.strides()[d]);
      previous = i;
    }
    return text + "]";
  }

  Tensor x_;
  bool summarised_;
  Format format_;
};

}  // namespace

std::string to_string(const Tensor& x) {
  if (!x.defined()) return "tensor(undefined)";
  std::string text = "tensor(" + (x.numel() == 0 ? "[]" : Writer(x).write());
  if (x.numel() == 0 && x.dim() != 1) text += fmt::format(", shape={}", x.shape());
  if (x.dtype() != kFloat32 && x.dtype() != kInt64 && x.dtype() != kBool)
    text += fmt::format(", dtype={}", x.dtype());
  if (!x.is_leaf()) {
    text += fmt::format(", grad_fn={}", x.grad_fn());
  } else if (x.requires_grad()) {
    text += ", requires_grad=true";
  }
  return text + ")";
}

std::ostream& operator<<(std::ostream& out, const Tensor& x) { return out << to_string(x); }

}  // namespace xtape
