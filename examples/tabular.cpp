// Predicts the prices of houses from a table with numbers, categories and missing cells: training, validation
// and test.
//
//   tabular [EPOCHS] [FILE.csv]
//
// Without a file it writes a table of 3000 houses, whose prices follow a formula with noise of 10 %. With the
// default of 60 epochs R^2 of the test part is 0.945 (0.6 s); the noise allows about 0.956.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <xtape/xtape.hpp>

using namespace xtape;

namespace {

struct District {
  const char* name;
  double price;  // of a square metre, in thousands
};
constexpr std::array kDistricts{District{"Centre", 6}, District{"Hill, North", 4.5}, District{"Lake", 7.5},
                                District{"Old Town", 5}, District{"Station", 3}};

/// A price in thousands: by the square metre, less with age and distance (but not in the old town), more with
/// a garden.
double price_of(const District& district, double area, double age, double distance, bool has_garden) {
  const bool is_old_town = district.name == std::string("Old Town");
  const double worn = is_old_town ? 1 : 0.6 + 0.4 * std::exp(-age / 30);
  return area * district.price * worn / (1 + 0.05 * distance) + (has_garden ? 60 : 0);
}

void write_houses(const std::string& file, int count) {
  Generator random(7);
  std::string text = "id,area,age,distance,district,garden,price\n";
  for (int i = 0; i < count; ++i) {
    const District& district = kDistricts[random.below(kDistricts.size())];
    const double area = 40 + 160 * random.uniform(), age = 100 * random.uniform() * random.uniform();
    const double distance = 20 * random.uniform();
    const bool has_garden = random.uniform() < 0.4;
    const double price = price_of(district, area, age, distance, has_garden) * (1 + 0.1 * random.normal());
    const std::string age_cell = random.uniform() < 0.05 ? "NA" : fmt::format("{:.0f}", age);
    text += fmt::format("{},{:.0f},{},{:.1f},\"{}\",{},{:.1f}\n", i, area, age_cell, distance, district.name,
                        has_garden ? "yes" : "no", price);
  }
  io::write_bytes(file, text);
}

/// How much of the variance of `y` the predictions explain.
double r_squared(const Tensor& predicted, const Tensor& y) {
  return 1 - (mean(square(predicted - y)) / var(y, {.correction = 0})).item();
}

}  // namespace

int main(int argc, char** argv) try {
  const std::int64_t epochs = argc > 1 ? std::atoi(argv[1]) : 60;
  const std::string file =
      argc > 2 ? argv[2] : (std::filesystem::temp_directory_path() / "xtape-houses.csv").string();
  if (argc <= 2) write_houses(file, 3000);

  manual_seed(0);
  const datasets::CSV houses(file,
                             {.target = "price", .ignore = {"id"}, .missing = "mean", .standardize = true});
  const auto [train, validation, test] = houses.split({0.7, 0.15, 0.15});
  fmt::print("{} houses to learn from, {} to choose by, {} to test; features:", train.size(),
             validation.size(), test.size());
  for (const std::string& name : train.feature_names()) fmt::print(" {}", name);

  // Prices of mean 0 and variance 1 are what a net begins with.
  const double centre = mean(train.y()).item(), scale = train.y().std().item();
  const auto scaled = [&](const datasets::CSV& part) {
    return datasets::TensorDataset(part.x(), (part.y() - centre) / scale);
  };
  nn::Sequential model{nn::Linear(train.x().size(1), 64),
                       nn::ReLU(),
                       nn::Linear(64, 64),
                       nn::ReLU(),
                       nn::Linear(64, 1),
                       [](const Tensor& x) { return squeeze(x, 1); }};
  optim::AdamW optimizer(model.parameters(), {.lr = 3e-3, .weight_decay = 0.01});
  optim::CosineAnnealingLR schedule(optimizer, epochs);
  nn::Trainer trainer(model, optimizer,
                      {.epochs = epochs,
                       .batch_size = 32,
                       .print_every = 0,
                       .seed = 1,
                       .loss = nn::mse_loss,
                       .accuracy = nullptr,
                       .monitor = nn::Monitor::loss,
                       .on_epoch = [&](const nn::EpochRecord&) { schedule.step(); }});
  const nn::History history = trainer.fit(scaled(train), scaled(validation));

  const NoGradGuard no_grad;
  const Tensor predicted = model(test.x()) * scale + centre;
  const double error = std::sqrt(mean(square(predicted - test.y())).item()),
               explained = r_squared(predicted, test.y());
  fmt::print("\nbest epoch {} of {}\ntest error {:.1f} thousand\ntest R^2 {:.4f}\n", history.best().epoch,
             epochs, error, explained);
  check(argc > 2 || explained > (epochs < 20 ? 0.7 : 0.9), "it has not learned: R^2 is {:.4f}", explained);
} catch (const std::exception& error) {
  fmt::print(stderr, "tabular: {}\n", error.what());
  return 1;
}
