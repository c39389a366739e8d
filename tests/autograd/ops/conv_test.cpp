// Convolutions beyond the cases of their ops and golden files: sizes, threads, what is refused.
#include "autograd/ops/conv.hpp"

#include "autograd/base/parallel.hpp"
#include "autograd/graph/backward.hpp"
#include "autograd/graph/trace.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

Tensor random(const Shape& shape, std::uint64_t seed, DType dtype = kFloat64) {
  Generator generator(seed);
  return randn(shape, {.dtype = dtype, .generator = &generator});
}

/// y, and the gradients of x, the weight and the bias.
std::vector<Tensor> all_results(DType dtype, const Shape& image, const Shape& kernel,
                                const ConvOptions& options) {
  const Tensor x = random(image, 1, dtype).requires_grad_(), w = random(kernel, 2, dtype).requires_grad_(),
               b = random({kernel[0]}, 3, dtype).requires_grad_();
  const Tensor y = conv2d(x, w, b, options);
  std::vector<Tensor> results = grad({y}, {x, w, b}, {.grad_outputs = {random(y.shape(), 4, dtype)}});
  results.push_back(y.detach());
  return results;
}

/// sum over c, k of weight[o, c, k] x[c, p stride - padding + k dilation], as it is written.
double at(const Tensor& x, const Tensor& w, const std::array<std::int64_t, 4>& place, std::int64_t stride,
          std::int64_t padding) {
  const auto [n, o, row, column] = place;
  const auto xs = x.accessor<double, 4>(), ws = w.accessor<double, 4>();
  double sum = 0;
  for (std::int64_t c = 0; c < w.size(1); ++c) {
    for (std::int64_t i = 0; i < w.size(2); ++i) {
      for (std::int64_t j = 0; j < w.size(3); ++j) {
        const std::int64_t h = row * stride - padding + i, v = column * stride - padding + j;
        if (h >= 0 && h < x.size(2) && v >= 0 && v < x.size(3)) sum += ws[o][c][i][j] * xs[n][c][h][v];
      }
    }
  }
  return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_conv)

BOOST_AUTO_TEST_CASE(every_place_is_the_sum_over_its_window) {
  const Tensor x = random({3, 11, 13, 17}, 1), w = random({19, 11, 3, 5}, 2);  // several panels and blocks
  for (const std::int64_t stride : {1, 2}) {
    const Tensor y = conv2d(x, w, {.stride = stride, .padding = 2});
    const auto ys = y.accessor<double, 4>();
    for (std::int64_t i = 0; i < y.numel(); i += 7) {
      const std::array<std::int64_t, 4> place{i / (19 * y.size(2) * y.size(3)),
                                              i / (y.size(2) * y.size(3)) % 19, i / y.size(3) % y.size(2),
                                              i % y.size(3)};
      BOOST_TEST(ys[place[0]][place[1]][place[2]][place[3]] == at(x, w, place, stride, 2),
                 boost::test_tools::tolerance(1e-11));
    }
  }
}

BOOST_AUTO_TEST_CASE(
    gradients_are_the_adjoints_of_wide_images) {  // rows longer than registers, and their rests
  for (const auto& [image, kernel, stride] :
       std::vector<std::tuple<Shape, Shape, std::int64_t>>{{{9, 5, 19, 37}, {7, 5, 3, 3}, 1},
                                                           {{9, 5, 19, 37}, {7, 5, 3, 3}, 2},
                                                           {{2, 3, 40, 36}, {35, 3, 5, 3}, 2},
                                                           {{2, 3, 38, 45}, {9, 3, 3, 3}, 3},
                                                           {{3, 8, 34, 34}, {8, 1, 3, 3}, 2},
                                                           {{2, 70, 16, 16}, {40, 70, 3, 3}, 1},
                                                           {{2, 6, 20, 33}, {8, 6, 1, 1}, 2}}) {
    const ConvOptions options{.stride = stride, .padding = kernel[2] / 2, .groups = image[1] / kernel[1]};
    const std::vector<Tensor> all = all_results(kFloat64, image, kernel, options);
    const Tensor x = random(image, 1), w = random(kernel, 2), b = random({kernel[0], 1, 1}, 3),
                 g = random(all[3].shape(), 4);
    const double sum = ((all[3] - b) * g).sum().item();
    const auto close = boost::test_tools::tolerance(1e-11);
    BOOST_TEST((all[0] * x).sum().item() == sum, close);
    BOOST_TEST((all[1] * w).sum().item() == sum, close);
  }
}

