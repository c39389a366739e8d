// The test program of several processes: each runs the same tests in the same order, in one world. Started
// alone, it is a world of one.
#define BOOST_TEST_ALTERNATIVE_INIT_API
#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

#include "tests/distributed/world_of_tests.hpp"

namespace {
xtape::distributed::World* the_world = nullptr;
}

xtape::distributed::World& xtape::testing::world() { return *the_world; }

int main(int argc, char** argv) {
  xtape::distributed::World world({.timeout = 60});
  the_world = &world;
  return boost::unit_test::unit_test_main([] { return true; }, argc, argv);
}
