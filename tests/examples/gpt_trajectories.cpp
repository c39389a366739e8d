// A small GPT from weights that a formula gives: the losses of its first hundred steps are PyTorch's.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include <xtape/xtape.hpp>

#include "examples/common/char_text.hpp"
#include "examples/common/gpt.hpp"

namespace {

using namespace xtape;
using nlohmann::json;

constexpr std::int64_t kBatch = 12;

/// As the generator sets them, in tests/golden/generator/gpt.py.
void set_weights(const examples::Gpt& net) {
  const NoGradGuard no_grad;
  std::vector<std::pair<std::string, Tensor>> named;
  for (const auto& [name, weight] : net.named_parameters()) named.emplace_back(name, weight);
  std::sort(named.begin(), named.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::int64_t number = -1;
  for (const auto& [name, weight] : named) {
    ++number;
    if (weight.dim() == 1) continue;
    const Tensor places = arange(weight.numel());
    const Tensor mixed =
        remainder(remainder(places * 7919 + number * 104729, 10007) * (remainder(places, 89) + 1), 2003);
    weight.copy_((mixed.to(weight.dtype()) / 1001 - 1).reshape(weight.shape()) * 0.04);
  }
}

std::vector<std::int64_t> starts_of(std::int64_t step, std::int64_t room) {
  std::vector<std::int64_t> starts;
  for (std::int64_t i = 0; i < kBatch; ++i) starts.push_back((i + kBatch * step) * 102947 % room);
  return starts;
}

void expect_losses(const std::string& file, const json& golden, DType dtype, double bound) {
  const examples::CharText text(io::read_bytes(file));
  examples::Gpt net({.characters = text.characters()});
  net.to(dtype);
  set_weights(net);
  std::vector<Tensor> matrices, vectors;
  for (const Tensor& parameter : net.parameters())
    (parameter.dim() > 1 ? matrices : vectors).push_back(parameter);
  optim::AdamW optimizer({{.params = matrices}, {.params = vectors, .weight_decay = 0.0}},
                         {.lr = 1e-3, .betas = {0.9, 0.99}, .weight_decay = 0.1});
  const std::vector<double> losses = golden.at(std::string(name_of(dtype)));
  BOOST_TEST(losses.size() == 100u);
  double worst = 0;
  for (std::int64_t step = 0; step < std::ssize(losses); ++step) {
    const std::int64_t context = net.options.context;
    const Tensor windows = text.windows(starts_of(step, text.size() - context), context + 1);
    Tensor loss = examples::next_character_loss(net(windows.slice(1, 0, -1)), windows);
    optimizer.zero_grad();
    loss.backward();
    nn::utils::clip_grad_norm_(net.parameters(), 1.0);
    optimizer.step();
    worst = std::max(worst, std::abs(loss.item() - losses[static_cast<std::size_t>(step)]));
  }
  BOOST_TEST_MESSAGE(name_of(dtype) << ": " << worst);
  BOOST_TEST(worst <= bound);
}

void check_text(const std::string& name, const std::string& file) {
  if (!std::filesystem::exists(file)) {
    BOOST_TEST_MESSAGE("skipped: there is no " << file);
    return;
  }
  const json golden =
      json::parse(std::ifstream(XTAPE_TEST_DATA "/golden/models/gpt.json")).at("texts").at(name);
  expect_losses(file, golden, kFloat32, 1e-3);
  expect_losses(file, golden, kFloat64, 1e-8);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_gpt_learns_the_gpl_as_in_pytorch) {
  check_text("GPL-3", "/usr/share/common-licenses/GPL-3");
}

BOOST_AUTO_TEST_CASE(a_gpt_learns_long_texts_as_in_pytorch) {
  const char* data = std::getenv("XTAPE_DATA");
  check_text("sotu.txt", std::string(data ? data : "no data") + "/sotu.txt");
}
