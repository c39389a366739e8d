// The test program of several processes: each runs the same tests in the same order, in one world. Started
// alone, it is a world of one.
#define BOOST_TEST_ALTERNATIVE_INIT_API
#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <string_view>

#include "tests/distributed/world_of_tests.hpp"

namespace {
xtape::distributed::World* the_world = nullptr;
}

xtape::distributed::World& xtape::testing::world() { return *the_world; }

int main(int argc, char** argv) {
  const char* const sharing =
      std::getenv("XTAPE_TEST_SHARING");  // none, or some: those with even numbers; unset: all
  const bool is_even = xtape::distributed::World().rank() % 2 == 0;
  xtape::distributed::World world(
      {.timeout = 60,
       .shares_memory = sharing == nullptr || (std::string_view(sharing) == "some" && is_even)});
  the_world = &world;
  return boost::unit_test::unit_test_main([] { return true; }, argc, argv);
}
