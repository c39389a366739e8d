#include "tests/nn/optim/optimizers.hpp"

#include <boost/test/unit_test.hpp>
#include <tuple>
#include <xtape/optim.hpp>

#include "tests/nn/optim/class_name.hpp"

namespace xtape::testing {

namespace {

using Optimizers =
    std::tuple<optim::SGD, optim::Adam, optim::AdamW, optim::RMSprop, optim::Adagrad, optim::Adadelta>;

template <class Options>
Options written(const OptionWriter& write) {
  Options options;
  optim::each_field(options, [&](const auto& field, auto& value) { write(field.name, &value); });
  return options;
}

template <class Group, class Options>
Group group_of(const OptimizerKind::Group& group, const Options& options) {
  Group result{.params = group.params};
  optim::each_field(options, [&](const auto& field, auto value) {
    if (group.overrides(field.name, &value)) result.*field.override = value;
  });
  return result;
}

template <class Optimizer>
void check_positions() {
  const Tensor a = ones({2}, {.requires_grad = true}), b = ones({2}, {.requires_grad = true});
  const std::vector<Tensor> params{a, b};
  const typename Optimizer::options_type defaults;
  const Optimizer groups({{.params = {a}, .lr = 0.5}, {.params = {b}}}, 0.25);
  const Optimizer one_group({{.params = {a}}}, {.lr = 0.5});
  const std::vector<double> rates{Optimizer({a, b}, 1).lr(),
                                  Optimizer(params, {}).lr(),
                                  Optimizer(params, {.lr = 0.5}).lr(),
                                  groups.group_lr(0),
                                  groups.group_lr(1),
                                  one_group.lr(),
                                  Optimizer({{.params = {a}}}, 0.25).lr()};
  BOOST_TEST(rates == (std::vector<double>{1, defaults.lr, 0.5, 0.5, 0.25, 0.5, 0.25}));
}

template <class Optimizer>
OptimizerKind kind() {
  using Options = typename Optimizer::options_type;
  using Group = typename Optimizer::group_type;
  OptimizerKind result;
  result.name = class_name<Optimizer>();
  const Options defaults;
  optim::each_field(defaults,
                    [&](const auto& field, const auto&) { result.options.emplace_back(field.name); });
  result.make = [](const std::vector<Tensor>& params, const OptionWriter& write) {
    return std::make_unique<Optimizer>(params, written<Options>(write));
  };
  result.make_groups = [](const std::vector<OptimizerKind::Group>& groups, const OptionWriter& write) {
    const auto options = written<Options>(write);
    std::vector<Group> own;
    for (const OptimizerKind::Group& group : groups) own.push_back(group_of<Group>(group, options));
    return std::make_unique<Optimizer>(own, options);
  };
  result.make_with_lr = [](const std::vector<Tensor>& params, double lr) {
    return std::make_unique<Optimizer>(params, lr);
  };
  result.check_positions = check_positions<Optimizer>;
  return result;
}

template <class... Each>
std::vector<OptimizerKind> kinds(const std::tuple<Each...>*) {
  return {kind<Each>()...};
}

}  // namespace

const std::vector<OptimizerKind>& optimizers() {
  static const std::vector<OptimizerKind> all = kinds(static_cast<const Optimizers*>(nullptr));
  return all;
}

}  // namespace xtape::testing
