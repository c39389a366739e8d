// What every optimiser has to fulfil, option by option: none is forgotten where options are saved, loaded,
// overridden by groups or reached by name. And the list of optimisers is held against the sources.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/nn/optim/optimizers.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/sources.hpp"

namespace xtape::testing {

namespace {

using Numbers = std::vector<std::pair<std::string, double>>;
using Names = std::vector<std::string>;

Tensor leaf() { return full({2}, 0.5, {.dtype = kFloat64}).requires_grad_(); }

/// Options with which each may be changed alone: nesterov wants momentum.
bool plain(std::string_view name, const OptionPointer& value) {
  if (name != "momentum") return false;
  *std::get<double*>(value) = 0.9;
  return true;
}

void change(double& x) { x = 0.5 * x + 0.25; }
void change(std::int64_t& x) { x += 2; }
void change(bool& x) { x = !x; }
void change(optim::Betas& x) {
  change(x.first);
  change(x.second);
}

/// Changes the option of that name.
OptionWriter changing(const std::string& option) {
  return [option](std::string_view name, const OptionPointer& value) {
    if (name == option) std::visit([](auto* x) { change(*x); }, value);
    return name == option;
  };
}

/// plain, and then changing(option).
OptionWriter plain_but(const std::string& option) {
  return [change = changing(option)](std::string_view name, const OptionPointer& value) {
    const bool is_plain = plain(name, value);
    return change(name, value) || is_plain;
  };
}

/// An optimiser's options as it saves them.
Numbers saved(const optim::Optimizer& optimizer, const std::string& group = "param_groups.0.") {
  Numbers result;
  for (const auto& [name, value] : optimizer.state_dict()) {
    if (name.starts_with(group) && !name.ends_with(".params"))
      result.emplace_back(name.substr(group.size()), value.template item<double>());
  }
  return result;
}

/// The names under which options of `a` and `b` differ.
Names differences(const Numbers& a, const Numbers& b) {
  BOOST_REQUIRE_EQUAL(a.size(), b.size());
  Names names;
  for (std::size_t i = 0; i < a.size(); ++i) {
    BOOST_TEST(a[i].first == b[i].first);
    if (a[i].second != b[i].second) names.push_back(a[i].first);
  }
  return names;
}

/// Under what names an option is saved.
Names saved_names(const std::string& option) {
  return option == "betas" ? Names{"beta1", "beta2"} : Names{option};
}

void step(optim::Optimizer& optimizer, const Tensor& p, int t) {
  p.set_grad(full({2}, std::sin(1.7 * t) + 0.3, {.dtype = kFloat64}));
  optimizer.step();
}

/// Calls f(kind, option) for each option of each optimiser.
template <class F>
void each_option(const F& f) {
  for (const OptimizerKind& kind : optimizers()) {
    for (const std::string& option : kind.options) {
      BOOST_TEST_CONTEXT(kind.name << ": " << option) { f(kind, option); }
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_all_optimizers)

BOOST_AUTO_TEST_CASE(every_option_is_saved_and_loaded) {
  each_option([](const OptimizerKind& kind, const std::string& option) {
    const auto first = kind.make({leaf()}, plain_but(option)), second = kind.make({leaf()}, plain);
    BOOST_TEST(differences(saved(*first), saved(*second)) == saved_names(option));
    second->load_state_dict(first->state_dict());
    BOOST_TEST((saved(*second) == saved(*first)));
  });
}

BOOST_AUTO_TEST_CASE(a_group_overrides_every_option_alone) {
  const OptionWriter nothing = [](std::string_view, const OptionPointer&) { return false; };
  each_option([&](const OptimizerKind& kind, const std::string& option) {
    const auto groups = kind.make_groups({{{leaf()}, nothing}, {{leaf()}, changing(option)}}, plain);
    BOOST_TEST((saved(*groups) == saved(*kind.make({leaf()}, plain))));
    BOOST_TEST((saved(*groups, "param_groups.1.") == saved(*kind.make({leaf()}, plain_but(option)))));
  });
}

BOOST_AUTO_TEST_CASE(every_option_is_reached_by_its_name) {
  for (const OptimizerKind& kind : optimizers()) {
    const auto optimizer = kind.make({leaf()}, plain);
    for (const auto& [name, value] : saved(*optimizer)) {
      BOOST_TEST_CONTEXT(kind.name << ": " << name) {
        BOOST_TEST(optimizer->has_option(name));
        BOOST_TEST(optimizer->option(0, name) == value);
        const double other = value == 0 ? 1 : 0;
        optimizer->set_option(0, name, other);
        BOOST_TEST(optimizer->option(0, name) == other);
        optimizer->set_option(0, name, value);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_learning_rate_alone_may_stand_by_position) {
  for (const OptimizerKind& kind : optimizers()) {
    BOOST_TEST_CONTEXT(kind.name) {
      BOOST_TEST(kind.make_with_lr({leaf()}, 0.25)->lr() == 0.25);
      kind.check_positions();
    }
  }
}

BOOST_AUTO_TEST_CASE(a_learning_rate_that_makes_no_sense_is_refused) {
  for (const OptimizerKind& kind : optimizers()) {
    for (const auto& [lr, text] : {std::pair(-1.0, "-1"), std::pair(std::nan(""), "nan")})
      expect_error([&, lr = lr] { kind.make_with_lr({leaf()}, lr); },
                   fmt::format("{}: lr is {}; expected 0 or more", kind.name, text));
  }
}

BOOST_AUTO_TEST_CASE(a_saved_run_goes_on_with_the_same_bits) {
  for (const OptimizerKind& kind : optimizers()) {
    const Tensor p = leaf(), q = leaf();
    const auto first = kind.make({p}, plain), second = kind.make({q}, plain);
    for (int t = 0; t < 3; ++t) step(*first, p, t);
    q.detach().copy_(p.detach());
    second->load_state_dict(first->state_dict());
    BOOST_TEST(second->state_dict().keys() == first->state_dict().keys());
    for (int t = 3; t < 6; ++t) {
      step(*first, p, t);
      step(*second, q, t);
    }
    BOOST_TEST(q.detach().equal(p.detach()), kind.name);
  }
}

BOOST_AUTO_TEST_CASE(every_optimizer_of_the_sources_is_tested_and_documented) {
  for (const std::string& name : source_classes("GroupedOptimizer")) {
    BOOST_TEST(std::ranges::count(optimizers(), name, &OptimizerKind::name) == 1,
               name << " is not in tests/nn/optim/optimizers.cpp");
    BOOST_TEST(matches("README.md", "\\| optimisers \\|[^|]*\\b(" + name + ")\\b").size() == 1,
               name << " is not among the optimisers of README.md");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
