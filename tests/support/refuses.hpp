// REFUSES(expression, text): the expression throws an Error whose message holds the text.
#pragma once

#include <boost/test/unit_test.hpp>

#include <string>

#include "autograd/base/error.hpp"

#define REFUSES(expression, text)                                                            \
  BOOST_CHECK_EXCEPTION(static_cast<void>(expression), xtape::Error, [](const auto& error) { \
    const bool holds = std::string(error.what()).find(text) != std::string::npos;            \
    if (!holds) BOOST_TEST_MESSAGE("the message is: " << error.what());                      \
    return holds;                                                                            \
  })
