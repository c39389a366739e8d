// Program: tensors under a few numbers, functions that are called with them and with arguments drawn by type.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/base/random.hpp"
#include "autograd/graph/backward.hpp"
#include "autograd/ops/conv.hpp"
#include "autograd/ops/interpolate.hpp"
#include "autograd/ops/padding.hpp"
#include "autograd/ops/patches.hpp"
#include "autograd/ops/pooling.hpp"
#include "autograd/tensor/tensor.hpp"
#include "choices.hpp"
#include "nn/losses/classification.hpp"
#include "nn/losses/probability.hpp"
#include "nn/losses/regression.hpp"

namespace xtape::fuzz {

class Program {
 public:
  /// Begins with a few tensors, so that short programs do something.
  explicit Program(Choices& choose) : choose(choose) {
    keep(ones({2, 3}, {.requires_grad = true}));
    keep(ones({3}, {.dtype = kFloat64, .requires_grad = true}));
    keep(ones({2, 0}, {.requires_grad = true}));
    keep(2 * tensors_[0]);
    keep(arange(3));
    keep(zeros({2, 3}, {.dtype = kBool}));
    keep(full({}, 0.5));
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    for (const Tensor& x : with_gradient_) x.zero_grad();  // which may be a cycle: a gradient with history
  }

  /// Calls f with arguments of its types, and keeps the tensors that it gives. The tensors that f gets are
  /// the program's own, so that f may write to them or move them away.
  template <class R, class... A>
  void call(R (*f)(A...)) {
    call_with<R>(f, std::tuple<Drawn<A>...>{draw(Type<Drawn<A>>())...});
  }
  template <class R, class... A>
  void call(R (Tensor::*f)(A...) const) {
    call_with<R>(f, std::tuple<const Tensor&, Drawn<A>...>{any(), draw(Type<Drawn<A>>())...});
  }

  Tensor& any() { return tensors_[choose.below(tensors_.size())]; }
  std::vector<Tensor> some() {
    std::vector<Tensor> list;
    for (std::size_t count = choose.below(4); count > 0; --count) list.push_back(any());
    return list;
  }
  void keep(Tensor x) {
    if (x.defined()) {
      work_ += std::min(x.numel(), kMostWork);  // an expanded tensor may have any size
      if (!x.impl().base && x.requires_grad() && x.is_leaf()) note_gradient(x);
    }
    tensors_[next_++ % tensors_.size()] = std::move(x);
  }
  /// To be called where x is about to have a gradient of its own.
  void note_gradient(const Tensor& x) {
    if (x.defined()) with_gradient_.push_back(x);
  }
  bool is_done() const { return choose.at_end() || work_ >= kMostWork; }

  Choices& choose;
  Generator generator{1};

  template <class T>
  using Type = std::type_identity<T>;

