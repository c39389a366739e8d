// The command line that the example programs share.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace examples {

struct TrainingOptions {
  std::string data = {};  ///< the folder of the data set; empty for the program's default
  std::string model = "mlp";
  std::vector<std::int64_t> hidden = {512, 512};
  double dropout = 0.2;
  int epochs = 10;
  std::int64_t batch = 128;
  std::int64_t accumulate = 1;    ///< batches per step
  bool flip = false;              ///< half of the training images are mirrored, at random
  int crop = 0;                   ///< pixels that training images are padded by before they are cut at random
  std::optional<double> lr = {};  ///< unset: what suits the optimizer
  std::string optimizer = "adam";
  double momentum = 0.9;
  double bias_scale = 1;  ///< of muon
  bool nesterov = false;
  double weight_decay = 0;
  double label_smoothing = 0;
  std::string schedule = "cosine";
  double average = 0;     ///< the decay of the averaged weights that are measured; 0: the last ones are
  int measure_every = 1;  ///< epochs; the last is measured in any case
  std::uint64_t seed = 0;
  int threads = 0;                    ///< 0: as many as the process may run on
  std::string log = {};               ///< a file for one CSV line per epoch; empty for none
  std::string save = {};              ///< a file for the trained weights; empty for none
  std::string checkpoint = {};        ///< a folder to go on from and to keep up to date; empty for none
  std::int64_t checkpoint_every = 0;  ///< batches; 0: after each epoch
  std::string pictures = {};          ///< a folder for pictures of what was learned; empty for none

  /// Those of the fully connected net: what goes in, the hidden layers, what comes out.
  std::vector<std::int64_t> sizes(std::int64_t inputs, std::int64_t classes) const;
  double learning_rate() const {
    return lr.value_or(optimizer == "adam" ? 1e-3 : optimizer == "sgd" ? 0.1 : 0.4);
  }
};

/// Adds an option for each member but `data` and `model`. What stands in `options` is the default; given
/// twice, the last one counts.
void add_options(CLI::App& app, TrainingOptions& options);

/// --checkpoint DIR and --checkpoint-every BATCHES.
void add_checkpoint_options(CLI::App& app, std::string& folder, std::int64_t& every);

/// Sets an option that was not given on the command line.
template <class T>
void set_default(const CLI::App& app, const std::string& name, T& option, const T& value) {
  if (app.count(name) == 0) option = value;
}

/// Accepts a number from `low` to `high`, and no NaN.
CLI::Validator in(double low, double high);

/// Accepts the path of a file that can be written after hours of training: its folder is there, and its
/// extension is among these.
CLI::Validator file_to_write(std::vector<std::string> extensions);
/// The extensions that xtape::save knows.
std::vector<std::string> weight_files();

/// Parses the command line, then calls `program`. A mistake or an exception becomes one line on stderr.
/// Gives the exit code.
int run(CLI::App& app, int argc, char** argv, const std::function<void()>& program);

}  // namespace examples