BOOST_AUTO_TEST_CASE(kernels_of_one_pixel_are_products_with_their_gradients) {
  for (const Shape& image : {Shape{3, 80, 4, 8}, Shape{3, 80, 5, 5}, Shape{3, 7, 4, 8}}) {
    for (const std::int64_t filters : {1, 33}) {
      const std::int64_t channels = image[1], places = image[2] * image[3];
      const Tensor x = random(image, 1), w = random({filters, channels, 1, 1}, 2),
                   g = random({3, filters, image[2], image[3]}, 3);
      const Tensor columns = x.view({3, channels, places}), matrix = w.view({filters, channels}),
                   g_columns = g.view({3, filters, places});
      const Tensor leaf = x.clone().requires_grad_(), weight = w.clone().requires_grad_();
      const Tensor y = conv2d(leaf, weight);
      y.backward(g);
      const auto expect_near = [](const Tensor& a, const Tensor& b) {
        BOOST_TEST(norm(a.reshape({-1}) - b.reshape({-1}), 2).item() <
                   1e-12 * norm(b.reshape({-1}), 2).item());
      };
      expect_near(y.detach(), matmul(matrix, columns));
      expect_near(leaf.grad(), matmul(matrix.t(), g_columns));
      expect_near(weight.grad(), sum(matmul(g_columns, columns.transpose(1, 2)), 0));
    }
  }
}

BOOST_AUTO_TEST_CASE(kernels_of_three_rows_in_float32_agree_with_float64) {
  struct Case {
    Shape image, kernel;
    ConvOptions options;
  };
  const std::vector<Case> cases{
      {{8, 16, 8, 8}, {16, 16, 3, 3}, {.padding = 1}},
      {{3, 19, 15, 17}, {23, 19, 3, 3}, {.padding = 1}},  // a last row without its pair
      {{3, 16, 13, 33}, {16, 16, 3, 5}, {.padding = 2}},
      {{5, 32, 18, 16}, {36, 16, 3, 3}, {.groups = 2}},
      {{1, 16, 32, 32}, {40, 16, 3, 3}, {.padding = 1}},  // shared by threads
      {{64, 16, 6, 3}, {16, 16, 3, 1}, {.padding = {1, 0}}}};
  for (const Case& each : cases) {
    const auto exact = all_results(kFloat64, each.image, each.kernel, each.options),
               found = all_results(kFloat32, each.image, each.kernel, each.options);
    for (std::size_t i = 0; i < exact.size(); ++i) {
      const double largest = exact[i].abs().max().item(),
                   error = (found[i].to(kFloat64) - exact[i]).abs().max().item();
      BOOST_TEST(error < 1e-6 * largest, each.image << ": result " << i << ", " << error / largest);
    }
  }
}

BOOST_AUTO_TEST_CASE(infinities_and_nan_reach_the_places_that_see_them_and_no_others) {
  const auto pattern = [](const Tensor& x) {
    return nan_to_num(x.to(kFloat64), 2.0, 3.0, -3.0) * ~isfinite(x);
  };
  for (const double value : {std::numeric_limits<double>::infinity(), std::nan("")}) {
    for (const std::int64_t row : {0, 3, 6}) {
      std::vector<std::vector<Tensor>> results;
      for (const DType dtype : {kFloat32, kFloat64}) {
        const Tensor x = random({8, 16, 16, 16}, 1).to(dtype), w = random({16, 16, 3, 3}, 2).to(dtype);
        x[2][5][row][7].fill_(value);
        const Tensor leaf = w.requires_grad_(), y = conv2d(x, leaf, {.padding = 1});
        results.push_back({y.detach(), grad({y.sum()}, {leaf})[0]});
      }
      for (std::size_t i = 0; i < 2; ++i)
        BOOST_TEST(pattern(results[0][i]).equal(pattern(results[1][i])),
                   value << " in row " << row << ", result " << i);
    }
  }
}

