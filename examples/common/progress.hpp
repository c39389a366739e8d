// A progress bar on a terminal; elsewhere a plain line now and then.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace examples {

/// Seconds since a point in time.
class Stopwatch {
 public:
  double seconds() const;

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// "0:42" or "1:02:03".
std::string clock_text(double seconds);

/// Shows how far a training is: epoch, share of the epoch, loss, images per second, time left for the whole
/// training.
class Progress {
 public:
  Progress(int epochs, std::int64_t images_per_epoch);
  ~Progress() { erase(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of its images were seen in an earlier run.
  void start_epoch(int epoch, std::int64_t done = 0);
  /// After a step on `images` more images; `loss` is the epoch's so far.
  void advance(std::int64_t images, double loss);
  double images_per_second() const;
  /// Takes the bar off the screen, so that a line can be printed.
  void erase();

 private:
  double epochs_done() const;
  double seconds_left() const;
  void draw(double loss);

  int epochs_;
  std::int64_t images_per_epoch_;
  bool terminal_;
  int epoch_ = 0;
  std::int64_t done_ = 0, done_before_ = 0;  // images of this epoch; those of an earlier run
  double epochs_before_ = -1;                // done by an earlier run; -1 before the first epoch
  bool drawn_ = false;
  double next_draw_ = 0;  // on the clock of the whole training
  Stopwatch training_;
  Stopwatch epoch_time_;
};

}  // namespace examples
