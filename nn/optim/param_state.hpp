// ParamState: what an optimiser remembers of one parameter.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "autograd/tensor/tensor.hpp"

namespace xtape::optim {

/// Values by name: counts, numbers, tensors, and lists of the last two. It is made with all names that there
/// may be and the values they begin with, {{"step", 0}, {"exp_avg", Tensor()}}; the names are to be literals.
class ParamState {
 public:
  using Value = std::variant<std::int64_t, double, Tensor, std::vector<Tensor>, std::vector<double>>;
  struct Entry {
    std::string_view name;
    Value value;
  };

  ParamState() = default;
  ParamState(std::initializer_list<Entry> entries);
  // Out of line, for every user's file would compile them, which a variant makes costly.
  ParamState(const ParamState&);
  ParamState(ParamState&&) noexcept;
  ParamState& operator=(const ParamState&);
  ParamState& operator=(ParamState&&) noexcept;
  ~ParamState();

  /// The value of that name. Throws where there is none, or it is of another type.
  std::int64_t& count(std::string_view name) { return get<std::int64_t>(name); }
  double& number(std::string_view name) { return get<double>(name); }
  Tensor& tensor(std::string_view name) { return get<Tensor>(name); }
  std::vector<Tensor>& tensors(std::string_view name) { return get<std::vector<Tensor>>(name); }
  std::vector<double>& numbers(std::string_view name) { return get<std::vector<double>>(name); }
  /// tensor(name), which is made of zeros like `param` at its first use.
  Tensor& zeros(std::string_view name, const Tensor& param) {
    Tensor& value = tensor(name);
    if (!value.defined()) [[unlikely]]
      make_zeros(value, param);
    return value;
  }

  /// Brings the tensors to the dtype of the parameter, which may have been converted since.
  void convert_to(DType dtype) {
    if (dtype != dtype_) convert_all(dtype);
  }

  std::vector<Entry>& entries() { return entries_; }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  template <class T>
  T& get(std::string_view name) {
    for (Entry& entry : entries_) {  // equal literals are mostly one
      if (entry.name.data() == name.data() && std::holds_alternative<T>(entry.value))
        return *std::get_if<T>(&entry.value);
    }
    return std::get<T>(find(name, Value(T()).index()));
  }
  Value& find(std::string_view name, std::size_t kind);
  static void make_zeros(Tensor& value, const Tensor& param);
  void convert_all(DType dtype);

  std::vector<Entry> entries_;
  DType dtype_ = kFloat32;  // of its tensors
};

}  // namespace xtape::optim
