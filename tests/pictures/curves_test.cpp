// SVG files of curves: well-formed XML with the right elements in the right places.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <set>
#include <sstream>
#include <string>

#include "pictures/detail/axis.hpp"
#include "pictures/detail/svg.hpp"
#include "pictures/pictures.hpp"
#include "tests/pictures/xml.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

using pictures::CurveOptions;
using pictures::save_curves;
using pictures::Series;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Saves curves and reads them back; a fault of the XML fails the test.
Xml saved(const std::vector<Series>& series, const CurveOptions& options = {}) {
  TemporaryFolder folder;
  const fs::path path = folder / "curves.svg";
  save_curves(path.string(), series, options);
  std::ifstream file(path, std::ios::binary);
  Xml xml(std::string(std::istreambuf_iterator<char>(file), {}));
  BOOST_TEST(xml.fault == "");
  return xml;
}

using Points = std::vector<std::pair<double, double>>;

Points points_of(const Element& polyline) {
  Points points;
  std::istringstream in(polyline.attributes.at("points"));
  for (std::string pair; in >> pair;) {
    points.emplace_back(std::stod(pair), std::stod(pair.substr(pair.find(',') + 1)));
  }
  return points;
}

std::vector<std::size_t> lengths(const Xml& xml) {
  std::vector<std::size_t> found;
  for (const Element& line : xml.all("polyline")) found.push_back(points_of(line).size());
  return found;
}

bool has_text(const Xml& xml, const std::string& text) {
  const auto texts = xml.all("text");
  return std::any_of(texts.begin(), texts.end(),
                     [&](const Element& element) { return element.text == text; });
}

std::vector<std::string> labels(const pictures::detail::Axis& axis) {
  std::vector<std::string> found;
  for (const auto& tick : axis.ticks) found.push_back(tick.label);
  return found;
}

using Labels = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(pictures_curves)

BOOST_AUTO_TEST_CASE(a_curve_has_a_point_for_each_value_within_the_picture) {
  const Xml xml = saved({{"train", {}, {4, 3, 2, 1}}, {"validation", {1, 2.5, 4}, {4, 3.5, 3}}},
                        {.title = "Loss", .x_label = "epoch", .y_label = "cross-entropy"});
  BOOST_TEST(lengths(xml) == (std::vector<std::size_t>{4, 3}));
  for (const char* text : {"Loss", "epoch", "cross-entropy", "train", "validation", "1.0", "2.5"})
    BOOST_TEST(has_text(xml, text));
  const Points train = points_of(xml.all("polyline")[0]), validation = points_of(xml.all("polyline")[1]);
  for (std::size_t i = 1; i < 4; ++i) {  // equal steps to the right and downwards
    BOOST_TEST(train[i].first - train[i - 1].first == train[1].first - train[0].first,
               boost::test_tools::tolerance(1e-3));
    BOOST_TEST(train[i].second - train[i - 1].second == train[1].second - train[0].second,
               boost::test_tools::tolerance(1e-3));
  }
  BOOST_TEST(train[1].second > train[0].second);
  BOOST_TEST((validation[0] == train[0]));
  BOOST_TEST(validation[1].first == (train[1].first + train[2].first) / 2,
             boost::test_tools::tolerance(1e-3));
  for (const auto& [x, y] : train) BOOST_TEST((x > 0 && x < 720 && y > 0 && y < 420));
  BOOST_TEST((xml.elements[0].name == "svg" && xml.elements[0].attributes.at("width") == "720"));
  const auto lines = xml.all("polyline");
  BOOST_TEST(lines[0].attributes.at("stroke") != lines[1].attributes.at("stroke"));
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_interrupts_a_curve) {
  const Xml xml = saved({{"a", {}, {1, 2, NAN, 3, 4, 5, kInfinity, -kInfinity, 6, NAN}}});
  BOOST_TEST(lengths(xml) == (std::vector<std::size_t>{2, 3}));
  BOOST_TEST(xml.all("circle").size() == 6u);  // the 6, alone, too
  BOOST_TEST(lengths(saved({{"x", {1, NAN, 3, 4}, {1, 2, 3, 4}}})) == std::vector<std::size_t>{2});
  BOOST_TEST(lengths(saved({{"large", {}, {1, 2, 1e308, 2, 1}}})) == (std::vector<std::size_t>{2, 2}));
}

