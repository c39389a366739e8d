// The name of a class, for messages and for what is found by it.
#pragma once

#include <boost/core/demangle.hpp>
#include <string>
#include <tuple>
#include <typeinfo>
#include <vector>

namespace xtape::testing {

/// "SGD" of optim::SGD.
template <class T>
std::string class_name() {
  const std::string name = boost::core::demangle(typeid(T).name());
  return name.substr(name.rfind(':') + 1);
}

/// The names of a list of classes.
template <class... T>
std::vector<std::string> class_names(const std::tuple<T...>*) {
  return {class_name<T>()...};
}

}  // namespace xtape::testing
