// InterruptGuard: Ctrl-C as a question that a long computation asks, instead of the end of the program.
#pragma once

namespace xtape::nn {

/// While guards live, a first Ctrl-C (SIGINT) is noted, and every one of them sees it; a second one ends the
/// program as usual. The last guard to go puts the program's own handler back. Where SIGINT is ignored, as in
/// a job under nohup, it stays so.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// Whether SIGINT came since this guard was made.
  bool requested() const;

 private:
  int before_;
};

}  // namespace xtape::nn
