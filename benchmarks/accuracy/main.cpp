// How far results are from exact ones, kernel by kernel, with the instruction set that XTAPE_ISA chooses.
// Ends with 1 where a bound does not hold. Usage: accuracy [--quick] [KERNEL...]
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <xtape/autograd/base/detail/isa.hpp>
#include <xtape/xtape.hpp>

#include "benchmarks/accuracy/table.hpp"

int main(int argc, char** argv) {
  CLI::App app("The largest error of every kernel, as a Markdown table");
  bench::Sweep sweep;
  app.add_flag("--quick", sweep.quick, "fewer arguments and sizes: seconds instead of minutes");
  app.add_option("kernels", sweep.kernels, "all where none is named");
  CLI11_PARSE(app, argc, argv);

  xtape::manual_seed(0);
  fmt::print("{}\n", xtape::isa() >= xtape::Isa::avx2 ? "AVX2" : "baseline");
  bench::Table elementwise("ulp");
  bench::sweep_unary(sweep, elementwise);
  bench::sweep_binary(sweep, elementwise);
  const bool elements_hold = elementwise.finish();

  bench::Table folds("sqrt(K) eps sum");
  bench::sweep_reductions(sweep, folds);
  bench::sweep_products(sweep, folds);
  const bool folds_hold = folds.finish();
  return elements_hold && folds_hold ? 0 : 1;
}
