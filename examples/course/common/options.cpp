// The options, and the exit code of a program whose data set is missing.
#include "options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace course {

void add_options(CLI::App& app, Options& options) {
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)->always_capture_default();
  app.add_option("--data", options.data, "folder of the data set, or the folder above [$XTAPE_DATA or data]");
  app.add_option("--seed", options.seed, "of all random numbers")->check(examples::in(0, 1e18));
  app.add_flag("--quick", options.quick, "a few seconds instead of the whole training");
  app.add_option("--out", options.out, "folder for pictures and tables, made if missing");
}

void add_no_data(CLI::App& app, bool& no_data) {
  app.add_flag("--no-data", no_data, "only the parts that need no files");
}

std::string out_file(const Options& options, const std::string& name) {
  std::error_code error;
  std::filesystem::create_directories(options.out, error);
  xtape::check(!error, "--out {}: cannot make the folder: {}", options.out, error.message());
  xtape::check(access(options.out.c_str(), W_OK) == 0, "--out {}: cannot write there: {}", options.out,
               std::strerror(errno));
  return (std::filesystem::path(options.out) / name).string();
}

int run(CLI::App& app, int argc, char** argv, const std::function<void()>& program) {
  int missing = 0;
  const int status = examples::run(app, argc, argv, [&] {
    try {
      program();
    } catch (const MissingData& error) {
      fmt::print(stderr, "{}: {}\n", app.get_name(), error.what());
      missing = 2;
    }
  });
  return status != 0 ? status : missing;
}

}  // namespace course
