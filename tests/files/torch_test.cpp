// PyTorch's files: what save writes, load reads, and what torch.save may write beyond that. Damaged files:
// torch_faults_test.cpp; files that PyTorch wrote: golden_test.cpp.
#include <filesystem>

#include "autograd/graph/grad_mode.hpp"
#include "files/npy.hpp"
#include "files/safetensors.hpp"
#include "tests/files/torch_archives.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/golden.hpp"

namespace xtape::testing {
namespace {

fs::path golden_file(const std::string& name) { return golden::path("files") + "/" + name; }

bool share_storage(const Tensor& a, const Tensor& b) {
  return a.impl().storage.get() == b.impl().storage.get();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(files_torch)

BOOST_AUTO_TEST_CASE(every_dtype_makes_the_round_trip_in_its_order) {
  const TemporaryFolder folder;
  StateDict dict = every_dtype();
  for (const DType dtype : {kInt8, kInt16, kInt32})
    dict.insert(fmt::format("{}", dtype), tensor({-3, 100}).to(dtype));
  for (const char* name : {"m.pt", "m.pth"}) {
    save(dict, folder / name);
    const StateDict read = load(folder / name);
    expect_same(read, dict);
    BOOST_TEST((read.keys() == dict.keys()));
  }
  save({}, folder / "empty.pt");
  BOOST_TEST(load(folder / "empty.pt").empty());
}

BOOST_AUTO_TEST_CASE(a_tensor_alone_makes_the_round_trip) {
  const TemporaryFolder folder;
  const Tensor x = arange(0, 24).to(kInt16).reshape({2, 3, 4}).transpose(0, 2);
  for (const char* name : {"x.pt", "x.pth", "x.npy"}) {
    save(x, folder / name);
    Tensor y;
    load(y, folder / name);
    BOOST_TEST(equal(x, y));
  }
  BOOST_TEST(load(folder / "x.pt").at("").equal(x));
  expect_error([&] { save(x, folder / "x.safetensors"); }, "of a tensor alone .pt, .pth and .npy are known");
  save({{"a", x}, {"b", x}}, folder / "two.pt");
  Tensor y;
  expect_error([&] { load(y, folder / "two.pt"); }, "two.pt has 2 tensors; expected one");
}

BOOST_AUTO_TEST_CASE(tensors_that_share_memory_go_on_sharing_it) {
  const TemporaryFolder folder;
  const Tensor x = arange(0, 24).to(kFloat32).reshape({2, 3, 4}), row = x.select(0, 1);
  save({{"encoder", x},
        {"decoder", x},
        {"row", row},
        {"turned", x.transpose(0, 2)},
        {"none", x.slice(0, 0, 0)}},
       folder / "m.pt");
  const StateDict read = load(folder / "m.pt");
  expect_same(read, {{"encoder", x},
                     {"decoder", x},
                     {"row", row},
                     {"turned", x.transpose(0, 2)},
                     {"none", x.slice(0, 0, 0)}});
  for (const char* name : {"decoder", "row", "turned"})
    BOOST_TEST(share_storage(read.at("encoder"), read.at(name)));
  BOOST_TEST(read.at("turned").strides() == Shape({1, 4, 12}));
  {
    const NoGradGuard no_grad;
    read.at("row").fill_(7);
  }
  BOOST_TEST(read.at("decoder").sum().item() == 66.0 + 12 * 7);
}

BOOST_AUTO_TEST_CASE(a_view_that_is_alone_takes_no_more_than_it_shows) {
  const TemporaryFolder folder;
  const Tensor x = arange(0, 100'000).to(kFloat32);
  const StateDict alone{{"w", x.slice(0, 5, 9)},
                        {"columns", arange(0, 40'000).reshape({4, 10'000}).slice(1, 0, 2)}};
  save(alone, folder / "m.pt");
  BOOST_TEST(fs::file_size(folder / "m.pt") < 4000u);
  expect_same(load(folder / "m.pt"), alone);

  save({{"a", x.slice(0, 500, 502)}, {"b", x.slice(0, 510, 512)}}, folder / "m.pt");
  BOOST_TEST(fs::file_size(folder / "m.pt") < 4000u);
  const StateDict pair = load(folder / "m.pt");
  BOOST_TEST(share_storage(pair.at("a"), pair.at("b")));
  expect_same(pair, {{"a", x.slice(0, 500, 502)}, {"b", x.slice(0, 510, 512)}});
}

BOOST_AUTO_TEST_CASE(equal_dicts_give_equal_files_whose_records_are_aligned) {
  const TemporaryFolder folder;
  save({{"w", ones({3})}, {"größe", tensor({1, 2})}}, folder / "a.pt");
  save({{"w", ones({3})}, {"größe", tensor({1, 2})}}, folder / "b.pt");
  const std::string bytes = contents_of(folder / "a.pt");
  BOOST_TEST(bytes == contents_of(folder / "b.pt"));
  for (const char* record : {"data.pkl", "byteorder", "data/0", "data/1", "version"}) {
    const std::size_t name = bytes.find(std::string("archive/") + record);
    const auto extra = static_cast<std::size_t>(static_cast<unsigned char>(bytes[name - 2]));
    BOOST_TEST((name + std::string("archive/").size() + std::string(record).size() + extra) % 64 == 0u);
  }
}

BOOST_AUTO_TEST_CASE(bytes_in_memory_are_read_as_files_are) {
  const TemporaryFolder folder;
  save({{"w", ones({3})}}, folder / "a.pt");
  const std::string bytes = contents_of(folder / "a.pt");
  expect_same(torch::loaded(bytes), {{"w", ones({3})}});
}

BOOST_AUTO_TEST_CASE(the_content_says_what_is_read_and_not_the_name) {
  const TemporaryFolder folder;
  const StateDict dict{{"w", ones({3})}, {"b", tensor({1, 2})}};
  for (const char* format : {"m.safetensors", "m.pt", "m.npz"}) {
    save(dict, folder / format);
    fs::rename(folder / format, folder / "model.bin");
    expect_same(load(folder / "model.bin"), dict);
  }
  save_npy(folder / "x.pt", ones({2}));
  BOOST_TEST(
      fails_with([&] { load(folder / "x.pt"); },
                 "x.pt: is a numpy array (.npy); expected a model (.safetensors, .npz or torch.save's)"));
}

BOOST_AUTO_TEST_CASE(a_key_takes_one_branch_of_any_format) {
  const fs::path checkpoint = golden_file("checkpoint.pt");
  const std::vector<std::string> best{"0.weight", "1.0", "1.1.k"};
  BOOST_TEST((load(checkpoint, {.key = "best"}).keys() == best));
  BOOST_TEST((load(checkpoint, {.key = "best.1"}).keys() == std::vector<std::string>{"0", "1.k"}));
  BOOST_TEST((load(checkpoint, {.key = "5"}).keys() == std::vector<std::string>{"5"}));
  BOOST_TEST(load(checkpoint, {.key = "model"}).size() == 7u);
  BOOST_TEST(fails_with(
      [&] { load(checkpoint, {.key = "mode"}); },
      "checkpoint.pt: holds no tensors below \"mode\"; there are \"model\", \"optimizer\", \"epoch\""));
  BOOST_TEST(fails_with([&] { load(checkpoint, {.key = "epoch"}); }, "holds no tensors below \"epoch\""));
  BOOST_TEST(fails_with([&] { load(checkpoint, {.key = "5.w"}); }, "holds no tensors below \"5.w\""));
  BOOST_TEST(fails_with([&] { load(golden_file("torch_tensor.pt"), {.key = "w"}); },
                        "torch_tensor.pt: holds no tensors below \"w\"; there are \"\""));
  // what stands elsewhere need not be readable
  BOOST_TEST(load(golden_file("refused_complex.pt"), {.key = "model"}).size() == 1u);

  const TemporaryFolder folder;
  for (const char* name : {"m.safetensors", "m.npz", "m.pt"}) {
    save({{"model.w", ones({3})}, {"models.w", ones({2})}, {"other", ones({1})}}, folder / name);
    expect_same(load(folder / name, {.key = "model"}), {{"w", ones({3})}});
    BOOST_TEST(
        fails_with([&] { load(folder / name, {.key = "x"}); }, "holds no tensors below \"x\"; there are"));
  }
}

BOOST_AUTO_TEST_CASE(storages_that_files_share_are_shared) {
  for (const char* name : {"torch_strides.pt", "legacy_strides.pt"}) {
    const StateDict dict = load(golden_file(name));
    BOOST_TEST(dict.at("tied.encoder").is_same(dict.at("tied.decoder")));
    BOOST_TEST(share_storage(dict.at("tied.encoder"), dict.at("tied.transposed")));
    BOOST_TEST(share_storage(dict.at("whole"), dict.at("column")));
    BOOST_TEST(dict.at("transposed").strides() == Shape({1, 4, 12}));
    BOOST_TEST(dict.at("expanded").strides() == Shape({1, 0}));
    BOOST_TEST(!dict.at("whole").requires_grad());
  }
}

BOOST_AUTO_TEST_CASE(ordered_dicts_of_python_2_hold_pairs) {
  const std::string pairs =
      "](" + torch::text("a") + torch::tensor() + "\x86" + "(" + torch::text("b") + torch::tensor() + "le";
  const std::string bytes =
      torch::file(torch::global("collections", "OrderedDict") + pairs + "\x85R", {{"0", torch::floats(4)}});
  BOOST_TEST((torch::loaded(bytes).keys() == std::vector<std::string>{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(keys_of_every_plain_kind_give_names) {
  const std::string bytes =
      torch::file(torch::dict({{torch::integer(-1), torch::tensor()},
                               {"\x88", torch::tensor()},
                               {"N", torch::tensor()},
                               {std::string("G\x3f\xf8\0\0\0\0\0\0", 9), torch::tensor()},
                               {"C\1b", torch::tensor()},
                               {torch::text(""), torch::dict({{torch::text(""), torch::tensor()}})}}),
                  {{"0", torch::floats(4)}});
  BOOST_TEST(
      (torch::loaded(bytes).keys() == std::vector<std::string>{"-1", "True", "None", "1.5", "b", "."}));
}

BOOST_AUTO_TEST_CASE(tensors_of_other_types_of_python_are_read_by_what_makes_them) {
  // torch._tensor._rebuild_from_type_v2(function, type, arguments, state)
  const std::string inner = torch::tensor();
  const std::string function = torch::global("torch._utils", "_rebuild_tensor_v2");
  const std::string arguments =
      inner.substr(function.size(), inner.size() - function.size() - 1);  // without the call
  const std::string bytes = torch::file(
      torch::dict(
          {{torch::text("w"), torch::global("torch._tensor", "_rebuild_from_type_v2") + "(" + function +
                                  torch::global("torch.nn.parameter", "Parameter") + arguments + "}tR"}}),
      {{"0", torch::floats(4)}});
  BOOST_TEST(torch::loaded(bytes).at("w").sum().item() == 6.0);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_an_error_and_leaves_no_file) {
  const TemporaryFolder folder;
  StateDict undefined;
  undefined.insert("w", Tensor());
  BOOST_TEST(fails_with([&] { save(undefined, folder / "m.pt"); }, "m.pt: tensor \"w\" is undefined"));
  BOOST_TEST(fails_with(
      [&] {
        save({{"\xff", ones({1})}}, folder / "m.pt");
      },
      "the name \"\\xff\" is not UTF-8"));
  BOOST_TEST(fails_with(
      [&] {
        save({}, folder / "m.pt", {.metadata = {{"a", "b"}}});
      },
      "m.pt: only .safetensors files hold metadata"));
  BOOST_TEST(files_in(folder) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
