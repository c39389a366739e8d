// Files of torch.save that are damaged or made to deceive: each is an Error that says which, and takes no
// more memory and time than its bytes answer for.
#include "files/save.hpp"
#include "tests/files/torch_archives.hpp"

namespace xtape::testing {
namespace {

using namespace torch;

void expect_refused(const std::string& bytes, const std::string& fault) {
  BOOST_TEST(fails_with([&] { loaded(bytes); }, "x.pt: "));
  BOOST_TEST(fails_with([&] { loaded(bytes); }, fault));
}

/// A file of one tensor "w" over four floats.
void expect_tensor_refused(const TensorParts& parts, const std::string& fault) {
  const std::string bytes = file(dict({{text("w"), tensor(parts)}}), {{"0", floats(4)}});
  expect_refused(bytes, "tensor \"w\": ");
  expect_refused(bytes, fault);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(files_torch_faults)

BOOST_AUTO_TEST_CASE(tensors_that_reach_beyond_their_storage) {
  expect_tensor_refused(
      {.shape = {2, 3}, .strides = {3, 1}},
      "shape {2, 3} with strides {3, 1} from element 0 on reaches beyond its storage, which holds 4");
  expect_tensor_refused({.offset = 1}, "from element 1 on reaches beyond its storage");
  expect_tensor_refused({.offset = 5, .shape = {1}, .strides = {1}}, "reaches beyond its storage");
  expect_tensor_refused({.shape = {2}, .strides = {4}}, "reaches beyond its storage");
  expect_tensor_refused({.numel = 3, .shape = {3}, .strides = {1}},
                        "its storage \"0\" has 16 bytes; expected 3 elements of 4");
  expect_tensor_refused({.numel = 5, .shape = {5}, .strides = {1}},
                        "its storage \"0\" has 16 bytes; expected 5");
  expect_tensor_refused({.storage = "DoubleStorage"},
                        "its storage \"0\" has 16 bytes; expected 4 elements of 8");
}

BOOST_AUTO_TEST_CASE(sizes_that_overflow_or_are_negative) {
  const std::int64_t huge = std::int64_t{1} << 62;
  expect_tensor_refused({.shape = {huge, 4}, .strides = {1, 1}}, "more than any memory holds");
  expect_tensor_refused({.shape = {0, huge, 4}, .strides = {1, 1, 1}}, "more than any memory holds");
  expect_tensor_refused({.shape = {2}, .strides = {huge}}, "reaches beyond its storage");
  expect_tensor_refused({.shape = {5}, .strides = {huge}}, "more than any memory holds");
  expect_tensor_refused({.offset = INT64_MAX, .shape = {1}, .strides = {1}}, "reaches beyond its storage");
  expect_tensor_refused({.shape = {-1}, .strides = {1}}, "its shape is not an integer from 0 on");
  expect_tensor_refused({.shape = {1}, .strides = {-1}}, "its strides is not an integer from 0 on");
  expect_tensor_refused({.offset = -1}, "its offset is not an integer from 0 on");
  expect_tensor_refused({.numel = -1}, "its storage's size is not an integer from 0 on");
  expect_tensor_refused({.shape = {2, 2}, .strides = {1}}, "has shape {2, 2} and strides {1}");
  expect_tensor_refused({.shape = {1, 1, 1, 1, 1, 1, 1, 1, 1}},
                        "its shape has 9 numbers; a tensor has at most 8 dims");
}

BOOST_AUTO_TEST_CASE(a_small_storage_is_not_repeated_without_end) {
  const StateDict repeated =
      loaded(file(dict({{text("w"), tensor({.shape = {1000, 4}, .strides = {0, 1}})}}), {{"0", floats(4)}}));
  BOOST_TEST(repeated.at("w").sum().item() == 6000.0);
  expect_tensor_refused(
      {.shape = {std::int64_t{1} << 40, 4}, .strides = {0, 1}},
      "shape {1099511627776, 4} repeats its storage to 17592186044416 bytes; at most 268435456");
}

BOOST_AUTO_TEST_CASE(elements_that_a_tensor_does_not_have) {
  expect_tensor_refused({.storage = "ComplexDoubleStorage"},
                        "holds elements of torch.ComplexDoubleStorage; what can");
  expect_tensor_refused({.storage = "QInt8Storage"},
                        "holds elements of torch.QInt8Storage; what can be read");
  expect_tensor_refused(
      {.storage = "UntypedStorage",
       .numel = 16,
       .shape = {4},
       .strides = {1},
       .function = "_rebuild_tensor_v3",
       .more = global("torch", "float8_e5m2")},
      "holds elements of torch.float8_e5m2; what can be read are bool, and integers and floats");
  expect_tensor_refused({.storage = "DoubleStorage",
                         .numel = 2,
                         .shape = {4},
                         .strides = {1},
                         .function = "_rebuild_tensor_v3",
                         .more = global("torch", "float32")},
                        "has elements of torch.float32 in a storage of torch.DoubleStorage");
  expect_tensor_refused({.function = "_rebuild_tensor_v3"}, "_rebuild_tensor_v3 has other arguments");
  expect_tensor_refused({.function = "_rebuild_sparse_tensor"},
                        "is made by torch._utils._rebuild_sparse_tensor");
}

BOOST_AUTO_TEST_CASE(storages_that_are_missing_or_damaged) {
  expect_tensor_refused({.key = "1"}, "there is no entry \"data/1\" for its storage");
  expect_tensor_refused({.key = "../0"}, "there is no entry \"data/../0\" for its storage");
  std::string bytes = file(dict({{text("w"), tensor()}}), {{"0", floats(4)}});
  bytes[bytes.find(floats(4)) + 5] ^= 1;
  expect_refused(bytes, "\"m/data/0\" is damaged: its checksum is");
  expect_refused(archive({{"data.pkl", "\x80\x02N."}}, {.compressed = true}),
                 "\"m/data.pkl\" is compressed; torch.save stores");
  const std::string other =
      dict({{text("a"), tensor()}, {text("b"), tensor({.storage = "IntStorage", .numel = 5})}});
  expect_refused(file(other, {{"0", floats(4)}}), "tensor \"b\": its storage \"0\" has 16 bytes; expected 5");
}

BOOST_AUTO_TEST_CASE(references_that_are_no_storages) {
  const auto with_id = [](const std::string& id) {
    return file(dict({{text("w"), global("torch._utils", "_rebuild_tensor_v2") + "(" + id + "Q" + integer(0) +
                                      tuple({1}) + tuple({1}) + "tR"}}));
  };
  const std::string fault = "tensor \"w\": refers to what is not a storage";
  expect_refused(with_id("N"), fault);
  expect_refused(with_id(text("0")), fault);
  expect_refused(with_id("(" + text("module") + "NNNNt"), fault);
  expect_refused(with_id("(" + text("storage") + "N" + text("0") + text("cpu") + integer(1) + "t"), fault);
  expect_refused(with_id("(" + text("storage") + global("torch", "float32") + text("0") + text("cpu") +
                         integer(1) + "t"),
                 fault);
}

BOOST_AUTO_TEST_CASE(globals_that_are_not_allowed_are_named) {
  for (const auto& [module, name] : {std::pair("os", "system"),
                                     {"builtins", "eval"},
                                     {"posix", "system"},
                                     {"torch", "load"},
                                     {"torch.nn.modules.linear", "Linear"},
                                     {"", ""}}) {
    expect_refused(file(global(module, name)),
                   fmt::format("its pickle names \"{}.{}\", which is none", module, name));
    expect_refused(file(text(module) + text(name) + "\x93"), "its pickle names");
  }
  expect_refused(file(global("os\x1b[31m", std::string(1000, 'x'))), "\"os\\x1b[31m.xxx");
}

BOOST_AUTO_TEST_CASE(lists_that_hold_each_other_cost_no_more_than_the_file) {
  // l0 = []; l1 = [l0, l0]; l2 = [l1, l1]; ... would be 2^60 lists
  const auto doubled = [](std::string innermost) {
    for (int i = 0; i < 60; ++i) {
      const std::string memo(1, static_cast<char>(i));
      innermost += "q" + memo + "0(h" + memo + "h" + memo + "l";
    }
    return innermost;
  };
  expect_refused(file(doubled("]")), "more values than the file has bytes");
  expect_refused(file(doubled("(" + tensor() + "l"), {{"0", floats(4)}}),
                 "the names of its tensors are together longer than 16 times the file");
  expect_refused(file("]q\1h\1a"), "lie more than 100 deep in each other");  // a list in itself
  expect_refused(file(std::string(1'000'000, ']') + std::string(999'999, 'a')), "lie more than 100 deep");
  const std::string ordered = global("collections", "OrderedDict") + "q\1";
  expect_refused(file(ordered + ")R" +
                      [] {
                        std::string wrapped;
                        for (int i = 0; i < 100'000; ++i)
                          wrapped +=
                              "q\2"
                              "0h\1h\2\x85R";
                        return wrapped;
                      }()),
                 "lie more than 100 deep");
}

BOOST_AUTO_TEST_CASE(parameters_of_parameters_end) {
  std::string nested = tensor();
  for (int i = 0; i < 1000; ++i)
    nested = global("torch._utils", "_rebuild_parameter") + "(" + nested + "\x88Nt" + "R";
  expect_refused(file(dict({{text("w"), nested}}), {{"0", floats(4)}}), "is a parameter of a parameter");
}

BOOST_AUTO_TEST_CASE(long_names_that_come_often_cost_no_more_than_the_file) {
  const std::string key = text(std::string(100'000, 'k')) + "q\1";
  std::string inner = "]q\2";
  std::string entries = "](" + dict({{key, inner}});
  for (int i = 0; i < 100'000; ++i) entries += "}h\1h\2s";
  expect_refused(file(entries + "e"), "the names of its tensors are together longer than 16 times the file");
}

BOOST_AUTO_TEST_CASE(hundred_thousands_of_references_to_one_storage_are_read) {
  const int count = 200'000;
  std::string entries = "](" + tensor() + "q\1";
  for (int i = 1; i < count; ++i) entries += "h\1";
  const StateDict dict = loaded(file(entries + "e", {{"0", floats(4)}}));
  BOOST_TEST(dict.size() == static_cast<std::size_t>(count));
  BOOST_TEST(dict.at("0").is_same(dict.at("199999")));
}

BOOST_AUTO_TEST_CASE(names_that_come_twice_or_cannot_be_written) {
  expect_refused(file(dict({{text("w"), tensor()}, {text("w"), tensor()}}), {{"0", floats(4)}}),
                 "tensor \"w\": two tensors have this name");
  expect_refused(
      file(dict({{text("a.b"), tensor()}, {text("a"), dict({{text("b"), tensor()}})}}), {{"0", floats(4)}}),
      "tensor \"a.b\": two tensors have this name");
  expect_refused(file(dict({{tuple({1, 2}), tensor()}}), {{"0", floats(4)}}),
                 "a tensor has a key that is neither text nor number");
  expect_refused(file(dict({{text("\xff"), tensor()}}), {{"0", floats(4)}}),
                 "the name \"\\xff\" is not UTF-8");
  BOOST_TEST(loaded(file(dict({{tuple({1, 2}), integer(3)}}))).empty());
}

BOOST_AUTO_TEST_CASE(archives_that_are_no_checkpoints) {
  expect_refused(archive({{"data.pkl", "\x80\x02N."}, {"constants.pkl", "\x80\x02N."}}),
                 "is a TorchScript program (torch.jit.save); expected what torch.save writes");
  expect_refused(archive({{"data.pkl", "\x80\x02N."}, {"byteorder", "middle"}}),
                 "byteorder is \"middle\"; known are little and big");
  expect_refused(archive({{"data.pkl", ""}}), "cannot read the pickle, byte 0: it ends early");
}

BOOST_AUTO_TEST_CASE(legacy_files_that_are_damaged) {
  const std::string magic("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
  const auto legacy = [&](const std::string& version, const std::string& object, const std::string& rest) {
    return magic + "\x80\x02" + version + ".\x80\x02}.\x80\x02" + object + "." + rest;
  };
  const std::string object = dict({{text("w"), tensor()}}), version = "M\xe9\x03";
  const std::string keys = "\x80\x02](" + text("0") + "e.";
  const std::string data = little_endian(std::int64_t{4}) + floats(4);
  BOOST_TEST(loaded(legacy(version, object, keys + data)).at("w").sum().item() == 6.0);

  expect_refused(magic, "it ends early");
  expect_refused(legacy("K\1", object, keys + data),
                 "another version of PyTorch's first format; known is 1001");
  expect_refused(legacy(version, object, keys + data + "x"), "trailing bytes: 1 follow the last storage");
  expect_refused(legacy(version, object, keys + data.substr(0, 20)),
                 "storage \"0\" has 4 elements; expected 4");
  expect_refused(legacy(version, object, keys + little_endian(std::int64_t{5}) + floats(5)),
                 "storage \"0\" has 5 elements; expected 4");
  expect_refused(legacy(version, object, "\x80\x02]."), "tensor \"w\": its storage \"0\" is not in the file");
  expect_refused(legacy(version, object, "\x80\x02](" + text("1") + "e." + data),
                 "a storage \"1\" that no tensor");
  expect_refused(legacy(version, object, "\x80\x02](" + text("0") + text("0") + "e." + data + data),
                 "the storage \"0\" appears twice");
  expect_refused(legacy(version, object, "\x80\x02N."), "has no list of storages");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
