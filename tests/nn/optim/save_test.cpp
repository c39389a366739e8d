// Saving and loading an optimiser in one call.
#include "nn/optim/save.hpp"

#include "nn/layers/linear.hpp"
#include "nn/module/save.hpp"
#include "nn/optim/adam.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {
BOOST_AUTO_TEST_SUITE(optim_save)

BOOST_AUTO_TEST_CASE(an_optimiser_goes_on_where_it_stopped) {
  const TemporaryFolder folder;
  const Tensor x = randn({8, 3});
  for (const char* name : {"m.safetensors", "m.pt", "m.npz"}) {
    nn::Linear a(3, 2), b(3, 2);
    optim::Adam first(a.parameters(), {.lr = 0.1}), second(b.parameters());
    const auto step = [&](nn::Linear& net, optim::Adam& adam) {
      adam.zero_grad();
      square(net(x)).sum().backward();
      adam.step();
    };
    step(a, first);
    save(a, folder / name);
    load(b, folder / name);
    save(first, folder / name);
    load(second, folder / name);
    step(a, first);
    step(b, second);
    BOOST_TEST(second.lr() == 0.1);
    BOOST_TEST(a.weight().equal(b.weight()));
  }
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_an_error_that_names_the_file) {
  const TemporaryFolder folder;
  nn::Linear a(3, 2);
  optim::Adam adam(a.parameters());
  save(a, folder / "m.pt");
  expect_error([&] { load(adam, folder / "m.pt"); }, "m.pt: ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
