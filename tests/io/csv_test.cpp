// Rows of CSV texts: what a cell may hold, and where lines are counted.
#include "io/csv.hpp"

#include "io/files.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/temporary_files.hpp"

namespace xtape::testing {

namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows cells(std::string_view text, const io::CsvFormat& format = {}) {
  Rows rows;
  for (const io::CsvRow& row : io::read_csv(text, "t.csv", format)) rows.push_back(row.cells);
  return rows;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(files_csv)

BOOST_AUTO_TEST_CASE(cells_end_at_separators_and_rows_at_line_ends) {
  BOOST_TEST((cells("a,b\n1,2\n") == Rows{{"a", "b"}, {"1", "2"}}));
  BOOST_TEST((cells("a,b\r\n1,2") == Rows{{"a", "b"}, {"1", "2"}}));
  BOOST_TEST((cells(",\n x ,\n") == Rows{{"", ""}, {" x ", ""}}));
  BOOST_TEST((cells("\xef\xbb\xbf"
                    "a\n") == Rows{{"a"}}));
  BOOST_TEST((cells("a;'b;c'\n", {.separator = ';', .quote = '\''}) == Rows{{"a", "b;c"}}));
  BOOST_TEST(cells("").empty());
}

BOOST_AUTO_TEST_CASE(quotes_hold_anything) {
  BOOST_TEST((cells("\"a,b\",\"say \"\"hi\"\"\",\"\"\n\"1\n2\",3,4\n") ==
              Rows{{"a,b", "say \"hi\"", ""}, {"1\n2", "3", "4"}}));
  BOOST_TEST((cells("5\" nail,x") == Rows{{"5\" nail", "x"}}));  // inside of a cell they are text
}

BOOST_AUTO_TEST_CASE(lines_are_counted_through_empty_ones_and_quoted_ends) {
  const auto rows = io::read_csv("a\n\n\"1\n2\"\n\r\nb\n", "t.csv");
  BOOST_TEST(rows.size() == 3U);
  BOOST_TEST(rows[1].line == 3);
  BOOST_TEST(rows[2].line == 6);
}

BOOST_AUTO_TEST_CASE(quotes_that_do_not_close_are_errors_with_their_line) {
  expect_error([] { cells("a\n\"b\nc\n"); }, "t.csv:2: a quote is not closed");
  expect_error([] { cells("a\n\"b\"c\n"); }, "t.csv:2: text behind a closing quote");
}

BOOST_AUTO_TEST_CASE(what_was_written_is_read_back) {
  const Rows rows{{"plain", "with, comma", "with \"quotes\"", "two\nlines", "return\rhere", ""},
                  {"1", "2", "3", "4", "5", "6"}};
  const TemporaryFolder folder;
  const std::string file = folder / "t.csv";
  io::write_csv(file, rows);
  BOOST_TEST((cells(io::read_bytes(file)) == rows));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