  const Tensor& draw(Type<const Tensor&>) { return any(); }
  op::Operand draw(Type<op::Operand>) {
    Tensor& x = any();
    return choose.flag() ? op::Operand(std::move(x)) : op::Operand(x);
  }
  std::vector<Tensor> draw(Type<std::vector<Tensor>>) { return some(); }
  std::int64_t draw(Type<std::int64_t>) { return choose.integer(); }
  std::size_t draw(Type<std::size_t>) { return choose.below(4); }
  Dim draw(Type<Dim>) { return choose.integer(); }
  bool draw(Type<bool>) { return choose.flag(); }
  double draw(Type<double>) { return choose.number(); }
  int draw(Type<int>) { return static_cast<int>(choose.below(4)); }
  std::string_view draw(Type<std::string_view>) { return choose.of({"none", "tanh", "other"}); }
  Generator* draw(Type<Generator*>) { return choose.flag() ? &generator : nullptr; }
  DType draw(Type<DType>) { return choose.of({kFloat32, kFloat64, kInt64, kUInt8, kBool}); }
  Scalar draw(Type<Scalar>) {
    switch (choose.below(4)) {
      case 0: return choose.flag();
      case 1: return choose.integer();
      default: return choose.number();
    }
  }
  std::optional<Scalar> draw(Type<std::optional<Scalar>>) {
    return choose.flag() ? std::optional(get<Scalar>()) : std::nullopt;
  }
  Shape draw(Type<Shape>) {
    Shape shape;
    for (std::size_t count = choose.below(5); count > 0; --count)
      shape.push_back(choose.below(8) == 0 ? choose.integer() : static_cast<std::int64_t>(choose.below(4)));
    return shape;
  }
  TensorOptions draw(Type<TensorOptions>) {
    TensorOptions options{.generator = &generator};
    if (choose.flag()) options.dtype = get<DType>();
    options.requires_grad = choose.flag();
    return options;
  }
  Unbiased draw(Type<Unbiased>) { return choose.flag(); }
  VarOptions draw(Type<VarOptions>) { return {.correction = choose.number(), .keepdim = choose.flag()}; }
  nn::Reduction draw(Type<nn::Reduction>) {
    using nn::Reduction;
    return choose.of({Reduction::none, Reduction::mean, Reduction::sum, Reduction::batchmean});
  }
  detail::PerAxis draw(Type<detail::PerAxis>) {
    const std::int64_t first =
        choose.below(8) == 0 ? choose.integer() : static_cast<std::int64_t>(choose.below(4));
    if (choose.below(4) > 0) return first;
    return {first, static_cast<std::int64_t>(choose.below(4))};
  }
  ConvOptions draw(Type<ConvOptions>) {
    ConvOptions options{.stride = get<detail::PerAxis>()};
    const detail::PerAxis padding = get<detail::PerAxis>();
    options.padding = detail::ConvPadding(padding.given());
    if (choose.below(8) == 0) options.padding = "same";
    options.dilation = get<detail::PerAxis>();
    options.groups = static_cast<std::int64_t>(choose.below(4));
    return options;
  }
  ConvTransposeOptions draw(Type<ConvTransposeOptions>) {
    return {get<detail::PerAxis>(), get<detail::PerAxis>(), get<detail::PerAxis>(),
            static_cast<std::int64_t>(choose.below(4)), get<detail::PerAxis>()};
  }
  MaxPoolOptions draw(Type<MaxPoolOptions>) {
    return {get<detail::PerAxis>(), get<detail::PerAxis>(), get<detail::PerAxis>(), get<bool>()};
  }
  AvgPoolOptions draw(Type<AvgPoolOptions>) {
    return {get<detail::PerAxis>(), get<detail::PerAxis>(), get<bool>(), get<bool>()};
  }
  UnfoldOptions draw(Type<UnfoldOptions>) {
    return {get<detail::PerAxis>(), get<detail::PerAxis>(), get<detail::PerAxis>()};
  }
  InterpolateOptions draw(Type<InterpolateOptions>) {
    InterpolateOptions options;
    if (choose.flag())
      options.size = get<detail::PerAxis>();
    else
      options.scale_factor = get<double>();
    options.mode = choose.of({InterpolateMode::nearest, InterpolateMode::linear, InterpolateMode::bilinear});
    if (choose.flag()) options.align_corners = choose.flag();
    return options;
  }
  PadOptions draw(Type<PadOptions>) {
    return {choose.of({PadMode::constant, PadMode::reflect, PadMode::replicate, PadMode::circular}),
            get<Scalar>()};
  }
  Tensor draw(Type<Tensor>) { return choose.flag() ? any() : Tensor(); }
  nn::LossOptions draw(Type<nn::LossOptions>) { return {get<nn::Reduction>()}; }
  nn::HuberLossOptions draw(Type<nn::HuberLossOptions>) { return {get<nn::Reduction>(), get<double>()}; }
  nn::KLDivOptions draw(Type<nn::KLDivOptions>) { return {get<nn::Reduction>(), get<bool>()}; }
  nn::NLLLossOptions draw(Type<nn::NLLLossOptions>) {
    return {get<Tensor>(), get<std::int64_t>(), get<nn::Reduction>()};
  }
  nn::CrossEntropyOptions draw(Type<nn::CrossEntropyOptions>) {
    return {get<Tensor>(), get<std::int64_t>(), get<nn::Reduction>(), get<double>()};
  }
  nn::MultiMarginLossOptions draw(Type<nn::MultiMarginLossOptions>) {
    return {get<int>(), get<double>(), get<Tensor>(), get<nn::Reduction>()};
  }
  nn::BinaryCrossEntropyOptions draw(Type<nn::BinaryCrossEntropyOptions>) {
    return {get<Tensor>(), get<nn::Reduction>()};
  }
  nn::BinaryCrossEntropyWithLogitsOptions draw(Type<nn::BinaryCrossEntropyWithLogitsOptions>) {
    return {get<Tensor>(), get<nn::Reduction>(), get<Tensor>()};
  }
  template <class T>
  T get() {
    return draw(Type<T>());
  }

 private:
  static constexpr std::int64_t kMostWork = 1 << 18;  // elements of all results

  template <class A>
  using Drawn = std::conditional_t<std::is_same_v<A, const Tensor&>, A, std::remove_cvref_t<A>>;

  template <class R, class F, class Arguments>
  void call_with(F f, Arguments&& arguments) {
    if constexpr (std::is_same_v<R, Tensor>) {
      keep(std::apply(f, arguments));
    } else if constexpr (std::is_same_v<R, ValuesIndices>) {
      const ValuesIndices pair = std::apply(f, arguments);
      keep(pair.values);
      keep(pair.indices);
    } else if constexpr (std::is_same_v<R, std::vector<Tensor>>) {
      std::size_t count = 0;
      for (const Tensor& x : std::apply(f, arguments)) {
        if (count++ < 3) keep(x);
      }
    } else {
      static_cast<void>(std::apply(f, arguments));
    }
  }

  std::array<Tensor, 8> tensors_;
  std::size_t next_ = 0;
  std::int64_t work_ = 0;
  std::vector<Tensor> with_gradient_;
};

}  // namespace xtape::fuzz
