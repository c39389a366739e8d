// TensorProto to a Tensor and back: every type in raw_data and in its typed field, files beside the model,
// and what is refused. Expected values of float16 and bfloat16 are those of IEEE 754 binary16 and of the
// upper half of a float.
#include "onnx/detail/tensor_proto.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "tests/support/expect.hpp"
#include "tests/support/temporary_files.hpp"

using namespace xtape;
using namespace xtape::testing;
using onnx::detail::ExternalData;
using onnx::detail::to_tensor;
using onnx::proto::TensorProto;

namespace {

TensorProto proto_of(TensorProto::DataType type, const std::vector<std::int64_t>& dims) {
  TensorProto proto;
  proto.set_data_type(type);
  for (const std::int64_t size : dims) proto.add_dims(size);
  return proto;
}

TensorProto of_int32_data(TensorProto::DataType type, const std::vector<std::int32_t>& values) {
  TensorProto proto = proto_of(type, {static_cast<std::int64_t>(values.size())});
  for (const std::int32_t value : values) proto.add_int32_data(value);
  return proto;
}

void expect_tensor(const Tensor& actual, DType dtype, const std::vector<double>& values) {
  BOOST_TEST(actual.dtype() == dtype);
  BOOST_TEST(actual.to_vector<double>() == values);
}

TensorProto external(const std::string& location, const std::string& offset = "",
                     const std::string& length = "") {
  TensorProto proto = proto_of(TensorProto::UINT8, {4});
  proto.set_data_location(TensorProto::EXTERNAL);
  const auto add = [&](const char* key, const std::string& value) {
    auto* entry = proto.add_external_data();
    entry->set_key(key);
    entry->set_value(value);
  };
  add("location", location);
  if (!offset.empty()) add("offset", offset);
  if (!length.empty()) add("length", length);
  return proto;
}

/// A model's folder with the file "weights.bin" of the bytes 0 to 9 in it.
struct ModelFolder {
  TemporaryFolder parent;
  std::filesystem::path path = parent / "model";
  ExternalData data{io::Source(path / "model.onnx")};

