// Products, factors of matrices, convolutions and probability.
#include "autograd/graph/backward.hpp"
#include "autograd/ops/conv.hpp"
#include "autograd/ops/linalg.hpp"
#include "autograd/tensor/results.hpp"
#include "tests/autograd/ops/golden_tables/tables.hpp"

namespace xtape::golden {

namespace {

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

/// f(input, a, b, {beta, alpha}).
Function added(Tensor (*f)(const Tensor&, const Tensor&, const Tensor&, const ProductOptions&)) {
  return [f](const Tensors& x, const Args& args) -> Tensors {
    ProductOptions options;
    if (args.has("beta")) options.beta = args.number("beta");
    if (args.has("alpha")) options.alpha = args.number("alpha");
    return {f(x[0], x[1], x[2], options)};
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

}  // namespace

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
      {"linalg_lstsq", of([](const Tensors& x, const Args& args) {
         const auto [solution, residuals, rank, singular] =
             linalg::lstsq(x[0], x[1], {.driver = args.text("driver", "gelsy")});
         return Tensors{solution, residuals.detach(), rank, singular};
       })},
      {"linalg_norm", norm_by(linalg::norm)},
      {"linalg_vector_norm", norm_by(linalg::vector_norm)},
      {"linalg_matrix_norm", norm_by(linalg::matrix_norm)},
      {"linalg_cholesky", of([](const Tensors& x, const Args& args) {
         return linalg::cholesky(x[0], {.upper = args.flag("upper")});
       })},
  };
}

}  // namespace xtape::golden
