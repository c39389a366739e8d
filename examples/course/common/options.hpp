// What the command lines of the course programs share, and how these programs end.
#pragma once

#include <functional>
#include <string>

#include <xtape/xtape.hpp>

#include "../../common/options.hpp"

namespace course {

struct Options {
  std::string data = {};  ///< a data set's folder, or the folder above it; empty for XTAPE_DATA, then "data"
  std::uint64_t seed = 0;
  bool quick = false;                 ///< a few seconds: fewer steps, and only what they can show is checked
  std::string out = "course_output";  ///< the folder of pictures and tables
};

/// Adds an option for each member.
void add_options(CLI::App& app, Options& options);

/// Adds --no-data: only the parts of a program that need no files.
void add_no_data(CLI::App& app, bool& no_data);

/// <out>/<name>, the folder made if missing. Throws where nothing can be written there.
std::string out_file(const Options& options, const std::string& name);

/// Thrown where a data set is not here; the message says how to get it.
class MissingData : public xtape::Error {
 public:
  using Error::Error;
};

/// As examples::run: 0, 1 after an exception, 2 after a mistake on the command line; 2 after MissingData too.
int run(CLI::App& app, int argc, char** argv, const std::function<void()>& program);

}  // namespace course