BOOST_AUTO_TEST_CASE(results_have_the_same_bits_on_any_number_of_threads) {
  const int before = num_threads();
  for (const DType dtype : {kFloat32, kFloat64}) {
    for (const auto& [image, kernel, options] : std::vector<std::tuple<Shape, Shape, ConvOptions>>{
             {{40, 1, 28, 28}, {6, 1, 5, 5}, {.padding = 2}},
             {{33, 16, 16, 16}, {32, 16, 3, 3}, {.stride = 2}},
             {{9, 32, 15, 15}, {32, 1, 3, 3}, {.groups = 32}},
             {{2, 8, 40, 40}, {50, 8, 3, 3}, {}},
             {{1, 16, 32, 32}, {40, 16, 3, 3}, {.padding = 1}},
             {{3, 16, 32, 32}, {40, 16, 3, 3}, {.stride = 2}}}) {
      set_num_threads(1);
      const std::vector<Tensor> one = all_results(dtype, image, kernel, options);
      set_num_threads(2);
      const std::vector<Tensor> two = all_results(dtype, image, kernel, options);
      for (std::size_t i = 0; i < one.size(); ++i) BOOST_TEST(one[i].equal(two[i]));
    }
  }
  set_num_threads(before);
}

BOOST_AUTO_TEST_CASE(sums_of_many_images_keep_their_digits) {
  const Shape image{256, 3, 20, 20}, kernel{4, 3, 3, 3};
  const std::vector<Tensor> narrow = all_results(kFloat32, image, kernel, {}),
                            wide = all_results(kFloat64, image, kernel, {});
  for (std::size_t i = 0; i < narrow.size(); ++i) {
    const Tensor difference = narrow[i].to(kFloat64) - wide[i];
    BOOST_TEST(norm(difference, 2).item() < 1e-6 * norm(wide[i], 2).item());
  }
}

BOOST_AUTO_TEST_CASE(inputs_of_any_strides_give_the_same_bits) {
  const Tensor x = random({4, 3, 8, 9}, 1, kFloat32), w = random({5, 3, 3, 2}, 2, kFloat32);
  const Tensor turned = x.permute({2, 0, 3, 1}).contiguous().permute({1, 3, 0, 2});
  const Tensor turned_weight = w.transpose(0, 3).contiguous().transpose(0, 3);
  BOOST_TEST(!turned.is_contiguous());
  BOOST_TEST(conv2d(x, w).equal(conv2d(turned, turned_weight)));
  BOOST_TEST(conv2d(x.slice(0, 0, 4, 2), w).equal(conv2d(x, w).slice(0, 0, 4, 2)));
}

BOOST_AUTO_TEST_CASE(an_image_gives_the_same_bits_alone_and_among_others) {
  for (const std::int64_t channels : {3, 16}) {
    for (const std::int64_t images : {9, 70}) {  // of 16 channels a task takes one, or two
      const Tensor x = random({images, channels, 10, 18}, 1, kFloat32),
                   w = random({50, channels, 3, 3}, 2, kFloat32);
      BOOST_TEST(conv2d(x[5], w).equal(conv2d(x, w)[5]), images << " images, " << channels << " channels");
    }
  }
}

BOOST_AUTO_TEST_CASE(more_channels_than_are_summed_at_once_give_the_same_bits) {
  const Tensor x = random({9, 8, 5, 5}, 1), w = random({2100, 8, 3, 3}, 2);
  BOOST_TEST(conv2d(x, w).slice(1, 2000, 2100).equal(conv2d(x, w.slice(0, 2000, 2100))));
  const Tensor row = random({9, 8, 1, 4}, 3), wide = random({8, 40, 1, 3}, 4);
  // Columns of 600 remainders, each with sums of its own.
  const ConvTransposeOptions apart{.stride = {1, 600}};
  BOOST_TEST(conv_transpose2d(row, wide, apart)
                 .slice(1, 30, 40)
                 .equal(conv_transpose2d(row, wide.slice(1, 30, 40), apart)));
}

