// The entry point of the tests of what the course programs share.
#define BOOST_TEST_MODULE course
#include <boost/test/unit_test.hpp>
