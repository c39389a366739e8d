// The floor: what the workloads cost in plain loops over the same BLAS, with every buffer allocated
// beforehand.
#include <fmt/format.h>

#include "benchmarks/floor/elementwise.hpp"
#include "benchmarks/floor/image_net.hpp"
#include "benchmarks/floor/mlp.hpp"
#include "benchmarks/floor/products.hpp"
#include "benchmarks/floor/threads.hpp"
#include "benchmarks/floor/tiny_mlp.hpp"
#include "benchmarks/harness/image_nets.hpp"
#include "benchmarks/harness/measure.hpp"
#include "benchmarks/harness/workloads.hpp"

int main(int argc, char** argv) {
  const bench::Measurement measurement(argc, argv, "Times hand-written loops over BLAS on the workloads.");
  hand::Threads threads(measurement.options().threads);
  const std::string peer = fmt::format("floor-t{}", threads.count());

  for (const bench::Mlp& workload : bench::trainings()) {
    if (!measurement.wants(workload.name)) continue;
    const auto run = [&](auto& net) {
      measurement.run(
          workload.name, peer, [&] { net.step(); }, [&] { return net.loss(); }, [&] { net.restart(); });
    };
    if (workload.name == "W5") {
      hand::TinyMlp net(workload);
      run(net);
    } else {
      hand::Mlp net(workload, threads);
      run(net);
    }
  }
  if (measurement.wants("W6")) {
    hand::Chain chain;
    measurement.run(
        "W6", peer, [&] { chain.step(); }, [&] { return chain.gradient_sum(); });
  }
  if (measurement.wants("W7lsm")) {
    hand::LogSoftmax ops(threads);
    measurement.run(
        "W7lsm", peer, [&] { ops.step(); }, [&] { return ops.gradient_size(); });
  }
  if (measurement.wants("W7relu")) {
    hand::BiasRelu ops(threads);
    measurement.run(
        "W7relu", peer, [&] { ops.step(); }, [&] { return ops.gradient_size(); });
  }
  for (const bench::Mlp& workload : bench::inferences()) {
    if (!measurement.wants(workload.name)) continue;
    hand::Mlp net(workload, threads);
    measurement.run(
        workload.name, peer, [&] { net.infer(); }, [&] { return net.output_size(); });
  }
  const auto run_products = [&](const std::string& name, hand::Products products) {
    measurement.run(
        name, peer, [&] { products.step(); }, [] { return 0.0; });
  };
  for (const bench::Gpt& workload : bench::gpts())
    if (measurement.wants(workload.name))
      run_products(workload.name, hand::Products::of_gpt(workload, threads));
  if (measurement.wants("W17")) run_products("W17", hand::Products::of_lstm(threads));
  for (const bench::ImageNet& workload : bench::image_trainings()) {
    if (!measurement.wants(workload.name)) continue;
    hand::ImageNet net(workload, threads);
    measurement.run(
        workload.name, peer, [&] { net.step(); }, [&] { return net.loss(); }, [&] { net.restart(); });
  }
}
