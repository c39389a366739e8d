// Runs one op's cases under one mutant of its vjp. `mutants --list` names all mutants; with one of them in
// the environment as XTAPE_MUTANT=op:kind:number the program prints the verdict.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "autograd/graph/mutation.hpp"
#include "tests/support/check_op.hpp"

using namespace xtape;

namespace {

/// How many mutants of a kind an op has: one for each of its inputs, terms or outputs, or one in all.
int count_of(detail::mutation::Kind kind, const op::CatalogEntry& entry) {
  using detail::mutation::Kind;
  const int inputs = entry.inputs == 0 ? 2 : entry.inputs;  // of an op of a list
  switch (kind) {
    case Kind::flip_sign:
    case Kind::double_it:
    case Kind::drop_gradient:
    case Kind::detach_input: return inputs;
    case Kind::drop_term: return 3;
    case Kind::detach_output: return 2;
    case Kind::swap_inputs: return inputs > 1 ? 1 : 0;
    case Kind::none:
    case Kind::skip_sum:
    case Kind::detach_gradient: return 1;
  }
  throw Error("mutants: a kind that nothing is known of");
}

/// All mutants, and for each op the control, `none`.
std::vector<std::string> all_mutants() {
  std::vector<std::string> all;
  for (const op::CatalogEntry& entry : op_catalog()) {
    if (!entry.differentiable) continue;
    for (int kind = 0; kind <= static_cast<int>(detail::mutation::Kind::last); ++kind) {
      const int count = count_of(detail::mutation::Kind(kind), entry);
      for (int i = 0; i < count; ++i)
        all.push_back(
            fmt::format("{}:{}:{}", entry.name, detail::mutation::name_of(detail::mutation::Kind(kind)), i));
    }
  }
  return all;
}

/// The gradients of a case, or nothing where the mutant makes the replay throw.
std::vector<double> gradients_or_error(const op::CatalogEntry& entry, const op::OpCase& c, bool& threw) {
  try {
    return test::gradients_of(entry, c);
  } catch (const std::exception&) {
    threw = true;
    return {};
  }
}

bool same(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

/// killed: the cases fail. survived: a gradient is another, and they pass. unchanged: every gradient is what
/// it was, and they pass. broken: it is, and they fail; so without a mutant they would fail too.
std::string_view verdict_on(const detail::mutation::Mutant& mutant) {
  bool changed = false, failed = false;
  for (const op::CatalogEntry& entry : op_catalog()) {
    if (entry.name != mutant.op) continue;
    for (const op::OpCase& c : entry.cases()) {
      bool threw = false, threw_before = false;
      detail::mutation::set({});
      const std::vector<double> expected = gradients_or_error(entry, c, threw_before);
      detail::mutation::set(mutant);
      const std::vector<double> got = gradients_or_error(entry, c, threw);
      changed = changed || threw != threw_before || !same(expected, got);
      const bool says_something = changed || mutant.kind == detail::mutation::Kind::none;
      failed = failed || (says_something && !test::failures_of(entry, c).empty());
    }
  }
  if (changed) return failed ? "killed" : "survived";
  return failed ? "broken" : "unchanged";
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> mutants = all_mutants();
  if (argc > 1 && std::string_view(argv[1]) == "--list") {
    fmt::print("{}\n", fmt::join(mutants, "\n"));
    return 0;
  }
  const char* text = std::getenv("XTAPE_MUTANT");
  check(text, "usage: mutants --list, or XTAPE_MUTANT=op:kind:number mutants");
  check(std::find(mutants.begin(), mutants.end(), text) != mutants.end(),
        "XTAPE_MUTANT={}: there is no such mutant; --list names all", text);
  fmt::print("{}\n", verdict_on(detail::mutation::parse(text)));
} catch (const std::exception& error) {
  fmt::print(stderr, "mutants: {}\n", error.what());
  return 2;
}