BOOST_AUTO_TEST_CASE(no_images_give_no_results_and_gradients_of_zero) {
  const std::vector<Tensor> results = all_results(kFloat32, {0, 2, 5, 5}, {3, 2, 3, 3}, {.padding = 1});
  BOOST_TEST(results[0].shape() == Shape({0, 2, 5, 5}));
  BOOST_TEST(results[1].equal(zeros({3, 2, 3, 3})));
  BOOST_TEST(results[2].equal(zeros({3})));
  BOOST_TEST(results[3].shape() == Shape({0, 3, 5, 5}));
  BOOST_TEST(conv_transpose2d(zeros({0, 3, 5, 5}), ones({3, 2, 3, 3})).shape() == Shape({0, 2, 7, 7}));
}

BOOST_AUTO_TEST_CASE(a_transposed_convolution_undoes_the_size_of_a_convolution) {
  const Tensor x = random({2, 3, 9, 12}, 1), w = random({4, 3, 3, 3}, 2);
  const Tensor y = conv2d(x, w, {.stride = 2, .padding = 1});
  const ConvTransposeOptions back{.stride = 2, .padding = 1, .output_padding = {0, 1}};
  const Tensor z = conv_transpose2d(y, w, back);
  BOOST_TEST(z.shape() == x.shape());
  BOOST_TEST((z * x).sum().item() == (y * y).sum().item(), boost::test_tools::tolerance(1e-12));  // adjoint
}

BOOST_AUTO_TEST_CASE(options_take_one_number_a_list_or_a_word) {
  const Tensor x = random({1, 2, 6, 7}, 1), w = random({3, 2, 2, 3}, 2), b = random({3}, 3);
  const std::string same = "same";
  BOOST_TEST(conv2d(x, w, {.padding = same}).shape() == Shape({1, 3, 6, 7}));
  BOOST_TEST(conv2d(x, w, b, {.padding = "valid"}).equal(conv2d(x, w, b)));
  BOOST_TEST(conv2d(x, w, Tensor(), {.stride = {2, 1}}).equal(conv2d(x, w, {.stride = std::vector{2, 1}})));
  BOOST_TEST(conv2d(x, w, {}, {.dilation = 2}).shape() == Shape({1, 3, 4, 3}));
}

