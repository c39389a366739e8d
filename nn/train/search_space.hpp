// Named values for a search: Params, one choice of each, and SearchSpace, what there is to choose from.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "autograd/base/error.hpp"
#include "nn/layers/activation.hpp"

namespace xtape::nn {

/// A bool, an integer, a number, or a text; an activation is the text of its name.
class ParamValue {
 public:
  template <class T>
  requires std::is_arithmetic_v<T> ParamValue(T value) {  // NOLINT: implicit, for lists of values
    if constexpr (std::same_as<T, bool>) {
      value_ = value;
    } else if constexpr (std::integral<T>) {
      value_ = static_cast<std::int64_t>(value);
    } else {
      value_ = static_cast<double>(value);
    }
  }
  ParamValue(const char* text);       // NOLINT: implicit
  ParamValue(std::string text);       // NOLINT: implicit
  ParamValue(Activation activation);  // NOLINT: implicit
  // Not in the class, here and in Params: a variant of texts is costly to compile in every user's file.
  ParamValue(const ParamValue&);
  ParamValue(ParamValue&&) noexcept;
  ParamValue& operator=(const ParamValue&);
  ParamValue& operator=(ParamValue&&) noexcept;
  ~ParamValue();

  /// As a table shows it.
  std::string to_string() const;
  /// The value as a bool, an integer, a floating-point number (integers too), std::string or Activation;
  /// throws, naming the parameter, where it is none.
  template <class T>
  T as(std::string_view name) const;

  bool operator==(const ParamValue& other) const;

 private:
  bool flag(std::string_view name) const;
  std::int64_t integer(std::string_view name, std::int64_t least, std::int64_t greatest) const;
  double number(std::string_view name) const;
  const std::string& text(std::string_view name) const;

  std::variant<bool, std::int64_t, double, std::string> value_;
};

/// One value for each name: what a search gives to the function that builds a model.
class Params {
 public:
  Params();
  Params(std::initializer_list<std::pair<std::string, ParamValue>> values);
  Params(const Params&);
  Params(Params&&) noexcept;
  Params& operator=(const Params&);
  Params& operator=(Params&&) noexcept;
  ~Params();

  /// params.get<double>("lr"); throws where there is no such name or the value is not a T.
  template <class T>
  T get(std::string_view name) const {
    return at(name).template as<T>(name);
  }
  const ParamValue& at(std::string_view name) const;
  void add(std::string name, ParamValue value);

  std::size_t size() const { return values_.size(); }
  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }
  bool operator==(const Params& other) const;

 private:
  std::vector<std::pair<std::string, ParamValue>> values_;
};

/// "lr: 0.01; units: 256"
std::string to_string(const Params& params);

/// Numbers from low to high, for random_search.
struct SearchRange {
  double low = 0;
  double high = 1;
  bool log = false;      ///< uniform in the logarithm: for learning rates and penalties
  bool integer = false;  ///< whole numbers, both ends included
};

/// A name with the values that it may take: {"units", {256, 512}}, {"lr", SearchRange{.low = 1e-4, ...}}.
class SearchDimension {
 public:
  /// Throws where there are no values, or the range is empty or, if logarithmic, not above 0.
  SearchDimension(std::string name, std::initializer_list<ParamValue> values);
  SearchDimension(std::string name, std::vector<ParamValue> values);
  SearchDimension(std::string name, const SearchRange& range);

  const std::string& name() const { return name_; }
  bool is_list() const { return !values_.empty(); }
  const std::vector<ParamValue>& values() const { return values_; }  ///< of a list
  /// A random value; those of a list are equally likely.
  ParamValue draw(Generator& generator) const;

 private:
  std::string name_;
  std::vector<ParamValue> values_;
  SearchRange range_;
};

using SearchSpace = std::vector<SearchDimension>;

/// Every combination, the last name's values changing first. Throws for ranges, and for a name that appears
/// twice.
std::vector<Params> all_params(const SearchSpace& space);
/// `count` random choices. Where the space holds lists alone no choice appears twice, so there are at most as
/// many as combinations.
std::vector<Params> random_params(const SearchSpace& space, std::int64_t count, Generator& generator);

template <class T>
T ParamValue::as(std::string_view name) const {
  if constexpr (std::same_as<T, bool>) {
    return flag(name);
  } else if constexpr (std::integral<T>) {
    constexpr auto least = std::numeric_limits<T>::min();
    constexpr auto greatest = std::numeric_limits<T>::max();
    const auto wide_least = std::in_range<std::int64_t>(least) ? static_cast<std::int64_t>(least) : INT64_MIN;
    const auto wide_greatest =
        std::in_range<std::int64_t>(greatest) ? static_cast<std::int64_t>(greatest) : INT64_MAX;
    return static_cast<T>(integer(name, wide_least, wide_greatest));
  } else if constexpr (std::floating_point<T>) {
    return static_cast<T>(number(name));
  } else if constexpr (std::same_as<T, Activation>) {
    return activation_named(text(name));
  } else {
    static_assert(std::same_as<T, std::string>, "a parameter is a bool, a number, a text or an Activation");
    return text(name);
  }
}

}  // namespace xtape::nn
