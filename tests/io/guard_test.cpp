// guarded: memory that cannot be had is an Error of the file; other exceptions pass.
#include "io/guard.hpp"

#include "tests/files/files.hpp"

namespace xtape::testing {

BOOST_AUTO_TEST_SUITE(files_guard)

BOOST_AUTO_TEST_CASE(memory_that_cannot_be_had_is_an_error_that_names_the_file) {
  const std::string expected = "folder/x.npy: out of memory: the file holds more than this process can take";
  const auto throwing = [](const auto& exception) {
    return [exception] { io::guarded("folder/x.npy", [&] { throw exception; }); };
  };
  BOOST_TEST(fails_with(throwing(std::bad_alloc()), expected));
  BOOST_TEST(fails_with(throwing(std::bad_array_new_length()), expected));
  BOOST_TEST(fails_with(throwing(std::length_error("vector")), expected));
  BOOST_CHECK_THROW(throwing(std::runtime_error("another"))(), std::runtime_error);
  BOOST_TEST(fails_with(throwing(Error("x.npy: too short")), "x.npy: too short"));
}

BOOST_AUTO_TEST_CASE(results_pass) {
  BOOST_TEST(io::guarded("x", [] { return 3; }) == 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
