// How a module is printed: PyTorch's layout and Python's numbers.
#include "nn/module/detail/python_repr.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <ostream>
#include <typeinfo>

#include "nn/module/module_base.hpp"

namespace xtape::nn {

std::string python_repr(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}

std::string python_repr(bool value) { return value ? "True" : "False"; }

std::string inplace_text(bool inplace) { return inplace ? ", inplace=True" : ""; }

std::string python_repr(const Shape& values) {
  if (values.size() == 1) return fmt::format("({},)", values[0]);
  std::string text = values.to_string();
  text.front() = '(';
  text.back() = ')';
  return text;
}

std::string python_repr(const xtape::detail::PerAxis& values) {
  const Shape& given = values.given();
  return given.size() == 1 ? std::to_string(given[0]) : python_repr(given);
}

namespace {

/// "Net" from "main::Net" and "(anonymous namespace)::Net"; template arguments keep theirs.
std::string without_namespaces(const std::string& type) {
  int depth = 0;
  for (std::size_t i = type.size(); i-- > 1;) {
    if (type[i] == '>') ++depth;
    if (type[i] == '<') --depth;
    if (depth == 0 && type[i] == ':' && type[i - 1] == ':') return type.substr(i + 1);
  }
  return type;
}

std::string indented(const std::string& text) {
  std::string result;
  for (const char c : text) {
    result += c;
    if (c == '\n') result += "  ";
  }
  return result;
}

}  // namespace

std::string ModuleBase::name() const {
  int status = 0;
  char* demangled = abi::__cxa_demangle(typeid(*this).name(), nullptr, nullptr, &status);
  const std::string type = status == 0 ? demangled : typeid(*this).name();
  std::free(demangled);
  return without_namespaces(type);
}

std::string to_string(const ModuleBase& module) {
  const std::string extra = module.extra_repr();
  const NamedModules children = module.named_children();
  if (children.empty() && extra.find('\n') == std::string::npos) return module.name() + "(" + extra + ")";

  std::string text = module.name() + "(\n";
  if (!extra.empty()) text += "  " + indented(extra) + "\n";
  for (const auto& [name, child] : children) {
    text += fmt::format("  ({}): {}\n", name, indented(to_string(child)));
  }
  return text + ")";
}

std::ostream& operator<<(std::ostream& out, const ModuleBase& module) { return out << to_string(module); }

}  // namespace xtape::nn
