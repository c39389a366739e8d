// What a Tracer writes down of writes in place, directly and through views. Expected graphs are worked out by
// hand.
#include <boost/test/unit_test.hpp>

#include "tests/autograd/graph/traced.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(autograd_trace_writes)

BOOST_AUTO_TEST_CASE(a_write_in_place_gives_its_tensor_a_new_value) {
  const auto f = [](const Tensor& x) {
    const Tensor y = x * 2;
    const Tensor before = y + 1;
    y.add_(x, 3);
    y.clamp_(0, {}).mul_(2);
    return before + y;
  };
  const std::string expected =
      "v1 = mul_scalar(x; other=2)\n"
      "v2 = add_scalar(v1; other=1)\n"
      "v3 = mul_scalar(x; other=3)\n"
      "v4 = add_(v1, v3)\n"
      "v5 = clamp_(v4; min=0, max=none)\n"
      "v7 = mul_(v5, v6)\n"
      "v8 = add(v2, v7)\n";
  BOOST_TEST(traced(ones({2}), f) == expected);
  BOOST_TEST(traced(ones({2}, {.requires_grad = true}), f) == expected);
}

BOOST_AUTO_TEST_CASE(writes_know_what_was_written) {
  const auto f = [](const Tensor& x) {
    const Tensor y = zeros({2, 1});
    y.copy_(x);
    y.fill_(3);
    y.normal_(1, 2).uniform_(-1, 1);
    y.sub_(x).div_(2);
    return y;
  };
  BOOST_TEST(traced(ones({2, 1}), f) ==
             "v2 = copy_(v1, x)\n"
             "v4 = fill_(v2, v3)\n"
             "v5 = normal_(v4; mean=1, std=2)\n"
             "v6 = uniform_(v5; from=-1, to=1)\n"
             "v7 = sub_(v6, x)\n"
             "v9 = div_(v7, v8)\n");
}

BOOST_AUTO_TEST_CASE(a_write_through_a_view_is_seen_by_what_it_views) {
  const auto f = [](const Tensor& x) {
    const Tensor y = x * 2, other = y.transpose(0, 1);
    y[0].mul_(x[1]);
    other + y;
  };
  const std::string expected =
      "v1 = mul_scalar(x; other=2)\n"
      "v2 = transpose(v1; dim0=0, dim1=1)\n"
      "v3 = select(v1; dim=0, index=0)\n"
      "v4 = select(x; dim=0, index=1)\n"
      "v5 = mul_(v3, v4)\n"
      "v6 = strided_write(v1, v5; root_stride={2, 1}, size={2}, stride={1}, storage_offset=0)\n"
      "v7 = strided_view(v6; root_stride={2, 1}, size={2, 2}, stride={1, 2}, storage_offset=0)\n"
      "v8 = add(v7, v6)\n";
  BOOST_TEST(traced(ones({2, 2}), f) == expected);
  BOOST_TEST(traced(ones({2, 2}, {.requires_grad = true}), f) == expected);
}

BOOST_AUTO_TEST_CASE(a_write_is_seen_by_views_that_were_taken_before) {
  const Tensor base = ones({2, 2}), view = base[1];
  const auto f = [&](const Tensor& x) {
    view + x;
    base.mul_(x);
    view + x;
    view.add_(x);
    base + x;
  };
  BOOST_TEST(traced(ones({2}), f) ==
             "v2 = add(v1, x)\n"
             "v4 = mul_(v3, x)\n"
             "v5 = strided_view(v4; root_stride={2, 1}, size={2}, stride={1}, storage_offset=2)\n"
             "v6 = add(v5, x)\n"
             "v7 = add_(v5, x)\n"
             "v8 = strided_write(v4, v7; root_stride={2, 1}, size={2}, stride={1}, storage_offset=2)\n"
             "v9 = add(v8, x)\n");
}

BOOST_AUTO_TEST_CASE(another_shape_in_place_is_an_op_and_leaves_views_what_they_were) {
  const auto f = [](const Tensor& x) {
    const Tensor y = x * 1, row = y[0];
    y.unsqueeze_(0).unsqueeze_(-1).squeeze_(0).squeeze_().transpose_(0, -1).t_();
    y + row;
  };
  BOOST_TEST(traced(ones({2, 3}), f) ==
             "v1 = mul_scalar(x; other=1)\n"
             "v2 = select(v1; dim=0, index=0)\n"
             "v3 = unsqueeze_(v1; dim=0)\n"
             "v4 = unsqueeze_(v3; dim=-1)\n"
             "v5 = squeeze_(v4; dim=0)\n"
             "v6 = squeeze_(v5)\n"
             "v7 = transpose_(v6; dim0=0, dim1=-1)\n"
             "v8 = t_(v7)\n"
             "v9 = add(v8, v2)\n");
}

BOOST_AUTO_TEST_CASE(values_that_were_changed_by_no_op_are_new_constants) {
  Tracer tracer;
  const Tensor w = ones({2});
  w * 2;
  {
    const NoGradGuard no_grad;
    w.data<float>()[0] = 5;
    w.impl().storage->note_write("optimizer");
  }
  w * 3;
  BOOST_TEST(text_of(tracer.graph()) == "v1 = mul_scalar(v0; other=2)\nv3 = mul_scalar(v2; other=3)\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
