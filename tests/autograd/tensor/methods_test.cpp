// Every op that takes a Tensor first is a method too.
#include <filesystem>
#include <set>
#include <string>

#include "tests/support/expect.hpp"
#include "tests/support/sources.hpp"

namespace xtape::testing {

namespace {

/// What PyTorch has no method of either, and the library's own.
const std::set<std::string> functions_alone{"adaptive_avg_pool1d",
                                            "adaptive_avg_pool2d",
                                            "adaptive_max_pool1d",
                                            "adaptive_max_pool1d_with_indices",
                                            "adaptive_max_pool2d",
                                            "adaptive_max_pool2d_with_indices",
                                            "add_bias",
                                            "avg_pool1d",
                                            "avg_pool2d",
                                            "batch_norm",
                                            "bucketize",
                                            "cast",
                                            "cdist",
                                            "conv1d",
                                            "conv2d",
                                            "conv_transpose1d",
                                            "conv_transpose2d",
                                            "cosine_similarity",
                                            "ctc_losses",
                                            "dropout",
                                            "dropout2d",
                                            "embedding",
                                            "empty_like",
                                            "fold",
                                            "full_like",
                                            "group_norm",
                                            "instance_norm",
                                            "interpolate",
                                            "label_cross_entropy",
                                            "layer_norm",
                                            "linear",
                                            "max_pool1d",
                                            "max_pool1d_with_indices",
                                            "max_pool2d",
                                            "max_pool2d_with_indices",
                                            "normal",
                                            "normalize",
                                            "one_hot",
                                            "ones_like",
                                            "pairwise_distance",
                                            "pixel_shuffle",
                                            "pixel_unshuffle",
                                            "poisson",
                                            "rand_like",
                                            "randint_like",
                                            "randn_like",
                                            "rms_norm",
                                            "scaled_dot_product_attention",
                                            "searchsorted",
                                            "squared_error",
                                            "sum_squares",
                                            "sum_to_size",
                                            "zeros_like"};

std::set<std::string> names(const std::filesystem::path& header, const std::string& pattern) {
  const std::vector<std::string> found = matches(header, pattern);
  return {found.begin(), found.end()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_methods)

BOOST_AUTO_TEST_CASE(every_op_that_takes_a_tensor_first_is_a_method) {
  std::set<std::string> methods;
  for (const char* family : {"algebra", "elementwise", "index", "reduction", "shape"})
    methods.merge(
        names(std::string("autograd/tensor/") + family + "_methods.hpp", "\n  (?:auto|bool) (\\w+)\\("));
  methods.merge(names("autograd/tensor/inplace_methods.hpp", "\n  const Self& (\\w+)\\("));
  methods.merge(names("autograd/tensor/tensor.hpp", "\n  \\w+(?:<\\w+>)? (\\w+)\\("));
  std::set<std::string> functions;
  for (const auto& entry : std::filesystem::directory_iterator(XTAPE_SOURCE_DIR "/autograd/ops")) {
    if (entry.path().extension() != ".hpp" || entry.path().stem() == "linalg")
      continue;  // a namespace of its own
    functions.merge(
        names(std::filesystem::path("autograd/ops") / entry.path().filename(),
              "\n(?:Tensor|const Tensor&|ValuesIndices|std::vector<Tensor>|bool) (\\w+)\\(const Tensor& "));
  }
  BOOST_TEST(functions.size() > 100u);
  for (const std::string& function : functions) {
    BOOST_TEST(methods.contains(function) != functions_alone.contains(function),
               function << ": give it a line in autograd/tensor/*_methods.hpp or in this test's list");
  }
  for (const std::string& function : functions_alone) BOOST_TEST(functions.contains(function), function);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
