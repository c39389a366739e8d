// Parsing, and how a program ends: options, mistakes on the command line, exceptions.
#include "options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <xtape/autograd.hpp>

namespace examples {

namespace {

/// "512,512" as numbers.
std::vector<std::int64_t> parse_sizes(std::string_view text) {
  std::vector<std::int64_t> sizes;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data();; ++at) {
    std::int64_t size = 0;
    const auto [stop, error] = std::from_chars(at, end, size);
    if (error != std::errc() || size < 1 || size > 1'000'000 || (stop != end && *stop != ',')) {
      throw CLI::ValidationError("--hidden",
                                 fmt::format("'{}' is not a list of layer sizes such as 512,512", text));
    }
    sizes.push_back(size);
    if (stop == end) return sizes;
    at = stop;
  }
}

}  // namespace

std::vector<std::int64_t> TrainingOptions::sizes(std::int64_t inputs, std::int64_t classes) const {
  std::vector<std::int64_t> all{inputs};
  all.insert(all.end(), hidden.begin(), hidden.end());
  all.push_back(classes);
  return all;
}

CLI::Validator in(double low, double high) {
  const auto check = [low, high](const std::string& text) -> std::string {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (!text.empty() && *end == '\0' && low <= value && value <= high) return "";
    return fmt::format("'{}' is not a number from {} to {}", text, low, high);
  };
  return CLI::Validator(check, "");
}

CLI::Validator file_to_write(std::vector<std::string> extensions) {
  const auto check = [extensions](const std::string& text) -> std::string {
    const std::filesystem::path path(text), folder = path.has_parent_path() ? path.parent_path() : ".";
    if (!std::filesystem::is_directory(folder))
      return fmt::format("{}: the folder {} does not exist", text, folder.string());
    for (const std::string& known : extensions) {
      if (path.extension() == known) return "";
    }
    return fmt::format("'{}' does not end in {}", text, fmt::join(extensions, " or "));
  };
  return CLI::Validator(check, "");
}

std::vector<std::string> weight_files() { return {".safetensors", ".pt", ".pth", ".npz"}; }

void add_checkpoint_options(CLI::App& app, std::string& folder, std::int64_t& every) {
  app.add_option("--checkpoint", folder, "folder: go on from what is there, and keep it up to date");
  app.add_option("--checkpoint-every", every, "batches between checkpoints; 0: only after each epoch")
      ->check(in(0, 1e9));
}

void add_options(CLI::App& app, TrainingOptions& options) {
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)->always_capture_default();
  app.add_option_function<std::string>(
         "--hidden", [&](const std::string& text) { options.hidden = parse_sizes(text); },
         "sizes of the hidden layers, separated by commas")
      ->default_str(fmt::format("{}", fmt::join(options.hidden, ",")));
  app.add_option("--dropout", options.dropout, "share of a hidden layer's values that is dropped")
      ->check(in(0, 1));
  app.add_option("--epochs", options.epochs, "passes over the training images")->check(in(1, 100'000));
  app.add_option("--batch", options.batch, "images per batch")->check(in(1, 1'000'000));
  app.add_option("--accumulate", options.accumulate, "batches per step")->check(in(1, 1'000'000));
  app.add_flag("--flip,!--no-flip", options.flip, "mirror half of the training images, at random")
      ->default_str(options.flip ? "on" : "off");
  app.add_option("--crop", options.crop, "pad training images by this many pixels, then cut at random")
      ->check(in(0, 16));
  app.add_option("--lr", options.lr, "learning rate [0.001 with adam, 0.1 with sgd, 0.4 with muon]")
      ->check(in(0, 1e6));
  app.add_option("--optimizer", options.optimizer, "adam, sgd or muon, for nets with batch norm")
      ->check(CLI::IsMember({"adam", "sgd", "muon"}));
  app.add_option("--momentum", options.momentum, "of sgd; of muon for what is not a filter")->check(in(0, 1));
  app.add_option("--bias-scale", options.bias_scale,
                 "multiplies the gradients of parameters of one dim, with muon")
      ->check(in(1, 1000));
  app.add_flag("--nesterov,!--no-nesterov", options.nesterov, "Nesterov's momentum, with sgd")
      ->default_str(options.nesterov ? "on" : "off");
  app.add_option("--weight-decay", options.weight_decay, "added to the gradient, times the weight")
      ->check(in(0, 1e6));
  app.add_option("--label-smoothing", options.label_smoothing, "share of a label that goes to all classes")
      ->check(in(0, 1));
  app.add_option(
         "--schedule", options.schedule,
         "cosine: the learning rate falls to 0 along a half wave; one-cycle: it rises for a fifth of the "
         "steps and falls to 0, both in straight lines; linear: it falls to 0 in a straight line; or none")
      ->check(CLI::IsMember({"cosine", "one-cycle", "linear", "none"}));
  app.add_option("--average", options.average,
                 "measure a running average of the weights, of which each step keeps this share; 0: none")
      ->check(in(0, 1));
  app.add_option("--measure-every", options.measure_every, "epochs between measurements on the test images")
      ->check(in(1, 100'000));
  app.add_option("--seed", options.seed, "of all random numbers")->check(in(0, 1e18));
  app.add_option("--threads", options.threads, "0: as many as the process may run on")->check(in(0, 1024));
  app.add_option("--log", options.log, "file for one CSV line per epoch");
  app.add_option("--save", options.save, "file for the trained weights, such as net.safetensors")
      ->check(file_to_write(weight_files()));
  add_checkpoint_options(app, options.checkpoint, options.checkpoint_every);
  app.add_option("--pictures", options.pictures,
                 "folder for pictures: confusions, and the first convolution's filters and maps");
}

int run(CLI::App& app, int argc, char** argv, const std::function<void()>& program) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "{}: {} (--help lists the options)\n", app.get_name(), error.what());
    return 2;
  }
  try {
    program();
    if (std::fflush(stdout) != 0) throw xtape::Error("cannot write to the standard output");
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", app.get_name(), error.what());
    return 1;
  }
}

}  // namespace examples
