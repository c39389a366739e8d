// What every optimiser has to fulfil, option by option: none is forgotten where options are saved, loaded,
// overridden by groups or reached by name. And the list of optimisers is held against the sources.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <regex>

#include "tests/nn/optim/optimizers.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/sources.hpp"

namespace xtape::testing {

namespace {

Tensor leaf() { return full({2}, 0.5, {.dtype = kFloat64}).requires_grad_(); }

/// Options with which each field may be changed alone.
template <class Options>
Options base() {
  Options options;
  if constexpr (requires { options.nesterov; }) options.momentum = 0.9;
  return options;
}

double changed(double x) { return 0.5 * x + 0.25; }
bool changed(bool x) { return !x; }
optim::Betas changed(const optim::Betas& x) { return {changed(x.first), changed(x.second)}; }

/// An optimiser's options as it saves them.
std::vector<std::pair<std::string, double>> saved(const optim::Optimizer& optimizer,
                                                  const std::string& group) {
  std::vector<std::pair<std::string, double>> result;
  for (const auto& [name, value] : optimizer.state_dict()) {
    if (name.starts_with(group) && !name.ends_with(".params"))
      result.emplace_back(name.substr(group.size()), value.template item<double>());
  }
  return result;
}

/// The names under which options of `a` and `b` differ.
std::vector<std::string> differences(const std::vector<std::pair<std::string, double>>& a,
                                     const std::vector<std::pair<std::string, double>>& b) {
  BOOST_REQUIRE_EQUAL(a.size(), b.size());
  std::vector<std::string> names;
  for (std::size_t i = 0; i < a.size(); ++i) {
    BOOST_TEST(a[i].first == b[i].first);
    if (a[i].second != b[i].second) names.push_back(a[i].first);
  }
  return names;
}

template <class Field>
std::vector<std::string> names_of(const Field& field) {
  return field.name == "betas" ? std::vector<std::string>{"beta1", "beta2"}
                               : std::vector<std::string>{std::string(field.name)};
}

void step(optim::Optimizer& optimizer, const Tensor& p, int t) {
  p.set_grad(full({2}, std::sin(1.7 * t) + 0.3, {.dtype = kFloat64}));
  optimizer.step();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_all_optimizers)

BOOST_AUTO_TEST_CASE_TEMPLATE(every_option_is_saved_and_loaded, Optimizer, Optimizers) {
  using Options = typename Optimizer::options_type;
  const Options plain = base<Options>();
  optim::each_field(plain, [&](const auto& field, const auto& value) {
    BOOST_TEST_CONTEXT(class_name<Optimizer>() << ": " << field.name) {
      Options other = plain;
      other.*field.member = changed(value);
      const Optimizer first({leaf()}, other);
      Optimizer second({leaf()}, plain);
      BOOST_TEST(differences(saved(first, "param_groups.0."), saved(second, "param_groups.0.")) ==
                 names_of(field));
      second.load_state_dict(first.state_dict());
      const auto loaded = second.param_groups()[0].*field.member;
      BOOST_TEST((loaded == other.*field.member));
    }
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_learning_rate_alone_may_stand_by_position, Optimizer, Optimizers) {
  const Tensor a = leaf(), b = leaf();
  const std::vector<Tensor> params{a, b};
  const typename Optimizer::options_type defaults;
  BOOST_TEST(Optimizer(params, 0.25).lr() == 0.25);
  BOOST_TEST(Optimizer({a, b}, 1).lr() == 1.0);
  BOOST_TEST(Optimizer(params, {}).lr() == defaults.lr);
  BOOST_TEST(Optimizer(params, {.lr = 0.5}).lr() == 0.5);
  const Optimizer groups({{.params = {a}, .lr = 0.5}, {.params = {b}}}, 0.25);
  BOOST_TEST(groups.group_lr(0) == 0.5);
  BOOST_TEST(groups.group_lr(1) == 0.25);
  expect_error([&] { Optimizer(params, -1); }, "lr is -1; expected 0 or more");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_group_overrides_every_option_alone, Optimizer, Optimizers) {
  using Options = typename Optimizer::options_type;
  using Group = typename Optimizer::group_type;
  const Options plain = base<Options>();
  optim::each_field(plain, [&](const auto& field, const auto& value) {
    BOOST_TEST_CONTEXT(class_name<Optimizer>() << ": " << field.name) {
      Group group{.params = {leaf()}};
      group.*field.override = changed(value);
      const Optimizer optimizer({Group{.params = {leaf()}}, group}, plain);
      const auto own = optimizer.param_groups()[1].*field.member;
      BOOST_TEST((own == changed(value)));
      BOOST_TEST(differences(saved(optimizer, "param_groups.0."), saved(optimizer, "param_groups.1.")) ==
                 names_of(field));
    }
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_option_is_reached_by_its_name, Optimizer, Optimizers) {
  using Options = typename Optimizer::options_type;
  Optimizer optimizer({leaf()}, base<Options>());
  for (const auto& [name, value] : saved(optimizer, "param_groups.0.")) {
    BOOST_TEST_CONTEXT(class_name<Optimizer>() << ": " << name) {
      BOOST_TEST(optimizer.has_option(name));
      BOOST_TEST(optimizer.option(0, name) == value);
      const double other = value == 0 ? 1 : 0;
      optimizer.set_option(0, name, other);
      BOOST_TEST(optimizer.option(0, name) == other);
      optimizer.set_option(0, name, value);
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_saved_run_goes_on_with_the_same_bits, Optimizer, Optimizers) {
  const Tensor p = leaf(), q = leaf();
  Optimizer first({p}), second({q});
  for (int t = 0; t < 3; ++t) step(first, p, t);
  q.detach().copy_(p.detach());
  second.load_state_dict(first.state_dict());
  BOOST_TEST(second.state_dict().keys() == first.state_dict().keys());
  for (int t = 3; t < 6; ++t) {
    step(first, p, t);
    step(second, q, t);
  }
  BOOST_TEST(q.detach().equal(p.detach()), class_name<Optimizer>());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_option_that_makes_no_sense_is_refused, Optimizer, Optimizers) {
  using Options = typename Optimizer::options_type;
  Options options = base<Options>();
  options.lr = std::nan("");
  expect_error([&] { Optimizer({leaf()}, options); },
               class_name<Optimizer>() + ": lr is nan; expected 0 or more");
}

BOOST_AUTO_TEST_CASE(every_optimizer_of_the_sources_is_tested_and_documented) {
  const std::vector<std::string> listed = class_names(static_cast<const Optimizers*>(nullptr));
  const std::string readme = text_of("README.md");
  for (const std::string& name : source_classes("GroupedOptimizer")) {
    BOOST_TEST(std::ranges::count(listed, name) == 1, name << " is not in tests/nn/optim/optimizers.hpp");
    BOOST_TEST(std::regex_search(readme, std::regex("\\| optimisers \\|[^|]*\\b" + name + "\\b")),
               name << " is not among the optimisers of README.md");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
