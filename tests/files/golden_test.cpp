// Files that numpy, PyTorch and a Python script wrote (tests/golden/generator/files.py): what xtape reads
// from them, and that it writes the same bytes.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "files/npy.hpp"
#include "files/safetensors.hpp"
#include "nn/layers/activation.hpp"
#include "nn/layers/flatten.hpp"
#include "nn/layers/linear.hpp"
#include "nn/module/sequential.hpp"
#include "tests/files/files.hpp"
#include "tests/support/golden.hpp"

namespace xtape::testing {
namespace {

using nlohmann::json;

constexpr golden::Tolerances kExact{.float32 = {0, 0}, .float64 = {0, 0}};

fs::path golden_file(const std::string& name) { return golden::path("files") + "/" + name; }

StateDict load_any(const fs::path& path) {
  if (path.extension() == ".npy") return {{"", load_npy(path)}};
  return load(path);
}

/// Writes what was read from a golden file by `write(path, dict)`, and expects the file's own bytes.
template <class Write>
void expect_same_bytes(const std::string& name, const Write& write) {
  const TemporaryFolder folder;
  write(folder / name, load_any(golden_file(name)));
  BOOST_TEST(contents_of(folder / name) == contents_of(golden_file(name)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(files_golden)

BOOST_AUTO_TEST_CASE(every_file_holds_what_python_put_into_it) {
  const json contents = golden::read_json(golden_file("contents.json").string());
  const json& files = contents.at("files");
  for (const auto& [name, tensors] : files.items()) {
    BOOST_TEST_CONTEXT(name) {
      const StateDict dict = load_any(golden_file(name));
      BOOST_TEST(dict.size() == tensors.size());
      for (const auto& [key, expected] : tensors.items()) {
        BOOST_REQUIRE(dict.contains(key));
        BOOST_TEST(golden::difference(dict.at(key), golden::read_tensor(expected), kExact) == "");
      }
    }
  }
  for (const auto& [name, message] : contents.at("refused").items())
    BOOST_TEST(fails_with([&, file = name] { load_any(golden_file(file)); },
                          name + ": " + message.get<std::string>()));
  BOOST_TEST(files_in(golden::path("files")) == files.size() + contents.at("refused").size() + 1);
}

BOOST_AUTO_TEST_CASE(archives_keep_their_order) {
  const std::vector<std::string> order{"0.weight", "0.bias", "größe/ids", "zeros", "nothing", "flags"};
  BOOST_TEST((load_npz(golden_file("savez.npz")).keys() == order));
  BOOST_TEST((load_npz(golden_file("savez_compressed.npz")).keys() == order));
}

BOOST_AUTO_TEST_CASE(arrays_are_written_as_numpy_writes_them) {
  for (const char* name : {"float32.npy", "float64.npy", "int64.npy", "uint8.npy", "bool.npy", "zero_dim.npy",
                           "size0.npy", "eight_dims.npy"}) {
    BOOST_TEST_CONTEXT(name) {
      expect_same_bytes(name,
                        [](const fs::path& path, const StateDict& dict) { save_npy(path, dict.at("")); });
    }
  }
}

BOOST_AUTO_TEST_CASE(safetensors_are_written_by_the_rules_of_the_reference) {
  expect_same_bytes("dtypes.safetensors", [](const fs::path& path, const StateDict& dict) {
    save(dict, path, {.metadata = {{"format", "pt"}, {"größe", "ü"}}});
  });
  expect_same_bytes("sequential.safetensors", [](const fs::path& path, const StateDict& dict) {
    save(dict, path, {.metadata = {{"format", "pt"}}});
  });
}

BOOST_AUTO_TEST_CASE(metadata_is_read) {
  const std::map<std::string, std::string> expected{{"format", "pt"}, {"größe", "ü"}};
  BOOST_TEST((load_metadata(golden_file("dtypes.safetensors")) == expected));
  BOOST_TEST(load_metadata(golden_file("converted.safetensors")).empty());
}

BOOST_AUTO_TEST_CASE(weights_of_pytorch_load_by_name_and_give_its_outputs) {
  nn::Sequential model{nn::Flatten(), nn::Linear(6, 5), nn::Tanh(), nn::Linear(5, 3)};
  model.load_state_dict(load(golden_file("sequential.safetensors")));
  const StateDict passed = load_npz(golden_file("sequential.npz"));
  const Tensor y = model(passed.at("x"));
  BOOST_TEST(amax(abs(y - passed.at("y"))).item() < 1e-6);
  BOOST_TEST(amax(abs(y)).item() > 0.1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
