// Whether ops on this thread are recorded, and the guards that switch it.
#pragma once

namespace xtape {

namespace detail {

/// What happens to the ops that a thread computes.
enum class OpMode : unsigned char {
  recorded,   // the default
  off,        // under NoGradGuard
  inside_op,  // as off, within an op's forward or a replay, whose views are temporaries that keep no base
};

inline thread_local OpMode op_mode = OpMode::recorded;
inline thread_local bool anomaly_mode = false;

/// Sets a variable of the thread for a scope.
template <class T>
class ScopedValue {
 public:
  ScopedValue(T& variable, T value) : variable_(variable), before_(variable) { variable_ = value; }
  ~ScopedValue() { variable_ = before_; }
  ScopedValue(const ScopedValue&) = delete;
  ScopedValue& operator=(const ScopedValue&) = delete;

 private:
  T& variable_;
  T before_;
};

/// For the computation of an op: forward, or a vjp that is not recorded.
class InsideOpGuard : ScopedValue<OpMode> {
 public:
  InsideOpGuard() : ScopedValue(op_mode, OpMode::inside_op) {}
};

/// Off, but an op stays an op.
inline OpMode unrecorded_mode() { return op_mode == OpMode::inside_op ? OpMode::inside_op : OpMode::off; }

}  // namespace detail

/// True where ops on this thread are recorded (the default).
inline bool grad_enabled() { return detail::op_mode == detail::OpMode::recorded; }

/// Ops in its scope, on this thread, are not recorded.
class NoGradGuard : detail::ScopedValue<detail::OpMode> {
 public:
  NoGradGuard() : ScopedValue(detail::op_mode, detail::unrecorded_mode()) {}
};

/// Ops in its scope, on this thread, are recorded again.
class EnableGradGuard : detail::ScopedValue<detail::OpMode> {
 public:
  EnableGradGuard() : ScopedValue(detail::op_mode, detail::OpMode::recorded) {}
};

/// As NoGradGuard or EnableGradGuard, by a value.
class AutoGradMode : detail::ScopedValue<detail::OpMode> {
 public:
  explicit AutoGradMode(bool enabled)
      : ScopedValue(detail::op_mode, enabled ? detail::OpMode::recorded : detail::unrecorded_mode()) {}
};

/// In its scope a gradient that holds NaN or Inf throws, naming the op and the forward op that led to it.
class DetectAnomalyGuard : detail::ScopedValue<bool> {
 public:
  DetectAnomalyGuard() : ScopedValue(detail::anomaly_mode, true) {}
};

}  // namespace xtape
