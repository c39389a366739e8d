// Masks: masked_select and its adjoint, which puts elements among zeros; places of what is not 0.
#include "autograd/ops/masks.hpp"

#include "autograd/graph/record.hpp"
#include "autograd/kernels/comparison.hpp"
#include "autograd/kernels/copy.hpp"
#include "autograd/kernels/mask.hpp"
#include "autograd/ops/detail/in_place.hpp"
#include "autograd/ops/detail/index_cases.hpp"
#include "autograd/ops/detail/places.hpp"

namespace xtape {

using namespace detail;
using namespace op;

namespace {

/// Inputs of a case: a float64 ramp of `shape` and a mask.
std::function<std::vector<Tensor>()> with_mask(const Shape& shape, const std::vector<bool>& mask,
                                               const Shape& mask_shape) {
  return [=] { return std::vector<Tensor>{float_ramp(shape), from_vector(mask, mask_shape)}; };
}

void check_mask(const Tensor& mask, std::string_view op) {
  check(mask.dtype() == kBool, "{}: the mask is {}; expected bool", op, mask.dtype());
}

/// y = the elements of x where the mask, of x's shape, is true
struct MaskedSelect {
  static constexpr std::string_view name = "masked_select";
  static constexpr Reads reads = Reads::input1;

  Tensor forward(const Tensor& x, const Tensor& mask) const {
    check(mask.shape() == x.shape(), "masked_select: a mask of shape {} does not fit {}", mask.shape(),
          x.shape());
    return kernels::masked_select(x, mask);
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const;

  static Cases<MaskedSelect> cases() {
    return {{.make = with_mask({2, 3}, {true, false, true, true, false, false}, {2, 3})},
            {.make = with_mask({3}, {false, false, false}, {3})},
            {.make = with_mask({0, 3}, {}, {0, 3})},
            {.make = with_mask({}, {true}, {})},
            {.make = with_mask({2}, {true}, {1}), .error = "a mask of shape {1} does not fit {2}"}};
  }
};

/// y = zeros of the mask's shape, with the elements of x where it is true. Adjoint of MaskedSelect.
struct MaskedEmbed {
  static constexpr std::string_view name = "masked_embed";
  static constexpr Reads reads = Reads::input1;

  Tensor forward(const Tensor& x, const Tensor& mask) const {
    const std::int64_t count = kernels::count_true(mask);
    check(x.dim() == 1 && x.numel() == count,
          "masked_embed: values of shape {} do not fit a mask with {} places", x.shape(), count);
    return kernels::masked_embed(x, mask);
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return record(MaskedSelect{}, g, x[1]); });
  }

  static Cases<MaskedEmbed> cases() {
    return {{.make = with_mask({3}, {true, false, true, true, false, false}, {2, 3})},
            {.make = with_mask({0}, {false, false, false}, {3})},
            {.make = with_mask({1}, {true}, {})},
            {.make = with_mask({2}, {true}, {1}), .error = "values of shape {2} do not fit a mask with 1"}};
  }
};

void MaskedSelect::vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
  wrt(0, [&] { return record(MaskedEmbed{}, g, x[1]); });
}

/// y = x, but for the 0-d value where the mask, of x's shape, is true
struct MaskedFill {
  static constexpr std::string_view name = "masked_fill";
  static constexpr Reads reads = Reads::input1;

  Tensor forward(Operand x, const Tensor& mask, const Tensor& value) const {
    const Tensor y = owned(x);
    write(y, mask, value);
    return y;
  }
  void write(const Tensor& y, const Tensor& mask, const Tensor& value) const {
    if (y.is_contiguous()) return kernels::masked_fill(y, mask, value);
    kernels::copy(kernels::where(mask, value, y), y);
  }
  void vjp(const Inputs& x, const Tensor&, const Tensor& g, Wrt& wrt) const {
    wrt(0, [&] { return masked_fill(g, x[1], 0); });
    wrt(2, [&] { return sum(masked_select(g, x[1])); });
  }

