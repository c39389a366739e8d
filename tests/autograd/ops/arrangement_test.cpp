// What the golden files of shapes cannot say: what is a view, writes through views, and errors.
#include "tests/support/expect.hpp"

namespace xtape::testing {

namespace {

bool shares_storage(const Tensor& a, const Tensor& b) { return a.impl().storage == b.impl().storage; }

}  // namespace

BOOST_AUTO_TEST_SUITE(autograd_arrangement)

BOOST_AUTO_TEST_CASE(views_share_the_storage_and_copies_do_not) {
  const Tensor x = rand({2, 3, 4}), row = rand({3}), matrix = rand({3, 3});
  for (const Tensor& y : {movedim(x, 0, 2), swapaxes(x, 0, 1), unflatten(x, 2, {2, -1}), x.unfold(1, 2, 1),
                          diagonal(x), adjoint(x), x.mT(), atleast_3d(row), ravel(x), meshgrid({row, row})[1],
                          broadcast_tensors({row, matrix})[0]}) {
    BOOST_TEST((shares_storage(y, x) || shares_storage(y, row)));
  }
  for (const Tensor& y :
       {x.repeat({1, 1, 1}), x.tile({1}), x.repeat_interleave(1, 0), x.roll(0, 0), x.rot90(0)})
    BOOST_TEST(!shares_storage(y, x));
  BOOST_TEST(!shares_storage(diag(matrix), matrix));
}

BOOST_AUTO_TEST_CASE(a_write_through_a_view_reaches_what_it_views) {
  const Tensor x = zeros({3, 3});
  diagonal(x).fill_(1);
  expect_values(x, {1, 0, 0, 0, 1, 0, 0, 0, 1});
  const Tensor line = zeros({4});
  line.unfold(0, 2, 2)[1].fill_(5);
  expect_values(line, {0, 0, 5, 5});
}

BOOST_AUTO_TEST_CASE(triangles_in_place_change_the_tensor_and_its_gradient) {
  const Tensor x = ones({2, 2}, {.requires_grad = true}), y = x * 3;
  y.tril_();
  expect_values(y, {3, 0, 3, 3});
  y.sum().backward();
  expect_values(x.grad(), {3, 0, 3, 3});
  const Tensor z = ones({2, 2});
  expect_values(z.triu_(1), {0, 1, 0, 0});
  expect_values(z.swapaxes_(0, 1), {0, 0, 1, 0});
}

BOOST_AUTO_TEST_CASE(windows_of_no_elements_are_a_view_of_none) {
  BOOST_TEST(zeros({4}).unfold(0, 0, 2).shape() == Shape(3, 0));
}

BOOST_AUTO_TEST_CASE(errors_say_what_came_and_what_would_fit) {
  const Tensor x = rand({2, 3});
  expect_error([&] { static_cast<void>(x.repeat({2})); },
               "repeat: 1 numbers for a tensor of shape {2, 3}; expected at least 2");
  expect_error([&] { static_cast<void>(x.repeat({1, -1})); }, "repeat: {1, -1} holds the negative number -1");
  expect_error(
      [&] {
        static_cast<void>(x.repeat_interleave(tensor({1, 2}), 1));
      },
      "repeat_interleave: repeats of shape {2} do not fit dim 1 of {2, 3}; expected one, or 3");
  expect_error(
      [&] {
        static_cast<void>(x.repeat_interleave(tensor({1, -2}), 0));
      },
      "repeat_interleave: repeats[1] is -2; expected at least 0");
  expect_error([&] { static_cast<void>(x.roll({1, 2}, {0})); }, "roll: 2 shifts for 1 dims");
  expect_error([&] { static_cast<void>(x.movedim({0, 0}, {0, 1})); }, "movedim: a dim is named twice");
  expect_error(
      [&] {
        static_cast<void>(x.unflatten(1, {2, -1}));
      },
      "unflatten: sizes {2, -1} do not make up dim 1 of size 3");
  expect_error([&] { static_cast<void>(x.unfold(1, 4, 1)); },
               "unfold: windows of 4 do not fit into dim 1 of {2, 3}");
  expect_error([&] { static_cast<void>(x.unfold(1, 2, 0)); }, "unfold: step 0 is not positive");
  expect_error([&] { static_cast<void>(x.diagonal(0, 1, -1)); }, "diagonal: dims 1 and -1 are the same");
  expect_error([&] { static_cast<void>(rand({3}).trace()); }, "trace: expected a matrix, got {3}");
  expect_error([&] { static_cast<void>(rand({3}).tril()); },
               "tril: expected a matrix or a batch of them, got {3}");
  expect_error([&] { static_cast<void>(meshgrid({x})); },
               "meshgrid: a tensor of shape {2, 3}; expected 0-d and 1-d");
  expect_error([&] { static_cast<void>(meshgrid({rand({2})}, "yx")); },
               "meshgrid: indexing is \"yx\"; expected");
  expect_error([&] { static_cast<void>(vstack({})); },
               "vstack: expected at least one tensor, got an empty list");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