BOOST_AUTO_TEST_CASE(long_curves_have_no_dots_but_where_a_point_is_alone) {
  std::vector<double> y(5000);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = std::sin(static_cast<double>(i));
  y[1] = NAN;
  const Xml xml = saved({{"", {}, y}});
  BOOST_TEST(lengths(xml) == std::vector<std::size_t>{4998});
  BOOST_TEST(xml.all("circle").size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_logarithmic_axis_shows_decades_at_equal_distances) {
  const Xml xml = saved({{"a", {}, {1000, 100, 10, 0, -1, 1, 0.1}}}, {.log_y = true});
  BOOST_TEST(lengths(xml) == (std::vector<std::size_t>{3, 2}));
  const Points points = points_of(xml.all("polyline")[0]);
  BOOST_TEST(points[1].second - points[0].second == points[2].second - points[1].second,
             boost::test_tools::tolerance(1e-3));
  for (const char* text : {"1000", "10", "0.1"}) BOOST_TEST(has_text(xml, text));
}

BOOST_AUTO_TEST_CASE(nothing_to_draw_still_gives_axes) {
  for (bool log_y : {false, true}) {
    for (const std::vector<Series>& series : {std::vector<Series>{}, std::vector<Series>{{"a", {}, {}}},
                                              std::vector<Series>{{"a", {}, {NAN, NAN}}}}) {
      const Xml xml = saved(series, {.log_y = log_y});
      BOOST_TEST(xml.all("polyline").empty());
      BOOST_TEST(xml.all("line").size() > 4u);
    }
    BOOST_TEST(saved({{"one", {}, {3}}}, {.log_y = log_y}).all("circle").size() == 1u);
    BOOST_TEST(lengths(saved({{"flat", {}, {2, 2, 2}}}, {.log_y = log_y})) == std::vector<std::size_t>{3});
    BOOST_TEST(lengths(saved({{"upright", {1, 1}, {2, 3}}}, {.log_y = log_y})) ==
               std::vector<std::size_t>{2});
  }
  BOOST_TEST(lengths(saved({{"wide", {}, {-1e300, 1e300}}})) == std::vector<std::size_t>{2});
  BOOST_TEST(lengths(saved({{"narrow", {}, {1, 1 + 1e-15}}})) == std::vector<std::size_t>{2});
  BOOST_TEST(lengths(saved({{"tiny", {}, {1e-310, 2e-310}}})) == std::vector<std::size_t>{2});
  BOOST_TEST(lengths(saved({{"wide", {}, {1e-299, 1e299}}}, {.log_y = true})) == std::vector<std::size_t>{2});
}

BOOST_AUTO_TEST_CASE(texts_are_escaped_and_bad_bytes_replaced) {
  const std::string name = "a < b & \"c\" > d";
  const Xml xml = saved({{name, {}, {1, 2}}}, {.title = "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
                                               .x_label = "\x01\xff\xe2\x82",
                                               .y_label = "\xed\xa0\x80"});
  BOOST_TEST(has_text(xml, name));
  BOOST_TEST(has_text(xml, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
  BOOST_TEST(has_text(xml, "????"));
  BOOST_TEST(has_text(xml, "???"));  // half of a surrogate pair
  using pictures::detail::escape;
  BOOST_TEST(escape("\xc0\xaf") == "??");            // too long a form
  BOOST_TEST(escape("\xe0\x80\xaf") == "???");       // too
  BOOST_TEST(escape("\xf4\x90\x80\x80") == "????");  // beyond Unicode
  BOOST_TEST(escape("\xef\xbf\xbf") == "???");       // no character of XML
  BOOST_TEST(escape("tab\tnewline\n") == "tab?newline?");
}

BOOST_AUTO_TEST_CASE(many_series_are_told_apart_and_their_names_kept_in_bounds) {
  std::vector<Series> series;
  for (int i = 0; i < 60; ++i)
    series.push_back({"series number " + std::to_string(i), {}, {1.0 * i, 2.0 * i}});
  const Xml xml = saved(series);
  BOOST_TEST(xml.all("polyline").size() == 60u);
  BOOST_TEST(has_text(xml, "series number 0"));
  BOOST_TEST(has_text(xml, "..."));
  BOOST_TEST(!has_text(xml, "series number 59"));
  std::set<std::pair<std::string, std::string>> looks;
  for (const Element& line : xml.all("polyline")) {
    const auto dashes = line.attributes.find("stroke-dasharray");
    looks.insert({line.attributes.at("stroke"), dashes == line.attributes.end() ? "" : dashes->second});
    for (const auto& [x, y] : points_of(line)) BOOST_TEST((x >= 0 && x <= 720 && y >= 0 && y <= 420));
  }
  BOOST_TEST(looks.size() == 28u);
  BOOST_TEST(!has_text(saved({{"one", {}, {1, 2}}}, {.width = 200, .height = 150}), "..."));
}

BOOST_AUTO_TEST_CASE(ticks_are_round_numbers) {
  using pictures::detail::linear_axis;
  using pictures::detail::log_axis;
  BOOST_TEST(labels(linear_axis(0, 1, {.ticks = 5})) == (Labels{"0", "0.2", "0.4", "0.6", "0.8", "1.0"}));
  BOOST_TEST(labels(linear_axis(1, 4, {.ticks = 9, .whole = true})) == (Labels{"1", "2", "3", "4"}));
  BOOST_TEST(labels(linear_axis(1, 10, {.ticks = 5, .whole = true})) == (Labels{"2", "4", "6", "8", "10"}));
  const auto rounded = linear_axis(0.13, 2.31, {.ticks = 5, .round_ends = true});
  BOOST_TEST(labels(rounded) == (Labels{"0", "0.5", "1.0", "1.5", "2.0", "2.5"}));
  BOOST_TEST((rounded.low == 0 && rounded.high == 2.5));
  BOOST_TEST(rounded.place(1.25) == 0.5);
  BOOST_TEST(labels(linear_axis(-0.2, 0.2, {.ticks = 4})) == (Labels{"-0.2", "-0.1", "0", "0.1", "0.2"}));
  BOOST_TEST(labels(linear_axis(0, 3e7, {.ticks = 3})) == (Labels{"0", "1e+07", "2e+07", "3e+07"}));
  BOOST_TEST(labels(linear_axis(0, 3e-6, {.ticks = 3})) == (Labels{"0", "1e-06", "2e-06", "3e-06"}));
  BOOST_TEST(labels(linear_axis(0, 4900, {.ticks = 5, .whole = true})) ==
             (Labels{"0", "1000", "2000", "3000", "4000"}));
  BOOST_TEST(labels(log_axis(0.3, 4)) == (Labels{"0.2", "0.5", "1", "2", "5"}));
  BOOST_TEST(labels(log_axis(1e-7, 1e-1)).front() == "1e-7");
  BOOST_TEST(labels(log_axis(1e-200, 1e200)).size() <= 10u);
}

BOOST_AUTO_TEST_CASE(curves_that_make_no_sense_are_refused_by_the_name_of_the_file) {
  TemporaryFolder folder;
  const std::string path = (folder / "x.svg").string();
  BOOST_TEST(fails_with(
      [&] {
        save_curves(path, {{"a", {1, 2, 3}, {1, 2}}});
      },
      path + ": series 'a' has 3 x and 2 y"));
  BOOST_TEST(
      fails_with([&] { save_curves((folder / "x.png").string(), {}); }, "ends in '.png'; expected .svg"));
  BOOST_TEST(fails_with([&] { save_curves(path, {}, {.width = 10}); },
                        path + ": a picture of 10 x 420; expected 200 x 150"));
  const std::string missing = (folder / "none" / "x.svg").string();
  BOOST_TEST(fails_with([&] { save_curves(missing, {}); },
                        missing + ": cannot be written: No such file or directory"));
  BOOST_TEST(fs::is_empty(folder.path()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
