// Reductions, what depends on the order of elements, and distances.
#include "autograd/ops/distance.hpp"
#include "autograd/tensor/results.hpp"
#include "tests/autograd/ops/golden_tables/tables.hpp"

namespace xtape::golden {

namespace {

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

Tensors both(const ValuesIndices& pair) { return {pair.values, pair.indices}; }

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

}  // namespace

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

}  // namespace xtape::golden
