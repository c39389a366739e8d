// SVG files of confusion matrices: a cell for each pair of classes, darker where there are more.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>

#include "pictures/pictures.hpp"
#include "tests/pictures/xml.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

using pictures::ConfusionOptions;
using pictures::save_confusion_matrix;

namespace {

/// Saves a matrix and reads it back; a fault of the XML fails the test.
Xml saved(const Tensor& matrix, const ConfusionOptions& options = {}) {
  TemporaryFolder folder;
  const fs::path path = folder / "confusion.svg";
  save_confusion_matrix(path.string(), matrix, options);
  std::ifstream file(path, std::ios::binary);
  Xml xml(std::string(std::istreambuf_iterator<char>(file), {}));
  BOOST_TEST(xml.fault == "");
  return xml;
}

std::vector<std::string> texts(const Xml& xml, std::string_view name) {
  std::vector<std::string> found;
  for (const Element& element : xml.all(name)) found.push_back(element.text);
  return found;
}

/// The colours of the cells, row by row.
std::vector<std::string> colours(const Xml& xml) {
  std::vector<std::string> found;
  for (const Element& cell : xml.all("rect")) found.push_back(cell.attributes.at("fill"));
  found.erase(found.begin());  // the paper
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pictures_confusion)

BOOST_AUTO_TEST_CASE(a_cell_shows_its_count_and_its_share_of_the_row) {
  const Xml xml = saved(tensor({{90, 10}, {0, 5}}), {.title = "Pets", .classes = {"cat", "dog"}});
  using Texts = std::vector<std::string>;
  BOOST_TEST(texts(xml, "text") ==
             (Texts{"Pets", "predicted class", "true class", "cat", "cat", "90", "10", "dog", "dog", "5"}));
  BOOST_TEST(texts(xml, "title") ==
             (Texts{"Pets", "cat taken for cat: 90 of 100", "cat taken for dog: 10 of 100",
                    "dog taken for cat: 0 of 5", "dog taken for dog: 5 of 5"}));
  const std::vector<std::string> shades = colours(xml);
  BOOST_TEST(shades.size() == 4u);
  BOOST_TEST((shades[3] == "#0072b2" && shades[2] == "#ffffff"));
  BOOST_TEST((shades[3] < shades[0] && shades[0] < shades[1] && shades[1] < shades[2]));  // "#rr..."
}

BOOST_AUTO_TEST_CASE(classes_without_names_are_numbers_and_empty_rows_stay_white) {
  const Xml xml = saved(zeros({3, 3}));
  BOOST_TEST(texts(xml, "text") ==
             (std::vector<std::string>{"predicted class", "true class", "0", "0", "1", "1", "2", "2"}));
  BOOST_TEST(colours(xml) == std::vector<std::string>(9, "#ffffff"));
}

BOOST_AUTO_TEST_CASE(what_is_no_confusion_matrix_is_an_error_that_names_the_file) {
  const auto fails = [](const Tensor& matrix, const std::string& what, const ConfusionOptions& options = {}) {
    expect_error([&] { save_confusion_matrix("no/such/m.svg", matrix, options); }, "no/such/m.svg: " + what);
  };
  fails(Tensor(), "a confusion matrix of shape {}; expected {C, C}");
  fails(zeros({2, 3}), "a confusion matrix of shape {2, 3}; expected {C, C}");
  fails(zeros({0, 0}), "a confusion matrix of shape {0, 0}; expected {C, C}");
  fails(zeros({201, 201}), "a confusion matrix of 201 classes; expected at most 200");
  fails(tensor({{1, -2}, {0, 1}}), "a confusion matrix with -2; expected numbers of examples");
  fails(full({1, 1}, std::numeric_limits<double>::infinity()),
        "a confusion matrix with inf; expected numbers of examples");
  fails(zeros({2, 2}), "3 names for 2 classes", {.classes = {"a", "b", "c"}});
  expect_error([] { save_confusion_matrix("m.png", zeros({2, 2})); }, "m.png");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
