// Runs one op's cases under one mutant of its vjp. `mutants --list` names all mutants; with
// XTAPE_MUTANT=op:kind:number in the environment the program prints killed, survived or unchanged, and exits
// with 0, 1 or 0.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "autograd/mutation.hpp"
#include "check_op.hpp"

using namespace xtape;

namespace {

void list_mutants() {
  for (const CatalogEntry& entry : op_catalog()) {
    if (!entry.differentiable) continue;
    const int inputs = entry.inputs == 0 ? 2 : entry.inputs;
    for (int i = 0; i < inputs; ++i) {
      for (const char* kind : {"flip_sign", "double_it", "drop_gradient", "detach_input"}) {
        fmt::print("{}:{}:{}\n", entry.name, kind, i);
      }
    }
    for (int term = 0; term < 3; ++term) fmt::print("{}:drop_term:{}\n", entry.name, term);
    for (const char* kind : {"skip_sum", "detach_output:0", "detach_output:1", "detach_gradient"}) {
      fmt::print("{}:{}\n", entry.name, kind);
    }
    if (inputs > 1) fmt::print("{}:swap_inputs\n", entry.name);
  }
}

/// The gradients of a case, or nothing where the mutant makes the replay throw.
std::vector<double> gradients_or_error(const CatalogEntry& entry, const OpCase& c, bool& threw) {
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

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "--list") {
    list_mutants();
    return 0;
  }
  const char* text = std::getenv("XTAPE_MUTANT");
  if (!text) {
    fmt::print(stderr, "usage: mutants --list, or XTAPE_MUTANT=op:kind:number mutants\n");
    return 2;
  }
  const mutation::Mutant mutant = mutation::parse(text);
  bool changed = false, killed = false;
  for (const CatalogEntry& entry : op_catalog()) {
    if (entry.name != mutant.op) continue;
    for (const OpCase& c : entry.cases()) {
      bool threw = false;
      mutation::set({});
      const std::vector<double> expected = gradients_or_error(entry, c, threw);
      mutation::set(mutant);
      const std::vector<double> got = gradients_or_error(entry, c, threw);
      changed = changed || threw || !same(expected, got);
      killed = killed || (changed && !test::failures_of(entry, c).empty());
    }
  }
  fmt::print("{}\n", killed ? "killed" : changed ? "survived" : "unchanged");
  return changed && !killed ? 1 : 0;
}
