// Values: options without a struct of their own, numbers by their names.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xtape::optim {

/// {{"lr", 0.1}, {"max_iter", 20}}: the first is to be "lr". A name that is not among them is an Error.
class Values {
 public:
  using value_type = std::pair<std::string, double>;

  Values() = default;
  Values(std::initializer_list<value_type> values) : values_(values) {}

  bool contains(std::string_view name) const;
  double at(std::string_view name) const;
  double& at(std::string_view name);

  auto begin() { return values_.begin(); }
  auto begin() const { return values_.begin(); }
  auto end() { return values_.end(); }
  auto end() const { return values_.end(); }

 private:
  std::vector<value_type> values_;
};

}  // namespace xtape::optim
