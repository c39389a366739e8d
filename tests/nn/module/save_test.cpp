// Saving and loading a module in one call, in every format.
#include "nn/module/save.hpp"

#include "files/npy.hpp"
#include "nn/layers/linear.hpp"
#include "nn/layers/running_norm.hpp"
#include "nn/module/sequential.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {
namespace {

nn::Sequential net() { return nn::Sequential{nn::Linear(3, 4), nn::BatchNorm1d(4)}; }

struct Tied : nn::ModuleBase {
  nn::Linear encoder = register_module("encoder", nn::Linear(2, 2));
  nn::Linear decoder = register_module("decoder", nn::Linear(2, 2));
  Tied() { decoder.set_parameter("weight", encoder.parameters()[0]); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(nn_save)

BOOST_AUTO_TEST_CASE(a_module_makes_the_round_trip_in_every_format) {
  const TemporaryFolder folder;
  nn::Sequential a = net();
  a(randn({5, 3}));  // moves the running statistics
  for (const char* name : {"m.safetensors", "m.pt", "m.pth", "m.npz"}) {
    save(a, folder / name);
    nn::Sequential b = net();
    load(b, folder / name);
    const StateDict expected = a.state_dict(), read = b.state_dict();
    for (const auto& [key, value] : expected) BOOST_TEST(read.at(key).equal(value));
  }
}

BOOST_AUTO_TEST_CASE(tied_weights_load_and_stay_tied) {
  const TemporaryFolder folder;
  Tied a, b;
  save(a, folder / "m.pt");
  load(b, folder / "m.pt");
  BOOST_TEST(b.encoder.weight().equal(a.encoder.weight()));
  BOOST_TEST(b.encoder.weight().is_same(b.decoder.weight()));
}

BOOST_AUTO_TEST_CASE(a_branch_of_a_checkpoint_loads) {
  const TemporaryFolder folder;
  nn::Linear a(2, 1), b(2, 1);
  StateDict checkpoint;
  for (const auto& [name, value] : a.state_dict()) checkpoint.insert("model." + name, value);
  save(checkpoint, folder / "m.pt");
  load(b, folder / "m.pt", {.key = "model"});
  BOOST_TEST(b.weight().equal(a.weight()));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_an_error_that_names_the_file) {
  const TemporaryFolder folder;
  nn::Linear a(2, 1), b(3, 1);
  save(a, folder / "m.pt");
  const std::string text = error_of([&] { load(b, folder / "m.pt"); });
  BOOST_TEST(text.find("m.pt: load_state_dict: the state does not fit this Linear:") != std::string::npos);
  BOOST_TEST(text.find("\"weight\" is {1, 2}; expected {1, 3}") != std::string::npos);
  expect_error([&] { save(a, folder / "m.txt"); }, "the extension \".txt\"; known are .safetensors, .pt");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
