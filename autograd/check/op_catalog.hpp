// The catalogue of ops. Every op that can be recorded is in it, with the cases it is checked by.
#pragma once

#include <functional>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/graph/attributes.hpp"
#include "autograd/tensor/tensor.hpp"

namespace xtape {

namespace op {

/// One way to check an op. Give shapes of random inputs, or `special` values, or `make` the inputs.
/// Floating-point inputs are checked for values and for gradients of order 1 and 2.
struct Case {
  std::vector<Shape> inputs = {};  ///< shapes of random inputs, uniform in [low, high)
  double low = -1, high = 1;
  std::vector<double> kinks = {};    ///< inputs are moved away from these values
  bool distinct = false;             ///< elements are at least 0.02 apart: for sort, max and others with ties
  std::vector<double> special = {};  ///< one 1-d input of these values, beside NaN and both infinities
  std::function<std::vector<Tensor>()> make =
      {};                  ///< float64 inputs, and int64 or bool ones where the op wants them
  bool smooth = true;      ///< whether the tight norm-ratio check applies
  std::string error = {};  ///< expect an Error that holds this text
};

/// The cases of op O: `Cases<Sum>().add({.inputs = {{2, 3}}}, Sum{.dims = {0}})`.
template <class O>
class Cases {
 public:
  Cases() = default;
  Cases(std::initializer_list<Case> cases) requires std::is_default_constructible_v<O> {
    for (const Case& c : cases) add(c, O{});
  }
  Cases& add(const Case& c, O op) {
    list_.emplace_back(c, std::move(op));
    return *this;
  }
  Cases& add(const Case& c) requires std::is_default_constructible_v<O> { return add(c, O{}); }
  const std::vector<std::pair<Case, O>>& list() const { return list_; }

 private:
  std::vector<std::pair<Case, O>> list_;
};

/// A case with its op, whatever its type.
struct OpCase {
  Case data;
  Attributes attributes;  ///< of the op
  /// The op, recorded.
  std::function<std::vector<Tensor>(const std::vector<Tensor>&)> call;
  /// The op's scalar reference in double, where it has one: for elementwise ops.
  std::function<double(const std::vector<double>&)> reference;
};

struct CatalogEntry {
  std::string_view name;
  int inputs;  ///< 0 for a list of tensors
  bool differentiable;
  bool is_view;
  std::size_t members;             ///< data members of the op's struct: it has as many attributes, or more
  std::vector<OpCase> (*cases)();  ///< none for an op of a library that was built without tests
};

}  // namespace op

/// Every op of the library and of the program, in the order of their names.
std::vector<op::CatalogEntry> op_catalog();

namespace detail {
bool enrol(const op::CatalogEntry& entry);
}

}  // namespace xtape