BOOST_AUTO_TEST_CASE(a_trace_shows_the_call_and_its_options) {
  const Tracer tracer;
  static_cast<void>(conv1d(ones({1, 1, 5}), ones({1, 1, 3}), {.padding = "same"}));
  BOOST_REQUIRE(!tracer.graph().ops.empty());
  const Graph::Op& op = tracer.graph().ops.back();
  BOOST_TEST(op.name == "conv1d");
  BOOST_TEST(op::to_string(op.attributes.at(0).value) == "{1}");
  BOOST_TEST(op::to_string(op.attributes.at(1).value) == "same");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused_by_name) {
  const Tensor x = ones({2, 4, 5, 6}), w = ones({6, 4, 3, 3});
  const auto refused = [](const auto& f, const std::string& text) { BOOST_TEST(error_of(f) == text); };
  refused(
      [&] {
        conv2d(x, ones({6, 3, 3, 3}));
      },
      "conv2d: an input of shape {2, 4, 5, 6} has 4 channels; a weight of shape {6, 3, 3, 3} with groups 1 "
      "expects 3");
  refused(
      [&] { conv2d(x, w, {.groups = 2}); },
      "conv2d: an input of shape {2, 4, 5, 6} has 4 channels; a weight of shape {6, 4, 3, 3} with groups 2 "
      "expects 8");
  refused([&] { conv2d(x, w, {.groups = 4}); },
          "conv2d: groups 4 do not divide the 6 channels of a weight of shape {6, 4, 3, 3}");
  refused([&] { conv2d(x, w, {.groups = 0}); }, "conv2d: groups is 0; expected 1 or more");
  refused(
      [&] {
        conv2d(x, ones({6, 4, 8, 3}), {.padding = 1});
      },
      "conv2d: a kernel that reaches over 8 does not fit into an input of 7 with its padding: weight {6, 4, "
      "8, "
      "3}, input {2, 4, 5, 6}");
  refused([&] { conv2d(x, w, {.dilation = 3}); },
          "conv2d: a kernel that reaches over 7 does not fit into an input of 5 with its padding: weight {6, "
          "4, 3, "
          "3}, input {2, 4, 5, 6}");
  refused(
      [&] {
        conv2d(ones({5, 6}), w);
      },
      "conv2d: an input of shape {5, 6}; expected {N, C, H, W} or {C, H, W}");
  refused(
      [&] {
        conv1d(x, ones({6, 4, 3}));
      },
      "conv1d: an input of shape {2, 4, 5, 6}; expected {N, C, L} or {C, L}");
  refused(
      [&] {
        conv2d(x, ones({6, 4, 3}));
      },
      "conv2d: a weight of shape {6, 4, 3}; expected 4 dims, the last of them {KH, KW}");
  refused(
      [&] {
        conv2d(x, ones({6, 4, 0, 3}));
      },
      "conv2d: a weight of shape {6, 4, 0, 3} has a kernel without taps");
  refused([&] { conv2d(x, w, ones({4})); },
          "conv2d: a bias of shape {4}; expected {6}, a number for each output channel");
  refused([&] { conv2d(x, w, {.stride = 0}); }, "conv2d: stride is 0; expected 1 or more");
  refused([&] { conv2d(x, w, {.padding = {0, -1}}); }, "conv2d: padding is -1; expected 0 or more");
  refused([&] { conv2d(x, w, {.padding = "full"}); },
          "conv2d: padding is \"full\"; expected \"valid\", \"same\" or numbers");
  refused([&] { conv2d(x, w, {.stride = 2, .padding = "same"}); },
          "conv2d: padding \"same\" keeps sizes; it takes no stride but 1, and got {2, 2}");
  refused([&] { conv2d(x.to(kFloat64), w); },
          "conv2d: the input is float64, the weight float32; expected one dtype");
  refused([&] { conv2d(x, w, ones({6}, {.dtype = kFloat64})); },
          "conv2d: the input is float32, the weight float32 and the bias float64; expected one dtype");
  expect_error([&] { conv2d(x.to(kInt64), w.to(kInt64)); }, "conv2d: ");
  refused([&] { conv2d(Tensor(), w); }, "conv2d: the input is undefined");
}

BOOST_AUTO_TEST_CASE(a_transposed_call_that_does_not_fit_is_refused_by_name) {
  const Tensor x = ones({2, 4, 3, 3}), w = ones({4, 2, 3, 3});
  const auto refused = [](const auto& f, const std::string& text) { BOOST_TEST(error_of(f) == text); };
  refused(
      [&] {
        conv_transpose2d(x, ones({3, 2, 3, 3}));
      },
      "conv_transpose2d: an input of shape {2, 4, 3, 3} has 4 channels; a weight of shape {3, 2, 3, 3} with "
      "groups 1 expects 3");
  refused([&] { conv_transpose2d(x, w, {.stride = 2, .output_padding = 2}); },
          "conv_transpose2d: output_padding is {2, 2}; expected less than the stride {2, 2} or the dilation "
          "{1, 1}");
  refused([&] { conv_transpose2d(x, w, {.padding = 3}); },
          "conv_transpose2d: an input of shape {2, 4, 3, 3} gives an output of size -1; expected 1 or more: "
          "padding "
          "{3, 3}, weight {4, 2, 3, 3}");
  refused(
      [&] {
        conv_transpose1d(ones({4, 3}), ones({4, 2, 3}), ones({4}), {.groups = 3});
      },
      "conv_transpose1d: groups 3 do not divide the 4 channels of a weight of shape {4, 2, 3}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