  ModelFolder() {
    write_file(path / "weights.bin", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    write_file(parent / "secret.bin", {9, 9, 9, 9});
  }
  Tensor read(const TensorProto& proto) const { return to_tensor(proto, "w", data); }
  void refuses(const TensorProto& proto, const std::string& text) const {
    expect_error([&] { read(proto); }, text);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(onnx_tensor_proto)

BOOST_AUTO_TEST_CASE(a_tensor_of_every_dtype_and_any_strides_comes_back) {
  for (const DType dtype : {kBool, kUInt8, kInt8, kInt16, kInt32, kInt64, kFloat32, kFloat64}) {
    const Tensor value = tensor({{1, 0, 3}, {4, 5, 0}}).to(dtype).t();
    TensorProto proto;
    onnx::detail::set_tensor(proto, value);
    const Tensor back = to_tensor(proto, "w");
    BOOST_TEST(back.dtype() == dtype);
    BOOST_TEST(back.shape() == (Shape{3, 2}));
    BOOST_TEST(back.to_vector<double>() == value.to_vector<double>());
  }
}

BOOST_AUTO_TEST_CASE(scalars_and_tensors_without_elements_come_back) {
  for (const Tensor& value : {tensor(2.5), zeros({0, 3}), zeros({2, 0})}) {
    TensorProto proto;
    onnx::detail::set_tensor(proto, value);
    BOOST_TEST(to_tensor(proto, "w").shape() == value.shape());
  }
}

BOOST_AUTO_TEST_CASE(values_are_read_from_the_field_of_their_type) {
  TensorProto floats = proto_of(TensorProto::FLOAT, {2});
  floats.add_float_data(1.5F);
  floats.add_float_data(-2);
  expect_tensor(to_tensor(floats, "w"), kFloat32, {1.5, -2});
  TensorProto doubles = proto_of(TensorProto::DOUBLE, {1});
  doubles.add_double_data(0.1);
  expect_tensor(to_tensor(doubles, "w"), kFloat64, {0.1});
  TensorProto longs = proto_of(TensorProto::INT64, {1});
  longs.add_int64_data(-5);
  expect_tensor(to_tensor(longs, "w"), kInt64, {-5});

  expect_tensor(to_tensor(of_int32_data(TensorProto::INT32, {-7, 8}), "w"), kInt32, {-7, 8});
  expect_tensor(to_tensor(of_int32_data(TensorProto::INT16, {-7, 8}), "w"), kInt16, {-7, 8});
  expect_tensor(to_tensor(of_int32_data(TensorProto::INT8, {-7, 8}), "w"), kInt8, {-7, 8});
  expect_tensor(to_tensor(of_int32_data(TensorProto::UINT8, {7, 255}), "w"), kUInt8, {7, 255});
  expect_tensor(to_tensor(of_int32_data(TensorProto::BOOL, {0, 1}), "w"), kBool, {0, 1});
}

BOOST_AUTO_TEST_CASE(floats_of_16_bits_become_float32) {
  expect_tensor(to_tensor(of_int32_data(TensorProto::FLOAT16, {0x3c00, 0xc100, 0x7bff}), "w"), kFloat32,
                {1, -2.5, 65504});
  expect_tensor(to_tensor(of_int32_data(TensorProto::BFLOAT16, {0x3f80, 0xc020}), "w"), kFloat32, {1, -2.5});
  TensorProto raw = proto_of(TensorProto::FLOAT16, {1});
  raw.set_raw_data(std::string("\x00\x42", 2));
  expect_tensor(to_tensor(raw, "w"), kFloat32, {3});
}

BOOST_AUTO_TEST_CASE(unsigned_integers_become_int64) {
  expect_tensor(to_tensor(of_int32_data(TensorProto::UINT16, {65535}), "w"), kInt64, {65535});
  TensorProto four = proto_of(TensorProto::UINT32, {1});
  four.add_uint64_data(4294967295);
  expect_tensor(to_tensor(four, "w"), kInt64, {4294967295});
  TensorProto eight = proto_of(TensorProto::UINT64, {1});
  eight.add_uint64_data(std::uint64_t{1} << 63);
  expect_error([&] { to_tensor(eight, "w"); }, "does not fit int64");
}

BOOST_AUTO_TEST_CASE(what_no_tensor_holds_is_refused) {
  const auto refuses = [](const TensorProto& proto, const std::string& text) {
    expect_error([&] { to_tensor(proto, "initializer \"w\""); }, text);
  };
  refuses(proto_of(TensorProto::STRING, {1}), "initializer \"w\": holds elements of string");
  refuses(proto_of(TensorProto::COMPLEX64, {1}), "complex64");
  refuses(TensorProto(), "type 0");
  refuses(proto_of(TensorProto::FLOAT, {1, 1, 1, 1, 1, 1, 1, 1, 1}), "has 9 dims; a tensor has at most 8");
  refuses(proto_of(TensorProto::FLOAT, {2, -1}), "a dim of size -1");
  refuses(proto_of(TensorProto::FLOAT, {1LL << 40, 1LL << 40}), "more than any memory holds");
  refuses(proto_of(TensorProto::FLOAT, {1LL << 40}),
          "holds 0 bytes; its shape {1099511627776} and type float32 take");
  refuses(of_int32_data(TensorProto::UINT8, {256}), "256, which does not fit");
  refuses(of_int32_data(TensorProto::INT64, {1}), "holds 0 bytes");
  TensorProto segment = proto_of(TensorProto::FLOAT, {});
  segment.mutable_segment()->set_end(1);
  refuses(segment, "segment");
}

BOOST_AUTO_TEST_CASE(external_data_lies_in_the_folder_of_the_model_or_below) {
  const ModelFolder model;
  expect_tensor(model.read(external("weights.bin")), kUInt8, {0, 1, 2, 3});
  expect_tensor(model.read(external("weights.bin", "6", "4")), kUInt8, {6, 7, 8, 9});
  write_file(model.path / "below" / "more.bin", {5, 6, 7, 8});
  expect_tensor(model.read(external("below/more.bin")), kUInt8, {5, 6, 7, 8});
  std::filesystem::create_symlink("below/more.bin", model.path / "link.bin");
  expect_tensor(model.read(external("link.bin")), kUInt8, {5, 6, 7, 8});
}

BOOST_AUTO_TEST_CASE(external_data_cannot_lie_elsewhere) {
  const ModelFolder model;
  model.refuses(external("../secret.bin"), "without ..");
  model.refuses(external("below/../../secret.bin"), "without ..");
  model.refuses(external((model.parent / "secret.bin").string()), "expected a relative path");
  model.refuses(external(""), "expected a relative path");
  model.refuses(external(std::string("weights.bin\0x", 13)), "expected a relative path");
  std::filesystem::create_symlink(model.parent / "secret.bin", model.path / "out.bin");
  model.refuses(external("out.bin"), "leads out of the model's folder");
  std::filesystem::create_directory_symlink(model.parent.path(), model.path / "up");
  model.refuses(external("up/secret.bin"), "leads out of the model's folder");
  std::filesystem::create_hard_link(model.parent / "secret.bin", model.path / "hard.bin");
  model.refuses(external("hard.bin"), "hard link");
  model.refuses(external("missing.bin"), "No such file");
  model.refuses(external("."), "leads out");
  std::filesystem::create_directory(model.path / "folder");
  model.refuses(external("folder"), "not a regular file");
  BOOST_REQUIRE_EQUAL(::mkfifo((model.path / "pipe").c_str(), 0600), 0);
  model.refuses(external("pipe"), "not a regular file");
  expect_error([] { to_tensor(external("weights.bin"), "w"); }, "a model in memory has no folder");
}

BOOST_AUTO_TEST_CASE(external_data_has_to_lie_within_its_file) {
  const ModelFolder model;
  model.refuses(external("weights.bin", "7"),
                "takes 4 bytes from byte 7 on of \"weights.bin\", which has 10");
  model.refuses(external("weights.bin", "18446744073709551615"), "which has 10");
  model.refuses(external("weights.bin", "-1"), "expected a number");
  model.refuses(external("weights.bin", "1x"), "expected a number");
  model.refuses(external("weights.bin", "0", "5"), "has 5 bytes of external data; its shape and type take 4");
  TensorProto unnamed = proto_of(TensorProto::UINT8, {4});
  unnamed.set_data_location(TensorProto::EXTERNAL);
  model.refuses(unnamed, "which is not named");
}

BOOST_AUTO_TEST_SUITE_END()
