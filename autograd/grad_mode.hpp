// Whether ops on this thread are recorded, and the guards that switch it.
#pragma once

namespace xtape {

namespace detail {
inline thread_local bool grad_mode = true;
inline thread_local bool anomaly_mode = false;

/// Sets a thread's flag for a scope.
class FlagGuard {
 public:
  FlagGuard(bool& flag, bool value) : flag_(flag), before_(flag) { flag_ = value; }
  ~FlagGuard() { flag_ = before_; }
  FlagGuard(const FlagGuard&) = delete;
  FlagGuard& operator=(const FlagGuard&) = delete;

 private:
  bool& flag_;
  bool before_;
};
}  // namespace detail

/// True where ops on this thread are recorded (the default).
inline bool grad_enabled() { return detail::grad_mode; }

/// Ops in its scope, on this thread, are not recorded.
class NoGradGuard : detail::FlagGuard {
 public:
  NoGradGuard() : FlagGuard(detail::grad_mode, false) {}
};

/// Ops in its scope, on this thread, are recorded again.
class EnableGradGuard : detail::FlagGuard {
 public:
  EnableGradGuard() : FlagGuard(detail::grad_mode, true) {}
};

/// As NoGradGuard or EnableGradGuard, by a value.
class AutoGradMode : detail::FlagGuard {
 public:
  explicit AutoGradMode(bool enabled) : FlagGuard(detail::grad_mode, enabled) {}
};

/// In its scope a gradient that holds NaN or Inf throws, naming the op and the forward op that led to it.
class DetectAnomalyGuard : detail::FlagGuard {
 public:
  DetectAnomalyGuard() : FlagGuard(detail::anomaly_mode, true) {}
};

}  // namespace xtape
