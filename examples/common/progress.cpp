// Drawing the bar, and the arithmetic of the time left.
#include "progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace examples {

namespace {
constexpr double kBarEvery = 0.1;    // seconds: often enough to look alive
constexpr double kLineEvery = 10.0;  // where output is a file or a pipe
constexpr int kBarWidth = 24;
}  // namespace

double Stopwatch::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

std::string clock_text(double seconds) {
  const std::int64_t total = std::llround(seconds);
  const std::int64_t hours = total / 3600, minutes = total / 60 % 60;
  if (hours == 0) return fmt::format("{}:{:02}", minutes, total % 60);
  return fmt::format("{}:{:02}:{:02}", hours, minutes, total % 60);
}

Progress::Progress(int epochs, std::int64_t images_per_epoch)
    : epochs_(epochs), images_per_epoch_(images_per_epoch), terminal_(isatty(STDOUT_FILENO) != 0) {
  next_draw_ = terminal_ ? kBarEvery : kLineEvery;
}

void Progress::start_epoch(int epoch, std::int64_t done) {
  epoch_ = epoch;
  done_ = done_before_ = done;
  if (epochs_before_ < 0) epochs_before_ = epochs_done();
  epoch_time_ = Stopwatch();
}

void Progress::advance(std::int64_t images, double loss) {
  done_ += images;
  if (training_.seconds() < next_draw_) return;
  next_draw_ = training_.seconds() + (terminal_ ? kBarEvery : kLineEvery);
  draw(loss);
}

double Progress::images_per_second() const {
  return static_cast<double>(done_ - done_before_) / epoch_time_.seconds();
}

double Progress::epochs_done() const {
  return epoch_ - 1 + static_cast<double>(done_) / static_cast<double>(images_per_epoch_);
}

double Progress::seconds_left() const {
  const double done = epochs_done();
  return training_.seconds() * (epochs_ - done) / (done - epochs_before_);
}

void Progress::draw(double loss) {
  const double share = static_cast<double>(done_) / static_cast<double>(images_per_epoch_);
  const std::string numbers = fmt::format("{:3.0f}%  loss {:.4f}  {:.0f} images/s  ETA {}", 100 * share, loss,
                                          images_per_second(), clock_text(seconds_left()));
  if (terminal_) {
    const int filled = std::min(kBarWidth, static_cast<int>(share * kBarWidth));
    fmt::print("\r\033[Kepoch {:2}/{} [{:=<{}}{:<{}}] {}", epoch_, epochs_, "", filled, "",
               kBarWidth - filled, numbers);
    drawn_ = true;
  } else {
    fmt::print("epoch {:2}/{} {}\n", epoch_, epochs_, numbers);
  }
  std::fflush(stdout);
}

void Progress::erase() {
  if (!drawn_) return;
  std::fputs("\r\033[K", stdout);
  drawn_ = false;
}

}  // namespace examples
