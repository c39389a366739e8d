// .safetensors: what is written is read again. Damaged files: safetensors_faults_test.cpp.
#include "files/safetensors.hpp"

#include <filesystem>

#include "autograd/base/random.hpp"
#include "nn/layers/linear.hpp"
#include "nn/layers/mlp.hpp"
#include "nn/module/sequential.hpp"
#include "nn/optim/adam.hpp"
#include "tests/files/files.hpp"

namespace xtape::testing {
BOOST_AUTO_TEST_SUITE(files_safetensors)

BOOST_AUTO_TEST_CASE(every_dtype_makes_the_round_trip) {
  const TemporaryFolder folder;
  save(every_dtype(), folder / "m.safetensors");
  expect_same(load(folder / "m.safetensors"), every_dtype());
}

BOOST_AUTO_TEST_CASE(the_header_is_padded_and_ordered_by_dtype_and_name) {
  const TemporaryFolder folder;
  save({{"b", zeros({1})}, {"a", tensor({true})}, {"0", zeros({1})}, {"z", tensor({7})}},
       folder / "m.safetensors");
  const std::string bytes = contents_of(folder / "m.safetensors");
  const std::string header =
      R"({"z":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"0":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},)"
      R"("b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]},"a":{"dtype":"BOOL","shape":[1],"data_offsets":[16,17]}})";
  const std::string padding((8 - header.size() % 8) % 8, ' ');
  BOOST_TEST(bytes == safetensors_file(header + padding,
                                       little_endian(std::int64_t{7}) + std::string(8, '\0') + '\1'));
  BOOST_TEST((load(folder / "m.safetensors").keys() == std::vector<std::string>{"z", "0", "b", "a"}));
}

BOOST_AUTO_TEST_CASE(other_strides_are_written_in_row_major_order) {
  const TemporaryFolder folder;
  const Tensor x = arange(0, 24).reshape({2, 3, 4});
  const StateDict dict{{"transposed", x.transpose(0, 2)},
                       {"column", x.select(2, 1)},
                       {"expanded", tensor({1.0, 2.0}).reshape({2, 1}).expand({2, 3})},
                       {"trained", randn({2, 3}, {.requires_grad = true}).t()}};
  save(dict, folder / "m.safetensors");
  expect_same(load(folder / "m.safetensors"), dict);
}

BOOST_AUTO_TEST_CASE(a_model_and_its_optimizer_go_on_where_they_stopped) {
  const TemporaryFolder folder;
  manual_seed(1);
  const Tensor x = randn({8, 4});
  nn::MLP model({4, 6, 2}), other({4, 6, 2});
  optim::Adam optimizer(model.parameters()), other_optimizer(other.parameters());
  const auto train = [&](nn::MLP& net, optim::Adam& by) {
    by.zero_grad();
    sum(square(net(x))).backward();
    by.step();
  };
  train(model, optimizer);
  save(model.state_dict(), folder / "model.safetensors");
  save(optimizer.state_dict(), folder / "adam.safetensors");

  other.load_state_dict(load(folder / "model.safetensors"));
  other_optimizer.load_state_dict(load(folder / "adam.safetensors"));
  train(model, optimizer);
  train(other, other_optimizer);
  expect_same(other.state_dict(), model.state_dict());
}

BOOST_AUTO_TEST_CASE(tied_weights_are_stored_under_each_name) {
  const TemporaryFolder folder;
  const Tensor w = randn({3, 3});
  save({{"encoder", w}, {"decoder", w}, {"half", w.narrow(0, 0, 1)}}, folder / "m.safetensors");
  const StateDict dict = load(folder / "m.safetensors");
  BOOST_TEST(same(dict.at("encoder"), w));
  BOOST_TEST(same(dict.at("decoder"), w));
  BOOST_TEST(same(dict.at("half"), w.narrow(0, 0, 1)));
}

BOOST_AUTO_TEST_CASE(an_empty_dict_and_texts_make_the_round_trip) {
  const TemporaryFolder folder;
  save({}, folder / "m.safetensors");
  BOOST_TEST(contents_of(folder / "m.safetensors") == safetensors_file("{}      "));
  BOOST_TEST(load(folder / "m.safetensors").empty());

  const std::map<std::string, std::string> texts{{"format", "pt"}, {"", "\n\"\\\x01\x7f ü"}};
  const StateDict dict{{"", zeros({1})}, {"a \"b\"\\\n\x1f", ones({2})}, {"größe", ones({3})}};
  save(dict, folder / "m.safetensors", {.metadata = texts});
  BOOST_TEST((load_metadata(folder / "m.safetensors") == texts));
  expect_same(load(folder / "m.safetensors"), dict);
}

BOOST_AUTO_TEST_CASE(the_extension_names_the_format) {
  const TemporaryFolder folder;
  BOOST_TEST(fails_with([&] { save({}, folder / "m.bin"); }, "save: " + (folder / "m.bin").string()));
  BOOST_TEST(fails_with([&] { save({}, folder / "m.bin"); },
                        "the extension \".bin\"; known are .safetensors, .pt, .pth and .npz"));
  BOOST_TEST(fails_with([&] { save({}, folder / "m"); }, "the extension \"\"; known are"));
  BOOST_TEST(files_in(folder) == 0u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_an_error_and_leaves_no_file) {
  const TemporaryFolder folder;
  const fs::path path = folder / "m.safetensors";
  StateDict undefined;
  undefined.insert("w", Tensor());
  BOOST_TEST(fails_with([&] { save(undefined, path); }, "tensor \"w\" is undefined"));
  BOOST_TEST(fails_with(
      [&] {
        save({{"__metadata__", ones({1})}}, path);
      },
      "cannot be named \"__metadata__\""));
  BOOST_TEST(fails_with([&] { save({{"\xff", ones({1})}}, path); }, "not UTF-8"));
  BOOST_TEST(fails_with([&] { save({}, path, {.metadata = {{"a", "\xc3"}}}); }, "not UTF-8"));
  BOOST_TEST(files_in(folder) == 0u);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_missing_or_none) {
  const TemporaryFolder folder;
  BOOST_TEST(fails_with([&] { load(folder / "m.safetensors"); }, "m.safetensors: no such file"));
  fs::create_directory(folder / "d.safetensors");
  BOOST_TEST(fails_with([&] { load(folder / "d.safetensors"); }, "is a directory"));
  fs::create_symlink("/dev/zero", folder / "z.safetensors");
  BOOST_TEST(fails_with([&] { load(folder / "z.safetensors"); }, "is not a regular file"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
