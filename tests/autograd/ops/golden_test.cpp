// Every op against PyTorch's values and gradients in tests/golden: how each golden file's function is called.
#include <boost/test/unit_test.hpp>

#include "autograd/graph/backward.hpp"
#include "autograd/ops/conv.hpp"
#include "autograd/ops/distance.hpp"
#include "autograd/ops/linalg.hpp"
#include "autograd/tensor/results.hpp"
#include "tests/support/golden.hpp"

namespace xtape::golden {
namespace {

/// f(a, b) of tensors, or with the number `number` on the right or `input` on the left.
template <class F>
Function binary(F f, const std::string& number = "other") {
  return [f, number](const Tensors& x, const Args& args) -> Tensors {
    if (args.has(number)) return {f(x[0], args.number(number))};
    if (args.has("input")) return {f(args.number("input"), x[0])};
    return {f(x[0], x[1])};
  };
}

Function unary(Tensor (*f)(const Tensor&)) {
  return [f](const Tensors& x, const Args&) -> Tensors { return {f(x[0])}; };
}

Function pair(Tensor (*f)(const Tensor&, const Tensor&)) {
  return [f](const Tensors& x, const Args&) -> Tensors { return {f(x[0], x[1])}; };
}

/// f(a, b) of tensors, or with the number `number` on the right.
Function with_right(Tensor (*of_tensors)(const Tensor&, const Tensor&),
                    Tensor (*of_number)(const Tensor&, Scalar), const std::string& number) {
  return [=](const Tensors& x, const Args& args) -> Tensors {
    return {args.has(number) ? of_number(x[0], args.number(number)) : of_tensors(x[0], x[1])};
  };
}

/// f(x) or f(x, dims, keepdim).
Function reduction(Tensor (*all)(const Tensor&), Tensor (*some)(const Tensor&, const Dims&, bool)) {
  return [all, some](const Tensors& x, const Args& args) -> Tensors {
    if (!args.has("dim")) return {all(x[0])};
    return {some(x[0], args.dims("dim"), args.flag("keepdim"))};
  };
}

/// argmax(x) or argmax(x, dim, keepdim).
Function index_of(Tensor (*all)(const Tensor&), Tensor (*along)(const Tensor&, Dim, bool)) {
  return [all, along](const Tensors& x, const Args& args) -> Tensors {
    if (!args.has("dim")) return {all(x[0])};
    return {along(x[0], args.integer("dim"), args.flag("keepdim"))};
  };
}

/// f(x), or the pair of f(x, dim, keepdim); F is generic over the overloads.
template <class F>
Function all_or_along(F f) {
  return [f](const Tensors& x, const Args& args) -> Tensors {
    if (!args.has("dim")) return {f(x[0])};
    const auto [values, indices] = f(x[0], args.integer("dim"), args.flag("keepdim"));
    return {values, indices};
  };
}

/// The same, or f(a, b).
template <class F>
Function extremum(F f) {
  return [f](const Tensors& x, const Args& args) -> Tensors {
    return x.size() == 2 ? Tensors{f(x[0], x[1])} : all_or_along(f)(x, args);
  };
}

template <class F>
Function variance(F f) {
  return [f](const Tensors& x, const Args& args) -> Tensors {
    const VarOptions options{.correction = args.real("correction", 1), .keepdim = args.flag("keepdim")};
    return {args.has("dim") ? f(x[0], args.dims("dim"), options) : f(x[0], options)};
  };
}

/// A function written out: it returns one tensor or several.
template <class F>
Function of(F f) {
  return [f](const Tensors& x, const Args& args) -> Tensors { return {f(x, args)}; };
}

std::optional<Scalar> optional_number(const Args& args, const std::string& name) {
  return args.has(name) ? std::optional(args.number(name)) : std::nullopt;
}

Tensors both(const ValuesIndices& pair) { return {pair.values, pair.indices}; }

Table arithmetic() {
  return {
      {"add", binary([](const auto& a, const auto& b) { return a + b; })},
      {"sub", binary([](const auto& a, const auto& b) { return a - b; })},
      {"mul", binary([](const auto& a, const auto& b) { return a * b; })},
      {"div", binary([](const auto& a, const auto& b) { return a / b; })},
      {"pow", binary([](const auto& a, const auto& b) { return pow(a, b); }, "exponent")},
      {"eq", binary([](const auto& a, const auto& b) { return a == b; })},
      {"ne", binary([](const auto& a, const auto& b) { return a != b; })},
      {"lt", binary([](const auto& a, const auto& b) { return a < b; })},
      {"le", binary([](const auto& a, const auto& b) { return a <= b; })},
      {"gt", binary([](const auto& a, const auto& b) { return a > b; })},
      {"ge", binary([](const auto& a, const auto& b) { return a >= b; })},
      {"maximum", pair(maximum)},
      {"minimum", pair(minimum)},
      {"neg", unary(neg)},
      {"abs", unary(abs)},
      {"sign", unary(sign)},
      {"isnan", unary(isnan)},
      {"any", reduction(any, any)},
      {"all", reduction(all, all)},
      {"where", of([](const Tensors& x, const Args&) { return where(x[0], x[1], x[2]); })},
      {"masked_fill",
       of([](const Tensors& x, const Args& args) { return masked_fill(x[0], x[1], args.number("value")); })},
      {"clamp", of([](const Tensors& x, const Args& args) {
         return clamp(x[0], {.min = optional_number(args, "min"), .max = optional_number(args, "max")});
       })},
      {"allclose", of([](const Tensors& x, const Args& args) {
         return tensor(
             allclose(x[0], x[1], args.real("rtol", 1e-5), args.real("atol", 1e-8), args.flag("equal_nan")));
       })},
      {"to",
       of([](const Tensors& x, const Args& args) { return x[0].to(read_dtype(args.text("dtype", ""))); })},
  };
}

Table elementwise() {
  return {
      {"exp", unary(exp)},
      {"log", unary(log)},
      {"log1p", unary(log1p)},
      {"expm1", unary(expm1)},
      {"sqrt", unary(sqrt)},
      {"rsqrt", unary(rsqrt)},
      {"square", unary(square)},
      {"reciprocal", unary(reciprocal)},
      {"sin", unary(sin)},
      {"cos", unary(cos)},
      {"tanh", unary(tanh)},
      {"sigmoid", unary(sigmoid)},
      {"relu", unary(relu)},
      {"silu", unary(silu)},
      {"erf", unary(erf)},
      {"leaky_relu", of([](const Tensors& x, const Args& args) {
         return args.has("negative_slope") ? leaky_relu(x[0], args.real("negative_slope")) : leaky_relu(x[0]);
       })},
      {"elu", of([](const Tensors& x, const Args& args) {
         return args.has("alpha") ? elu(x[0], args.real("alpha")) : elu(x[0]);
       })},
      {"gelu", of([](const Tensors& x, const Args& args) {
         return args.has("approximate") ? gelu(x[0], args.text("approximate", "")) : gelu(x[0]);
       })},
      {"softplus", of([](const Tensors& x, const Args& args) {
         return args.has("beta") ? softplus(x[0], args.real("beta"), args.real("threshold")) : softplus(x[0]);
       })},
  };
}

Table trigonometry_and_logarithms() {
  return {
      {"tan", unary(tan)},
      {"asin", unary(asin)},
      {"acos", unary(acos)},
      {"atan", unary(atan)},
      {"sinh", unary(sinh)},
      {"cosh", unary(cosh)},
      {"asinh", unary(asinh)},
      {"acosh", unary(acosh)},
      {"atanh", unary(atanh)},
      {"sinc", unary(sinc)},
      {"atan2", pair(atan2)},
      {"hypot", pair(hypot)},
      {"log2", unary(log2)},
      {"log10", unary(log10)},
      {"exp2", unary(exp2)},
      {"erfc", unary(erfc)},
      {"erfinv", unary(erfinv)},
      {"logaddexp", pair(logaddexp)},
      {"xlogy", binary([](const auto& a, const auto& b) { return xlogy(a, b); })},
  };
}

Table rounding_and_bounds() {
  return {
      {"floor", unary(floor)},
      {"ceil", unary(ceil)},
      {"trunc", unary(trunc)},
      {"frac", unary(frac)},
      {"round", of([](const Tensors& x, const Args& args) {
         return args.has("decimals") ? round(x[0], args.integer("decimals")) : round(x[0]);
       })},
      {"fmod", with_right(fmod, fmod, "other")},
      {"remainder", binary([](const auto& a, const auto& b) { return a % b; })},
      {"clamp_min", with_right(clamp_min, clamp_min, "min")},
      {"clamp_max", with_right(clamp_max, clamp_max, "max")},
      {"nan_to_num", of([](const Tensors& x, const Args& args) {
         const auto end = [&](const std::string& name) {
           return args.has(name) ? std::optional(args.real(name)) : std::nullopt;
         };
         return nan_to_num(x[0], args.real("nan", 0), end("posinf"), end("neginf"));
       })},
      {"addcmul", of([](const Tensors& x, const Args& args) {
         return args.has("value") ? addcmul(x[0], x[1], x[2], args.number("value"))
                                  : addcmul(x[0], x[1], x[2]);
       })},
      {"addcdiv", of([](const Tensors& x, const Args& args) {
         return args.has("value") ? addcdiv(x[0], x[1], x[2], args.number("value"))
                                  : addcdiv(x[0], x[1], x[2]);
       })},
      {"lerp", of([](const Tensors& x, const Args& args) {
         return args.has("weight") ? lerp(x[0], x[1], args.number("weight")) : lerp(x[0], x[1], x[2]);
       })},
  };
}

Table bits() {
  return {
      {"bitwise_and", binary([](const auto& a, const auto& b) { return a & b; })},
      {"bitwise_or", binary([](const auto& a, const auto& b) { return a | b; })},
      {"bitwise_xor", binary([](const auto& a, const auto& b) { return a ^ b; })},
      {"bitwise_not", of([](const Tensors& x, const Args&) { return ~x[0]; })},
      {"logical_xor", pair(logical_xor)},
      {"isclose", of([](const Tensors& x, const Args& args) {
         return isclose(x[0], x[1], args.real("rtol", 1e-5), args.real("atol", 1e-8), args.flag("equal_nan"));
       })},
  };
}

Table activations() {
  return {
      {"relu6", unary(relu6)},
      {"hardsigmoid", unary(hardsigmoid)},
      {"hardswish", unary(hardswish)},
      {"mish", unary(mish)},
      {"selu", unary(selu)},
      {"logsigmoid", unary(logsigmoid)},
      {"softsign", unary(softsign)},
      {"hardtanh", of([](const Tensors& x, const Args& args) {
         return args.has("min_val") ? hardtanh(x[0], args.real("min_val"), args.real("max_val"))
                                    : hardtanh(x[0]);
       })},
      {"celu", of([](const Tensors& x, const Args& args) {
         return args.has("alpha") ? celu(x[0], args.real("alpha")) : celu(x[0]);
       })},
      {"prelu", pair(prelu)},
      {"glu", of([](const Tensors& x, const Args& args) {
         return args.has("dim") ? glu(x[0], args.integer("dim")) : glu(x[0]);
       })},
  };
}

Table distances() {
  return {
      {"normalize", of([](const Tensors& x, const Args& args) {
         return normalize(
             x[0], {.p = args.real("p", 2), .dim = args.integer("dim", 1), .eps = args.real("eps", 1e-12)});
       })},
      {"cosine_similarity", of([](const Tensors& x, const Args& args) {
         return args.has("dim") ? cosine_similarity(x[0], x[1], args.integer("dim"))
                                : cosine_similarity(x[0], x[1]);
       })},
      {"pairwise_distance", of([](const Tensors& x, const Args& args) {
         return pairwise_distance(
             x[0], x[1],
             {.p = args.real("p", 2), .eps = args.real("eps", 1e-6), .keepdim = args.flag("keepdim")});
       })},
      {"cdist", of([](const Tensors& x, const Args& args) { return cdist(x[0], x[1], args.real("p", 2)); })},
  };
}

Table reductions() {
  return {
      {"sum", reduction(sum, sum)},
      {"sum_squares", unary(sum_squares)},
      {"mean", reduction(mean, mean)},
      {"prod", reduction(prod, prod)},
      {"amax", reduction(amax, amax)},
      {"amin", reduction(amin, amin)},
      {"logsumexp", reduction(logsumexp, logsumexp)},
      {"var", variance([](const auto&... args) { return var(args...); })},
      {"std", variance([](const auto&... args) { return xtape::std(args...); })},
      {"max", extremum([](const auto&... args) { return xtape::max(args...); })},
      {"min", extremum([](const auto&... args) { return xtape::min(args...); })},
      {"argmax", index_of(argmax, argmax)},
      {"argmin", index_of(argmin, argmin)},
      {"cumsum", of([](const Tensors& x, const Args& args) { return cumsum(x[0], args.integer("dim")); })},
      {"sort", of([](const Tensors& x, const Args& args) {
         return both(sort(x[0], args.integer("dim", -1), args.flag("descending")));
       })},
      {"topk", of([](const Tensors& x, const Args& args) {
         return both(topk(x[0], args.integer("k"), args.integer("dim", -1), args.flag("largest", true)));
       })},
      {"norm", of([](const Tensors& x, const Args& args) {
         const double p = args.real("p");
         return args.has("dim") ? norm(x[0], p, args.dims("dim"), args.flag("keepdim")) : norm(x[0], p);
       })},
  };
}

Table shapes() {
  return {
      {"reshape", of([](const Tensors& x, const Args& args) { return reshape(x[0], args.dims("shape")); })},
      {"flatten", of([](const Tensors& x, const Args& args) {
         return flatten(x[0], args.integer("start_dim", 0), args.integer("end_dim", -1));
       })},
      {"squeeze", of([](const Tensors& x, const Args& args) {
         return args.has("dim") ? squeeze(x[0], args.integer("dim")) : squeeze(x[0]);
       })},
      {"unsqueeze",
       of([](const Tensors& x, const Args& args) { return unsqueeze(x[0], args.integer("dim")); })},
      {"transpose", of([](const Tensors& x, const Args& args) {
         return transpose(x[0], args.integer("dim0"), args.integer("dim1"));
       })},
      {"permute", of([](const Tensors& x, const Args& args) { return permute(x[0], args.dims("dims")); })},
      {"t", unary(t)},
      {"expand", of([](const Tensors& x, const Args& args) { return x[0].expand(args.dims("size")); })},
      {"broadcast_to",
       of([](const Tensors& x, const Args& args) { return broadcast_to(x[0], args.dims("size")); })},
      {"cat", of([](const Tensors& x, const Args& args) { return cat(x, args.integer("dim")); })},
      {"stack", of([](const Tensors& x, const Args& args) { return stack(x, args.integer("dim")); })},
      {"split", of([](const Tensors& x, const Args& args) {
         const std::string sizes = "split_size_or_sections";
         return args.is_list(sizes) ? split(x[0], args.dims(sizes), args.integer("dim"))
                                    : split(x[0], args.integer(sizes), args.integer("dim"));
       })},
      {"chunk", of([](const Tensors& x, const Args& args) {
         return chunk(x[0], args.integer("chunks"), args.integer("dim"));
       })},
      {"unbind", of([](const Tensors& x, const Args& args) { return unbind(x[0], args.integer("dim")); })},
      {"flip", of([](const Tensors& x, const Args& args) { return flip(x[0], args.dims("dims")); })},
      {"pad", of([](const Tensors& x, const Args& args) {
         return pad(x[0], args.dims("pad"), args.real("value", 0));
       })},
  };
}

std::optional<Dim> optional_dim(const Args& args) {
  return args.has("dim") ? std::optional<Dim>(args.integer("dim")) : std::nullopt;
}

Table arrangements() {
  return {
      {"repeat", of([](const Tensors& x, const Args& args) { return repeat(x[0], args.dims("sizes")); })},
      {"tile", of([](const Tensors& x, const Args& args) { return tile(x[0], args.dims("dims")); })},
      {"repeat_interleave", of([](const Tensors& x, const Args& args) {
         if (x.size() == 2) return repeat_interleave(x[0], x[1], optional_dim(args));
         return args.has("repeats") ? repeat_interleave(x[0], args.integer("repeats"), optional_dim(args))
                                    : repeat_interleave(x[0]);
       })},
      {"roll", of([](const Tensors& x, const Args& args) {
         return roll(x[0], args.dims("shifts"), args.has("dims") ? args.dims("dims") : Dims{});
       })},
      {"fliplr", unary(fliplr)},
      {"flipud", unary(flipud)},
      {"rot90", of([](const Tensors& x, const Args& args) {
         return args.has("dims") ? rot90(x[0], args.integer("k"), args.dims("dims"))
                                 : rot90(x[0], args.integer("k"));
       })},
      {"movedim", of([](const Tensors& x, const Args& args) {
         return movedim(x[0], args.dims("source"), args.dims("destination"));
       })},
      {"swapaxes", of([](const Tensors& x, const Args& args) {
         return swapaxes(x[0], args.integer("axis0"), args.integer("axis1"));
       })},
      {"unflatten", of([](const Tensors& x, const Args& args) {
         return unflatten(x[0].contiguous(), args.integer("dim"), args.dims("sizes"));
       })},
      {"atleast_3d", unary(atleast_3d)},
      {"broadcast_tensors", of([](const Tensors& x, const Args&) { return broadcast_tensors(x); })},
      {"meshgrid",
       of([](const Tensors& x, const Args& args) { return meshgrid(x, args.text("indexing", "ij")); })},
      {"cartesian_prod", of([](const Tensors& x, const Args&) { return cartesian_prod(x); })},
      {"hstack", of([](const Tensors& x, const Args&) { return hstack(x); })},
      {"vstack", of([](const Tensors& x, const Args&) { return vstack(x); })},
      {"dstack", of([](const Tensors& x, const Args&) { return dstack(x); })},
      {"column_stack", of([](const Tensors& x, const Args&) { return column_stack(x); })},
      {"unfold", of([](const Tensors& x, const Args& args) {
         return x[0].unfold(args.integer("dimension"), args.integer("size"), args.integer("step"));
       })},
      {"tril",
       of([](const Tensors& x, const Args& args) { return tril(x[0], args.integer("diagonal", 0)); })},
      {"triu",
       of([](const Tensors& x, const Args& args) { return triu(x[0], args.integer("diagonal", 0)); })},
      {"diagonal", of([](const Tensors& x, const Args& args) {
         return diagonal(x[0], args.integer("offset", 0), args.integer("dim1", 0), args.integer("dim2", 1));
       })},
      {"diag_embed", of([](const Tensors& x, const Args& args) {
         return diag_embed(x[0], args.integer("offset", 0), args.integer("dim1", -2),
                           args.integer("dim2", -1));
       })},
      {"diag",
       of([](const Tensors& x, const Args& args) { return diag(x[0], args.integer("diagonal", 0)); })},
      {"diagflat",
       of([](const Tensors& x, const Args& args) { return diagflat(x[0], args.integer("offset", 0)); })},
      {"trace", unary(trace)},
      {"tril_indices", of([](const Tensors&, const Args& args) {
         return tril_indices(args.integer("row"), args.integer("col"), args.integer("offset", 0));
       })},
      {"triu_indices", of([](const Tensors&, const Args& args) {
         return triu_indices(args.integer("row"), args.integer("col"), args.integer("offset", 0));
       })},
      {"logspace", of([](const Tensors&, const Args& args) {
         return logspace(args.number("start"), args.number("end"), args.integer("steps"),
                         args.real("base", 10));
       })},
  };
}

/// quantile and nanquantile, of a number or a tensor q.
template <class F>
Function quantile_by(F f) {
  return [f](const Tensors& x, const Args& args) -> Tensors {
    const auto by = [&](const auto& q) {
      return f(x[0], q, optional_dim(args), args.flag("keepdim"), args.text("interpolation", "linear"));
    };
    return {x.size() == 2 ? by(x[1]) : by(args.real("q"))};
  };
}

/// {var, mean} or {std, mean}.
template <class F>
Function moments(F f) {
  return [f](const Tensors& x, const Args& args) -> Tensors {
    const VarOptions options{.correction = args.real("correction", 1), .keepdim = args.flag("keepdim")};
    const auto both = args.has("dim") ? f(x[0], args.dims("dim"), options) : f(x[0], options);
    return {std::get<0>(both), std::get<1>(both)};
  };
}

Table orders() {
  return {
      {"cumprod", of([](const Tensors& x, const Args& args) { return cumprod(x[0], args.integer("dim")); })},
      {"cummax",
       of([](const Tensors& x, const Args& args) { return both(cummax(x[0], args.integer("dim"))); })},
      {"cummin",
       of([](const Tensors& x, const Args& args) { return both(cummin(x[0], args.integer("dim"))); })},
      {"logcumsumexp",
       of([](const Tensors& x, const Args& args) { return logcumsumexp(x[0], args.integer("dim")); })},
      {"median", all_or_along([](const auto&... args) { return median(args...); })},
      {"nanmedian", all_or_along([](const auto&... args) { return nanmedian(args...); })},
      {"kthvalue", of([](const Tensors& x, const Args& args) {
         return both(kthvalue(x[0], args.integer("k"), args.integer("dim", -1), args.flag("keepdim")));
       })},
      {"mode", of([](const Tensors& x, const Args& args) {
         return both(mode(x[0], args.integer("dim", -1), args.flag("keepdim")));
       })},
      {"quantile", quantile_by([](const auto&... args) { return quantile(args...); })},
      {"nanquantile", quantile_by([](const auto&... args) { return nanquantile(args...); })},
      {"count_nonzero", of([](const Tensors& x, const Args& args) {
         return args.has("dim") ? count_nonzero(x[0], args.dims("dim")) : count_nonzero(x[0]);
       })},
      {"nansum", reduction(nansum, nansum)},
      {"nanmean", reduction(nanmean, nanmean)},
      {"aminmax", of([](const Tensors& x, const Args& args) {
         const auto [least, greatest] =
             aminmax(x[0], {.dim = optional_dim(args), .keepdim = args.flag("keepdim")});
         return Tensors{least, greatest};
       })},
      {"var_mean", moments([](const auto&... args) { return var_mean(args...); })},
      {"std_mean", moments([](const auto&... args) { return std_mean(args...); })},
  };
}

Table indexing() {
  return {
      {"narrow", of([](const Tensors& x, const Args& args) {
         return narrow(x[0], args.integer("dim"), args.integer("start"), args.integer("length"));
       })},
      {"slice", of([](const Tensors& x, const Args& args) {
         return slice(x[0], args.integer("dim"), args.integer("start"), args.integer("end"),
                      args.integer("step", 1));
       })},
      {"select", of([](const Tensors& x, const Args& args) {
         return select(x[0], args.integer("dim"), args.integer("index"));
       })},
      {"index_select",
       of([](const Tensors& x, const Args& args) { return index_select(x[0], args.integer("dim"), x[1]); })},
      {"gather",
       of([](const Tensors& x, const Args& args) { return gather(x[0], args.integer("dim"), x[1]); })},
      {"one_hot",
       of([](const Tensors& x, const Args& args) { return one_hot(x[0], args.integer("num_classes")); })},
  };
}

Table products_and_probability() {
  return {
      {"matmul", pair(matmul)},
      {"mm", pair(mm)},
      {"bmm", pair(bmm)},
      {"dot", pair(dot)},
      {"outer", pair(outer)},
      {"linear", of([](const Tensors& x, const Args&) {
         return x.size() == 3 ? linear(x[0], x[1], x[2]) : linear(x[0], x[1]);
       })},
      {"softmax", of([](const Tensors& x, const Args& args) { return softmax(x[0], args.integer("dim")); })},
      {"log_softmax",
       of([](const Tensors& x, const Args& args) { return log_softmax(x[0], args.integer("dim")); })},
      {"dropout", of([](const Tensors& x, const Args& args) {
         return dropout(x[0], args.real("p"), args.flag("training"));
       })},
  };
}

ConvOptions conv_options(const Args& args) {
  ConvOptions options;
  if (args.has("stride")) options.stride = args.dims("stride");
  if (args.has("padding") && args.is_text("padding")) {
    options.padding = args.text("padding", "");
  } else if (args.has("padding")) {
    options.padding = args.dims("padding");
  }
  if (args.has("dilation")) options.dilation = args.dims("dilation");
  options.groups = args.integer("groups", 1);
  return options;
}

ConvTransposeOptions conv_transpose_options(const Args& args) {
  const ConvOptions common = conv_options(args);
  ConvTransposeOptions options{.stride = common.stride, .groups = common.groups, .dilation = common.dilation};
  options.padding = common.padding;
  if (args.has("output_padding")) options.output_padding = args.dims("output_padding");
  return options;
}

/// f(x, weight, options) or f(x, weight, bias, options).
template <class F, class Options>
Function convolution(F f, Options (*options)(const Args&)) {
  return [=](const Tensors& x, const Args& args) -> Tensors {
    return {x.size() == 3 ? f(x[0], x[1], x[2], options(args)) : f(x[0], x[1], options(args))};
  };
}

/// The gradients of f(x, weight, options) for the third tensor.
template <class F, class Options>
Function convolution_gradients(F f, Options (*options)(const Args&)) {
  return [=](const Tensors& x, const Args& args) {
    return grad({f(x[0], x[1], options(args))}, {x[0], x[1]}, {.grad_outputs = {x[2]}, .create_graph = true});
  };
}

Table convolutions() {
  const auto one = [](const auto&... args) { return conv1d(args...); };
  const auto two = [](const auto&... args) { return conv2d(args...); };
  const auto transposed = [](const auto&... args) { return conv_transpose2d(args...); };
  return {
      {"conv1d", convolution(one, conv_options)},
      {"conv2d", convolution(two, conv_options)},
      {"conv_transpose1d",
       convolution([](const auto&... args) { return conv_transpose1d(args...); }, conv_transpose_options)},
      {"conv_transpose2d", convolution(transposed, conv_transpose_options)},
      {"conv2d_gradients", convolution_gradients(two, conv_options)},
      {"conv_transpose2d_gradients", convolution_gradients(transposed, conv_transpose_options)},
  };
}

/// f(input, a, b, {beta, alpha}).
Function added(Tensor (*f)(const Tensor&, const Tensor&, const Tensor&, const ProductOptions&)) {
  return [f](const Tensors& x, const Args& args) -> Tensors {
    ProductOptions options;
    if (args.has("beta")) options.beta = args.number("beta");
    if (args.has("alpha")) options.alpha = args.number("alpha");
    return {f(x[0], x[1], x[2], options)};
  };
}

Table products() {
  return {
      {"mv", pair(mv)},
      {"addmm", added(addmm)},
      {"addmv", added(addmv)},
      {"addr", added(addr)},
      {"baddbmm", added(baddbmm)},
      {"addbmm", added(addbmm)},
      {"inner", pair(inner)},
      {"tensordot", of([](const Tensors& x, const Args& args) {
         return args.has("dims_a") ? tensordot(x[0], x[1], args.dims("dims_a"), args.dims("dims_b"))
                                   : tensordot(x[0], x[1], args.integer("dims", 2));
       })},
      {"kron", pair(kron)},
      {"cross", of([](const Tensors& x, const Args& args) { return cross(x[0], x[1], optional_dim(args)); })},
      {"matrix_power",
       of([](const Tensors& x, const Args& args) { return matrix_power(x[0], args.integer("n")); })},
      {"chain_matmul", of([](const Tensors& x, const Args&) { return chain_matmul(x); })},
      {"einsum", of([](const Tensors& x, const Args& args) { return einsum(args.text("equation", ""), x); })},
  };
}

std::optional<linalg::NormOrder> optional_order(const Args& args) {
  if (!args.has("ord")) return std::nullopt;
  if (!args.is_text("ord")) return linalg::NormOrder(args.real("ord"));
  const std::string text = args.text("ord", "");
  if (text == "fro" || text == "nuc") return linalg::NormOrder(text == "fro" ? "fro" : "nuc");
  return linalg::NormOrder(args.real("ord"));  // "inf"
}

/// A norm by its options.
Function norm_by(Tensor (*f)(const Tensor&, const linalg::NormOptions&)) {
  return [f](const Tensors& x, const Args& args) -> Tensors {
    linalg::NormOptions options{.ord = optional_order(args), .keepdim = args.flag("keepdim")};
    if (args.has("dim")) options.dim = args.dims("dim");
    return {f(x[0], options)};
  };
}

Table factors() {
  return {
      {"linalg_inv", unary(linalg::inv)},
      {"linalg_det", unary(linalg::det)},
      {"logdet", unary(logdet)},
      {"linalg_slogdet", of([](const Tensors& x, const Args&) {
         const auto [sign, logabsdet] = linalg::slogdet(x[0]);
         return Tensors{sign, logabsdet};
       })},
      {"linalg_solve", of([](const Tensors& x, const Args& args) {
         return linalg::solve(x[0], x[1], {.left = args.flag("left", true)});
       })},
      {"linalg_qr", of([](const Tensors& x, const Args& args) {
         const auto [q, r] = linalg::qr(x[0], args.text("mode", "reduced"));
         return Tensors{q, r};
       })},
      {"linalg_svd", of([](const Tensors& x, const Args&) {
         const auto [u, s, vh] = linalg::svd(x[0], {.full_matrices = false});
         return Tensors{s, abs(u.detach()), abs(vh.detach())};
       })},
      {"linalg_eigh", of([](const Tensors& x, const Args& args) {
         const auto [values, vectors] = linalg::eigh(x[0], args.text("UPLO", "L"));
         return Tensors{values, abs(vectors.detach())};
       })},
      {"linalg_pinv", of([](const Tensors& x, const Args&) { return linalg::pinv(x[0]); })},
      {"linalg_norm", norm_by(linalg::norm)},
      {"linalg_vector_norm", norm_by(linalg::vector_norm)},
      {"linalg_matrix_norm", norm_by(linalg::matrix_norm)},
      {"linalg_cholesky", of([](const Tensors& x, const Args& args) {
         return linalg::cholesky(x[0], {.upper = args.flag("upper")});
       })},
  };
}

Table all_ops() {
  Table table;
  for (Table part : {arithmetic(), elementwise(), trigonometry_and_logarithms(), rounding_and_bounds(),
                     bits(), activations(), distances(), reductions(), orders(), shapes(), arrangements(),
                     indexing(), products(), factors(), convolutions(), products_and_probability()}) {
    table.merge(part);
  }
  return table;
}

/// Sums of many products, whose order is another than PyTorch's.
std::map<std::string, Tolerances> tolerances() {
  std::map<std::string, Tolerances> result;
  for (const auto& [name, function] : convolutions()) result[name].float32 = {2e-6, 3e-6};
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_ops)
const RegisterTests register_tests("", all_ops(), tolerances());
BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::golden
