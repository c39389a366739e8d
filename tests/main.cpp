// The test program: Boost.Test's main, and a suite "ops" with one test per op and case of the catalogue.
#define BOOST_TEST_ALTERNATIVE_INIT_API
#define BOOST_TEST_NO_MAIN
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include "tests/support/check_op.hpp"

/// AddressSanitizer's, weak there: a size that no memory holds gives a null pointer, as without it, and so
/// the Error that tests expect.
extern "C" const char* __asan_default_options();  // NOLINT: the name is the sanitizer's
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }

namespace {

bool add_op_tests() {
  auto* ops = BOOST_TEST_SUITE("ops");
  for (const xtape::op::CatalogEntry& entry : xtape::op_catalog()) {
    int number = 0;
    for (const xtape::op::OpCase& c : entry.cases()) {
      const auto test = [entry, c] {
        for (const std::string& failure : xtape::test::failures_of(entry, c)) BOOST_ERROR(failure);
      };
      const std::string name = fmt::format("{}_{}", entry.name, number++);
      ops->add(boost::unit_test::make_test_case(test, name, __FILE__, __LINE__));
    }
  }
  boost::unit_test::framework::master_test_suite().add(ops);
  return true;
}

}  // namespace

int main(int argc, char** argv) { return boost::unit_test::unit_test_main(&add_op_tests, argc, argv); }
