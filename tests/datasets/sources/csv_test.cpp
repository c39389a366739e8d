// CSV files as data sets: the rules, one by one.
#include "datasets/sources/csv.hpp"

#include "autograd/ops/create.hpp"
#include "datasets/dataloader.hpp"
#include "tests/support/expect.hpp"

namespace xtape::testing {

using datasets::CSV;
using datasets::CSVOptions;

namespace {

CSV table(const std::string& text, const CSVOptions& options = {}) {
  return CSV(io::Source(std::as_bytes(std::span(text)), "t.csv"), options);
}
CSV table(const std::string& text, const CSV& training) {
  return CSV(io::Source(std::as_bytes(std::span(text)), "u.csv"), training);
}

const std::string kHouses =
    "id,rooms,street,price\n"
    "1, 3 ,Main,1.5e2\n"
    "2,4,\"Lake, North\",+300\n"
    "3,-2,Main,0.25\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(datasets_csv)

BOOST_AUTO_TEST_CASE(numbers_are_features_and_categories_are_ones_and_zeros) {
  const CSV houses = table(kHouses, {.target = "price", .ignore = {"id"}});
  BOOST_TEST(houses.feature_names() ==
             (std::vector<std::string>{"rooms", "street=Lake, North", "street=Main"}));
  BOOST_TEST(houses.x().shape() == Shape(3, 3));
  expect_values(houses.x(), {3, 0, 1, 4, 1, 0, -2, 0, 1});
  expect_values(houses.y(), {150, 300, 0.25});
  BOOST_TEST((houses.y().dtype() == kFloat32));
  const auto [x, y] = houses[1];
  expect_values(x, {4, 1, 0});
  BOOST_TEST(y.dim() == 0);
}

BOOST_AUTO_TEST_CASE(a_target_of_words_is_a_class) {
  const CSV houses = table(kHouses, {.target = "street", .columns = {"price", "rooms"}});
  expect_values(houses.x(), {150, 3, 300, 4, 0.25, -2});
  BOOST_TEST((houses.y().dtype() == kInt64));
  expect_values(houses.y(), {1, 0, 1});
  BOOST_TEST(houses.classes() == (std::vector<std::string>{"Lake, North", "Main"}));
  const CSV none = table(kHouses);
  BOOST_TEST(none[0].size() == 1U);
  expect_error([&] { (void)none.classes(); }, "CSV: the target has no classes");
}

BOOST_AUTO_TEST_CASE(categories_may_look_like_numbers) {
  const CSV digits = table("a,b\n10,1\n9,2\n10,3\n", {.target = "b", .categories = {"a", "b"}});
  BOOST_TEST(digits.feature_names() == (std::vector<std::string>{"a=10", "a=9"}));
  expect_values(digits.y(), {0, 1, 2});
}

BOOST_AUTO_TEST_CASE(files_without_a_header_number_their_columns) {
  const CSV plain = table("1;2\n3;4\n", {.target = "1", .header = false, .separator = ';'});
  expect_values(plain.x(), {1, 3});
  expect_values(plain.y(), {2, 4});
}

BOOST_AUTO_TEST_CASE(missing_numbers_are_errors_means_or_no_rows) {
  const std::string text = "a,c,y\n1,x,1\nNA,,2\n4,z,3\n";
  expect_error([&] { table(text, {.target = "y"}); },
               "t.csv:3: column \"a\": a number is missing; .missing = \"mean\" or \"drop\" would go on");
  expect_values(table(text, {.target = "y", .missing = "mean"}).x(), {1, 1, 0, 2.5, 0, 0, 4, 0, 1});
  const CSV dropped = table(text, {.target = "y", .missing = "drop"});
  expect_values(dropped.y(), {1, 3});
  expect_values(table("a\n?\n3\n", {.na_values = {"?"}, .missing = "mean"}).x(), {3, 3});
  expect_error([&] { table("a,y\n1,\n", {.target = "y", .missing = "mean"}); },
               "t.csv:2: column \"y\": the target is missing");
  expect_error([&] { table("a\nNA\n", {.missing = "drop"}); }, "t.csv: something is missing in every row");
  expect_error([&] { table(text, {.missing = "zero"}); }, "CSV: missing is \"zero\"; expected \"error\" or");
}

BOOST_AUTO_TEST_CASE(another_file_is_read_as_the_training_file_was) {
  const CSV train = table("a,c,y\n1,x,p\n3,z,q\n", {.target = "y", .missing = "mean", .standardize = true});
  const CSV test = table("y,c,a\nq,z,5\np,new,\n", train);  // in another order, with what training lacks
  expect_values(train.x(), {-1, 1, 0, 1, 0, 1});
  expect_values(test.x(), {3, 0, 1, 0, 0, 0});
  expect_values(test.y(), {1, 0});
  expect_error([&] { table("y,c,a\nr,z,5\n", train); },
               "u.csv:2: column \"y\": the training part has no class \"r\"");
  expect_error([&] { table("y,a\nq,5\n", train); }, "u.csv: there is no column \"c\"");
}

BOOST_AUTO_TEST_CASE(parts_are_encoded_by_the_first) {
  std::string text = "n,c,y\n";
  for (int i = 0; i < 100; ++i) text += fmt::format("{},c{},{}\n", i, i, i);
  Generator generator(3);
  const CSV whole = table(text, {.target = "y", .standardize = true});
  const auto [train, validation] = whole.split({0.8, 0.2}, {.generator = &generator});
  BOOST_TEST(train.size() == 80);
  BOOST_TEST(validation.size() == 20);
  BOOST_TEST(train.x().size(1) == 81);  // the categories of its own rows
  BOOST_TEST(validation.feature_names() == train.feature_names());
  const Tensor numbers = train.x().select(1, 0);
  BOOST_TEST(std::abs(mean(numbers).item()) < 1e-6);
  BOOST_TEST(std::abs(mean(square(numbers)).item() - 1) < 1e-5);
  expect_values(validation.x().narrow(1, 1, 80), std::vector<double>(1600, 0));
  BOOST_TEST(sum(train.y()).item() + sum(validation.y()).item() == 4950);
  BOOST_TEST(whole.x().size(1) == 101);
  for (const auto& [x, y] : datasets::DataLoader(train, {.batch_size = 40, .shuffle = true}))
    BOOST_TEST(x.shape() == Shape(40, 81));
}

BOOST_AUTO_TEST_CASE(what_breaks_a_rule_is_named_by_line_and_column) {
  expect_error([] { table("a,b\n1,2\n\n3,oops\n5,6\n"); },
               "t.csv:4: column \"b\": \"oops\" is not a number, as most of the column are; "
               ".categories = {\"b\"} would take it");
  expect_error([] { table("a\n1\n1e999\n2\n"); }, "t.csv:3: column \"a\": \"1e999\" is not a number");
  expect_error([] { table("a,b\n1,2\n3\n"); }, "t.csv:3: 1 cells; expected 2, as in the first row");
  expect_error([] { table("a,a\n1,2\n"); }, "t.csv:1: two columns are called \"a\"");
  expect_error([] { table(""); }, "t.csv: the file holds no rows");
  expect_error([] { table("a,b\n"); }, "t.csv: the file holds a header alone");
  expect_error([] { table(kHouses, {.target = "prize"}); },
               "t.csv: there is no column \"prize\"; there are ");
  expect_error([] { table(kHouses, {.ignore = {"size"}}); }, "t.csv: there is no column \"size\"");
  expect_error([] { table("a\n1\n", {.target = "a"}); }, "t.csv: no columns are left as features");
  expect_error([] { CSV("/no/such/file.csv"); }, "/no/such/file.csv");
  std::string names = "name\n";
  for (int i = 0; i < 1001; ++i) names += fmt::format("n{}\n", i);
  expect_error([&] { table(names); }, "t.csv: column \"name\" has 1001 categories; expected 1000 at most");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
