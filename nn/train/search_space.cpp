// Conversions of values, combinations and random choices.
#include "nn/train/search_space.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "autograd/base/random.hpp"

namespace xtape::nn {

namespace {

constexpr std::int64_t kMaxChoices = 1'000'000;

std::size_t combinations(const SearchSpace& space) {
  std::int64_t product = 1;
  for (const SearchDimension& dimension : space) {
    const auto count = std::ssize(dimension.values());
    check(product <= kMaxChoices / count, "search: the space has more than {} combinations", kMaxChoices);
    product *= count;
  }
  return static_cast<std::size_t>(product);
}

/// The combination of that number, counted as all_params lists them.
Params combination(const SearchSpace& space, std::size_t number) {
  std::vector<std::size_t> chosen(space.size());
  for (std::size_t i = space.size(); i-- > 0;) {
    const std::size_t count = space[i].values().size();
    chosen[i] = number % count;
    number /= count;
  }
  Params params;
  for (std::size_t i = 0; i < space.size(); ++i) params.add(space[i].name(), space[i].values()[chosen[i]]);
  return params;
}

}  // namespace

ParamValue::ParamValue(const char* text) : value_(std::string(text)) {}
ParamValue::ParamValue(std::string text) : value_(std::move(text)) {}
ParamValue::ParamValue(Activation activation) : value_(std::string(nn::to_string(activation))) {}
ParamValue::ParamValue(const ParamValue&) = default;
ParamValue::ParamValue(ParamValue&&) noexcept = default;
ParamValue& ParamValue::operator=(const ParamValue&) = default;
ParamValue& ParamValue::operator=(ParamValue&&) noexcept = default;
ParamValue::~ParamValue() = default;
bool ParamValue::operator==(const ParamValue& other) const { return value_ == other.value_; }

std::string ParamValue::to_string() const {
  return std::visit([](const auto& value) { return fmt::format("{}", value); }, value_);
}

bool ParamValue::flag(std::string_view name) const {
  check(std::holds_alternative<bool>(value_), "search: {} is {}; asked for as a bool", name, to_string());
  return std::get<bool>(value_);
}

std::int64_t ParamValue::integer(std::string_view name, std::int64_t least, std::int64_t greatest) const {
  const auto* value = std::get_if<std::int64_t>(&value_);
  check(value && least <= *value && *value <= greatest,
        "search: {} is {}; asked for as an integer from {} to {}", name, to_string(), least, greatest);
  return *value;
}

double ParamValue::number(std::string_view name) const {
  if (const auto* integer = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*integer);
  check(std::holds_alternative<double>(value_), "search: {} is {}; asked for as a number", name, to_string());
  return std::get<double>(value_);
}

const std::string& ParamValue::text(std::string_view name) const {
  check(std::holds_alternative<std::string>(value_), "search: {} is {}; asked for as a text", name,
        to_string());
  return std::get<std::string>(value_);
}

Params::Params() = default;
Params::Params(std::initializer_list<std::pair<std::string, ParamValue>> values) : values_(values) {}
Params::Params(const Params&) = default;
Params::Params(Params&&) noexcept = default;
Params& Params::operator=(const Params&) = default;
Params& Params::operator=(Params&&) noexcept = default;
Params::~Params() = default;
bool Params::operator==(const Params& other) const { return values_ == other.values_; }

const ParamValue& Params::at(std::string_view name) const {
  std::vector<std::string_view> names;
  for (const auto& [known, value] : values_) {
    if (known == name) return value;
    names.push_back(known);
  }
  throw Error(
      fmt::format("search: there is no parameter \"{}\"; there are {}", name, fmt::join(names, ", ")));
}

void Params::add(std::string name, ParamValue value) {
  const bool taken = std::any_of(begin(), end(), [&](const auto& entry) { return entry.first == name; });
  check(!taken, "search: the parameter \"{}\" appears twice", name);
  values_.emplace_back(std::move(name), std::move(value));
}

std::string to_string(const Params& params) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : params) parts.push_back(fmt::format("{}: {}", name, value.to_string()));
  return fmt::format("{}", fmt::join(parts, "; "));
}

SearchDimension::SearchDimension(std::string name, std::initializer_list<ParamValue> values)
    : SearchDimension(std::move(name), std::vector<ParamValue>(values)) {}

SearchDimension::SearchDimension(std::string name, std::vector<ParamValue> values)
    : name_(std::move(name)), values_(std::move(values)) {
  check(!values_.empty(), "search: the parameter \"{}\" has no values", name_);
}

SearchDimension::SearchDimension(std::string name, const SearchRange& range)
    : name_(std::move(name)), range_(range) {
  check(std::isfinite(range.low) && std::isfinite(range.high) && range.low <= range.high,
        "search: the range of \"{}\" is {} to {}; expected low <= high", name_, range.low, range.high);
  check(!range.log || range.low > 0, "search: the range of \"{}\" begins at {}; a logarithmic one is above 0",
        name_, range.low);
  const bool whole = range.low == std::round(range.low) && range.high == std::round(range.high);
  check(!range.integer || (whole && std::max(-range.low, range.high) < 9e15),
        "search: the range of \"{}\" is {} to {}; expected integers below 9e15", name_, range.low,
        range.high);
}

ParamValue SearchDimension::draw(Generator& generator) const {
  if (is_list()) return values_[generator.below(values_.size())];
  // each integer owns the interval of half a unit around it
  const double half = range_.integer ? 0.5 : 0;
  double low = range_.low - half, high = range_.high + half;
  if (range_.log) {
    low = std::log(low);
    high = std::log(high);
  }
  double value = low + generator.uniform() * (high - low);
  if (range_.log) value = std::exp(value);
  if (range_.integer) value = std::round(value);
  value = std::clamp(value, range_.low, range_.high);
  if (range_.integer) return static_cast<std::int64_t>(value);
  return value;
}

std::vector<Params> all_params(const SearchSpace& space) {
  for (const SearchDimension& dimension : space) {
    check(dimension.is_list(), "grid_search: \"{}\" is a range; expected a list of values", dimension.name());
  }
  const std::size_t count = combinations(space);
  std::vector<Params> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(combination(space, i));
  return result;
}

std::vector<Params> random_params(const SearchSpace& space, std::int64_t count, Generator& generator) {
  check(count >= 0, "random_search: the number of trials is {}; expected 0 or more", count);
  std::vector<Params> result;
  const auto wanted = static_cast<std::size_t>(count);
  if (std::all_of(space.begin(), space.end(), [](const auto& dimension) { return dimension.is_list(); })) {
    const std::size_t total = combinations(space);
    std::set<std::size_t> seen;
    while (result.size() < std::min(wanted, total)) {
      const std::size_t number = generator.below(total);
      if (seen.insert(number).second) result.push_back(combination(space, number));
    }
    return result;
  }
  check(count <= kMaxChoices, "random_search: {} trials; expected at most {}", count, kMaxChoices);
  while (result.size() < wanted) {
    Params params;
    for (const SearchDimension& dimension : space) params.add(dimension.name(), dimension.draw(generator));
    result.push_back(std::move(params));
  }
  return result;
}

}  // namespace xtape::nn
