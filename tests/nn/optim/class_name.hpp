// The name of a class, for messages and for what is found by it.
#pragma once

#include <boost/core/demangle.hpp>
#include <string>
#include <typeinfo>

namespace xtape::testing {

/// "SGD" of optim::SGD.
template <class T>
std::string class_name() {
  const std::string name = boost::core::demangle(typeid(T).name());
  return name.substr(name.rfind(':') + 1);
}

}  // namespace xtape::testing
