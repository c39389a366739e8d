// expect_error: a call that must throw, and a part of what it must say.
#pragma once

#include <boost/test/unit_test.hpp>
#include <string>

#include <xtape/autograd.hpp>

namespace course {

template <class F>
void expect_error(const F& f, const std::string& part) {
  BOOST_CHECK_EXCEPTION(f(), xtape::Error, [&](const xtape::Error& error) {
    BOOST_TEST_INFO(error.what());
    return std::string(error.what()).find(part) != std::string::npos;
  });
}

}  // namespace course
