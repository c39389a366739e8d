// Tensors as text: nested brackets, numpy-like, columns aligned, long ones summarised.
#include <algorithm>
#include <cmath>
#include <ostream>

#include "autograd/tensor.hpp"

namespace xtape {

namespace {

constexpr std::int64_t kSummariseAbove = 1000;  // elements
constexpr std::int64_t kEdge = 3;               // elements shown at each end of a summarised dim

/// How the elements of one tensor are written, all alike.
class Format {
 public:
  Format(const std::vector<double>& values, DType dtype) : dtype_(dtype) {
    double greatest = 0, smallest = INFINITY;
    for (double value : values) {
      if (!std::isfinite(value)) continue;
      whole_ = whole_ && value == std::trunc(value);
      greatest = std::max(greatest, std::abs(value));
      if (value != 0) smallest = std::min(smallest, std::abs(value));
    }
    scientific_ = greatest >= 1e8 || (!whole_ && (smallest < 1e-4 || greatest / smallest > 1e6));
    for (double value : values) width_ = std::max(width_, text(value).size());
  }

  std::string operator()(double value) const { return fmt::format("{:>{}}", text(value), width_); }

 private:
  std::string text(double value) const {
    if (dtype_ == kBool) return value != 0 ? "true" : "false";
    if (is_integral(dtype_)) return fmt::format("{:.0f}", value);
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    if (scientific_) return fmt::format("{:.4e}", value);
    return whole_ ? fmt::format("{:.0f}.", value) : fmt::format("{:.4f}", value);
  }

  DType dtype_;
  bool whole_ = true;
  bool scientific_ = false;
  std::size_t width_ = 0;
};

class Writer {
 public:
  Writer(const Tensor& x) : shape_(x.shape()), values_(x.to_vector<double>()), format_(values_, x.dtype()) {}

  std::string write() { return write_dim(0, 0); }

 private:
  std::string write_dim(int d, std::int64_t offset) {
    if (d == shape_.size()) return format_(values_[static_cast<std::size_t>(offset)]);
    std::int64_t inner = 1;
    for (int i = d + 1; i < shape_.size(); ++i) inner *= shape_[i];
    const bool last = d + 1 == shape_.size();
    const std::string separator = last ? ", " : ",\n" + std::string(static_cast<std::size_t>(d + 8), ' ');
    const bool summarised =
        static_cast<std::int64_t>(values_.size()) > kSummariseAbove && shape_[d] > 2 * kEdge;
    std::string text = "[";
    for (std::int64_t i = 0; i < shape_[d]; ++i) {
      if (i > 0) text += separator;
      if (summarised && i == kEdge) {
        text += "..." + separator;
        i = shape_[d] - kEdge;
      }
      text += write_dim(d + 1, offset + i * inner);
    }
    return text + "]";
  }

  Shape shape_;
  std::vector<double> values_;
  Format format_;
};

}  // namespace

std::string to_string(const Tensor& x) {
  if (!x.defined()) return "tensor(undefined)";
  std::string text = "tensor(" + Writer(x).write();
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
