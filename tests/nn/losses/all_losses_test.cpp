// Every loss that the headers of nn/losses declare has its module, its golden file and its tests.
#include <filesystem>

#include "tests/support/expect.hpp"
#include "tests/support/sources.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(nn_all_losses)

BOOST_AUTO_TEST_CASE(every_loss_of_the_sources_is_tested) {
  std::vector<std::string> losses;
  for (const char* family : {"classification", "probability", "regression"}) {
    const auto declared = matches(fmt::format("nn/losses/{}.hpp", family),
                                  "\nTensor (\\w+)\\(const Tensor& \\w+, const Tensor& ");
    BOOST_TEST_REQUIRE(declared.size() >= 3u);
    losses.insert(losses.end(), declared.begin(), declared.end());
  }
  const std::string modules = text_of("nn/losses/modules.hpp");
  const std::string gradients = text_of("tests/nn/losses/loss_gradient_test.cpp");
  const std::string errors = text_of("tests/nn/losses/loss_error_test.cpp");
  for (const std::string& loss : losses) {
    BOOST_TEST_CONTEXT(loss) {
      BOOST_TEST(modules.find(", " + loss + ">") != std::string::npos,
                 "no module of nn/losses/modules.hpp calls it");
      BOOST_TEST(gradients.find("nn::" + loss + "(") != std::string::npos,
                 "tests/nn/losses/loss_gradient_test.cpp does not check its gradients");
      BOOST_TEST(errors.find("nn::" + loss + "(") != std::string::npos,
                 "tests/nn/losses/loss_error_test.cpp does not check what it refuses");
      BOOST_TEST(
          std::filesystem::exists(std::filesystem::path(XTAPE_TEST_DATA) / "golden/nn" / (loss + ".json")),
          "tests/golden/nn holds no values of PyTorch's; see tests/golden/generator/losses.py");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
