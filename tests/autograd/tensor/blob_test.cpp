// Tensors over memory of others, and elements by pointer arithmetic.
#include "autograd/tensor/blob.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <vector>

#include "autograd/graph/grad_mode.hpp"
#include "tests/support/temporary_files.hpp"
#include "xtape/autograd.hpp"

namespace xtape::testing {
namespace {

/// As an image library's matrix: rows of three bytes a pixel, which may be padded.
struct Image {
  unsigned char* data;
  int rows, cols;
  std::size_t step;  // bytes from row to row
};

void expect_equal(const Tensor& actual, const Tensor& expected) {
  BOOST_TEST((actual.dtype() == expected.dtype()));
  BOOST_TEST(actual.shape() == expected.shape());
  BOOST_TEST(actual.to_vector<double>() == expected.to_vector<double>(), boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_blob)

BOOST_AUTO_TEST_CASE(a_blob_and_its_tensor_see_each_others_writes) {
  std::vector<float> memory{1, 2, 3, 4, 5, 6};
  const Tensor x = from_blob(memory.data(), {2, 3});
  BOOST_TEST((x.dtype() == kFloat32));
  BOOST_TEST(x.data<float>() == memory.data());
  memory[4] = 50;
  BOOST_TEST(x[1][1].item() == 50);
  x[0].fill_(7);
  BOOST_TEST((memory == std::vector<float>{7, 7, 7, 4, 50, 6}));
  x.add_(1);
  BOOST_TEST(memory[5] == 7);
}

BOOST_AUTO_TEST_CASE(the_pointers_type_gives_the_dtype) {
  std::vector<double> doubles(2);
  std::vector<std::int32_t> ints(2);
  std::vector<long long> longs(2);
  std::vector<std::int16_t> shorts(2);
  std::vector<unsigned char> bytes(8);
  BOOST_TEST((from_blob(doubles.data(), {2}).dtype() == kFloat64));
  BOOST_TEST((from_blob(ints.data(), {2}).dtype() == kInt32));
  BOOST_TEST((from_blob(longs.data(), {2}).dtype() == kInt64));
  BOOST_TEST((from_blob(shorts.data(), {2}).dtype() == kInt16));
  BOOST_TEST((from_blob(bytes.data(), {8}).dtype() == kUInt8));
  BOOST_TEST((from_blob(static_cast<void*>(doubles.data()), {4}).dtype() == kFloat32));
  BOOST_TEST((from_blob(static_cast<void*>(doubles.data()), {2}, kDouble).dtype() == kFloat64));
  BOOST_TEST(
      (from_blob(reinterpret_cast<std::byte*>(ints.data()), {2}, {.dtype = kInt32}).dtype() == kInt32));
  BOOST_TEST((from_blob(reinterpret_cast<unsigned char*>(ints.data()), {2}, kInt32).dtype() == kInt32));
}

BOOST_AUTO_TEST_CASE(strides_count_elements) {
  std::vector<std::int32_t> memory{1, 2, 3, 4, 5, 6};
  const Tensor columns = from_blob(memory.data(), {3, 2}, {1, 3});
  BOOST_TEST(!columns.is_contiguous());
  expect_equal(columns, tensor({{1, 4}, {2, 5}, {3, 6}}, kInt32));
  expect_equal(from_blob(memory.data(), {2, 2}, {0, 1}, kInt32), tensor({{1, 2}, {1, 2}}, kInt32));
  columns.mul_(10);
  BOOST_TEST((memory == std::vector<std::int32_t>{10, 20, 30, 40, 50, 60}));
}

BOOST_AUTO_TEST_CASE(a_padded_image_becomes_a_batch_of_floats) {
  std::vector<unsigned char> memory(2 * 8, 99);  // 2 rows of 2 pixels of 3 channels, 2 bytes of padding each
  for (int row = 0; row < 2; ++row)
    for (int i = 0; i < 6; ++i)
      memory[static_cast<std::size_t>(row * 8 + i)] = static_cast<unsigned char>(row * 6 + i);
  const Image image{memory.data(), 2, 2, 8};
  const Tensor pixels =
      from_blob(image.data, {image.rows, image.cols, 3}, {static_cast<std::int64_t>(image.step), 3, 1});
  const Tensor batch = pixels.permute({2, 0, 1}).unsqueeze(0).to(kFloat) / 255;
  BOOST_TEST(batch.shape() == (Shape{1, 3, 2, 2}));
  expect_equal(batch[0][0] * 255, tensor({{0.0, 3.0}, {6.0, 9.0}}));
  expect_equal(batch[0][2] * 255, tensor({{2.0, 5.0}, {8.0, 11.0}}));
}

BOOST_AUTO_TEST_CASE(the_deleter_runs_once_when_the_last_view_is_gone) {
  int calls = 0;
  float memory[4] = {1, 2, 3, 4};
  void* given = nullptr;
  {
    Tensor row;
    {
      const Tensor x = from_blob(memory, {2, 2},
                                 [&](void* data) {
                                   ++calls;
                                   given = data;
                                 },
                                 {.dtype = kFloat32});
      row = x[1];
    }
    BOOST_TEST(calls == 0);
    BOOST_TEST(row[1].item() == 4);
  }
  BOOST_TEST(calls == 1);
  BOOST_TEST(given == memory);
}

BOOST_AUTO_TEST_CASE(a_deleter_may_own_the_memory) {
  auto owner = std::make_shared<std::vector<float>>(3, 2.f);
  float* const data = owner->data();
  const std::weak_ptr<std::vector<float>> alive = owner;
  Tensor x = from_blob(data, {3}, {1}, [owner = std::move(owner)](void*) {});
  BOOST_TEST(!alive.expired());
  BOOST_TEST(sum(x).item() == 6);
  x = Tensor();
  BOOST_TEST(alive.expired());
}

BOOST_AUTO_TEST_CASE(a_refused_blob_does_not_call_its_deleter) {
  int calls = 0;
  float memory[4] = {};
  BOOST_CHECK_THROW(from_blob(memory, {2, -2}, [&](void*) { ++calls; }), Error);
  BOOST_TEST(calls == 0);
}

BOOST_AUTO_TEST_CASE(a_blob_takes_part_in_autograd) {
  std::vector<float> memory{1, 2, 3};
  const Tensor w = from_blob(memory.data(), {3}, {.requires_grad = true});
  sum(square(w)).backward();
  expect_equal(w.grad(), tensor({2.0, 4.0, 6.0}));
  {
    const NoGradGuard no_grad;
    w.sub_(w.grad() * 0.5);
  }
  BOOST_TEST((memory == std::vector<float>{0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(a_span_fills_its_shape) {
  std::vector<double> memory{1, 2, 3, 4};
  const Tensor x = from_blob(std::span(memory), {2, 2});
  BOOST_TEST(x[1][0].item() == 3);
  BOOST_TEST(
      fails_with([&] { from_blob(std::span(memory), {3}); }, "a span of 4 elements does not fill shape {3}"));
}

BOOST_AUTO_TEST_CASE(blobs_that_do_not_fit_say_why) {
  alignas(8) unsigned char bytes[16] = {};
  float floats[4] = {};
  BOOST_TEST(fails_with([&] { from_blob(floats, {2}, kFloat64); },
                        "the pointer is to float32, and the options ask for float64"));
  BOOST_TEST(fails_with([&] { from_blob(bytes + 1, {1}, kFloat32); }, "not aligned for float32"));
  BOOST_TEST(fails_with([&] { from_blob(static_cast<float*>(nullptr), {1}); }, "the pointer is null"));
  BOOST_TEST(fails_with([&] { from_blob(floats, {2, 2}, {1}); }, "strides {1} do not fit shape {2, 2}"));
  BOOST_TEST(fails_with([&] { from_blob(floats + 3, {2}, {-1}); }, "strides {-1} are negative"));
  BOOST_TEST(fails_with([&] { from_blob(floats, {-1}); }, "sizes are not negative"));
  BOOST_TEST(from_blob(static_cast<float*>(nullptr), {0, 3}).numel() == 0);
}

BOOST_AUTO_TEST_CASE(an_accessor_reads_and_writes_whatever_the_strides) {
  const Tensor x = arange(0, 6, kInt32).reshape({2, 3});
  auto a = x.accessor<std::int32_t, 2>();
  BOOST_TEST(a.size(0) == 2);
  BOOST_TEST(a.size(1) == 3);
  BOOST_TEST(a[1][2] == 5);
  a[0][1] = 100;
  BOOST_TEST(x[0][1].item() == 100);
  const Tensor turned = x.t();
  const auto b = turned.accessor<std::int32_t, 2>();
  BOOST_TEST(b[1][0] == 100);
  BOOST_TEST(b[2][1] == 5);
  const auto row = a[1];
  BOOST_TEST(row[0] == 3);
}

BOOST_AUTO_TEST_CASE(an_accessor_is_checked_once) {
  const Tensor x = zeros({2, 3});
  BOOST_TEST(fails_with([&] { x.accessor<double, 2>(); }, "accessor: the tensor holds float32, not float64"));
  BOOST_TEST(
      fails_with([&] { x.accessor<float, 3>(); }, "accessor: the tensor has 2 dims, shape {2, 3}, not 3"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