  static Cases<MaskedFill> cases() {
    const auto inputs = [](const Shape& shape, const std::vector<bool>& mask) {
      return [=] {
        return std::vector{float_ramp(shape), from_vector(mask, shape), full({}, 0.3, {.dtype = kFloat64})};
      };
    };
    return {{.make = inputs({2, 3}, {true, false, true, true, false, false})},
            {.make = inputs({}, {true})},
            {.make = inputs({0}, {})}};
  }
};

/// The rows of indices of what is true
struct NonZero {
  static constexpr std::string_view name = "nonzero";

  Tensor forward(const Tensor& mask) const { return kernels::nonzero(mask); }
  static Cases<NonZero> cases() {
    return {{.make =
                 [] {
                   return std::vector{tensor({{true, false}, {true, true}})};
                 }},
            {.make = [] { return std::vector{tensor(true)}; }},
            {.make = [] {
              return std::vector{zeros({0, 2}, {.dtype = kBool})};
            }}};
  }
};

/// The mask as it lies over x, in place.
Tensor mask_over(const Tensor& mask, const Tensor& x, const char* op) {
  check_mask(mask, op);
  check(broadcasts_to(mask.shape(), x.shape()), "{}: the mask of shape {} does not broadcast to {}", op,
        mask.shape(), x.shape());
  return mask.expand(x.shape());
}

}  // namespace

Tensor masked_select(const Tensor& x, const Tensor& mask) {
  check_mask(mask, "masked_select");
  if (x.shape() == mask.shape()) return record(MaskedSelect{}, x, mask);
  if (is_traced()) [[unlikely]]
    return report("masked_select", {x, mask}, {}, [&] { return masked_select(x, mask); });
  const Shape shape = broadcast_shapes(x.shape(), mask.shape(), "masked_select");
  return record(MaskedSelect{}, x.expand(shape), mask.expand(shape));
}

Tensor masked_scatter(const Tensor& x, const Tensor& mask, const Tensor& source) {
  if (is_traced()) [[unlikely]]
    return report("masked_scatter", {x, mask, source}, {}, [&] { return masked_scatter(x, mask, source); });
  check(x.dtype() == source.dtype(),
        "masked_scatter: the source is {} and the tensor {}; convert one of them", source.dtype(), x.dtype());
  const Tensor over = mask_over(mask, x, "masked_scatter").contiguous();
  const std::int64_t count = kernels::count_true(over);
  check(source.numel() >= count,
        "masked_scatter: a source of {} elements does not fill a mask with {} places", source.numel(), count);
  return where(over, record(MaskedEmbed{}, narrow(reshape(source, {-1}), 0, 0, count), over), x);
}

const Tensor& Tensor::masked_scatter_(const Tensor& mask, const Tensor& source) const {
  mask_over(mask, *this, "masked_scatter_");
  return in_place(*this, "masked_scatter_", {},
                  [&](const Tensor& before) { return xtape::masked_scatter(before, mask, source); },
                  {source});
}

const Tensor& Tensor::masked_fill_(const Tensor& mask, const Tensor& value) const {
  check(value.dim() == 0, "masked_fill_: the value has shape {}; expected a 0-d tensor", value.shape());
  return part_in_place(*this, "masked_fill_", MaskedFill{}, mask_over(mask, *this, "masked_fill_"),
                       as_values(value, *this, "masked_fill_"));
}

const Tensor& Tensor::masked_fill_(const Tensor& mask, Scalar value) const {
  check_holds(dtype(), value, "masked_fill_");
  return masked_fill_(mask, scalar_tensor(value, dtype()));
}

Tensor nonzero(const Tensor& x) {
  if (x.dtype() == kBool) return record(NonZero{}, x);
  if (is_traced()) [[unlikely]]
    return report("nonzero", {x}, {}, [&] { return nonzero(x); });
  return record(NonZero{}, x != 0);
}

Tensor argwhere(const Tensor& x) { return nonzero(x); }

std::vector<Tensor> nonzero_numpy(const Tensor& x) {
  if (is_traced()) [[unlikely]]
    return report("nonzero_numpy", {x}, {}, [&] { return nonzero_numpy(x); });
  return unbind(nonzero(x.dim() == 0 ? unsqueeze(x, 0) : x), 1);
}

std::vector<Tensor> where(const Tensor& condition) { return nonzero_numpy(condition); }

}  // namespace xtape
