// Tracer: writes the ops that a thread computes down as a Graph. record() reports each op; functions that are
// composed of ops report themselves as what the user called. It costs one test where nobody traces.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/graph/grad_mode.hpp"
#include "autograd/graph/graph.hpp"

namespace xtape {

namespace detail {

class TraceNotes;

/// Of the thread's Tracer; null where there is none, while an op runs that is written down as one, and in a
/// replay that is not recorded.
inline thread_local TraceNotes* trace_notes = nullptr;

/// Whether an op that is called now is to be reported.
inline bool is_traced() { return trace_notes != nullptr; }

}  // namespace detail

/// While it lives, the ops that its thread computes go into its graph, recorded for gradients or not. They
/// are written as they were called: `reshape` keeps its -1, a product of batches is one `matmul`, and a write
/// in place gives its tensor a new value. Values that no op gave are constants: inputs, parameters, random
/// numbers. Everything that was met stays in memory, so trace one call, not a training.
class Tracer {
 public:
  /// Throws Error where the thread has a Tracer already.
  Tracer();
  ~Tracer();
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  /// What was computed until now.
  const Graph& graph() const;
  /// The number of the value that x has now. A tensor that was not met before is a new constant.
  int value_of(const Tensor& x);
  /// Names the value that x has now: a parameter's or an input's before the ops, a result's after them.
  void name(const Tensor& x, std::string name);

 private:
  std::unique_ptr<detail::TraceNotes> notes_;
};

/// Groups the ops of its scope under a name. Calls of modules do so themselves.
class TraceScope {
 public:
  explicit TraceScope(std::string_view name);
  explicit TraceScope(Graph::Scope scope);
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

 private:
  detail::TraceNotes* notes_;  // null where nobody traces
};

namespace detail {

/// While it lives nothing is reported: what runs is written down as one op.
class OpReport {
 public:
  explicit OpReport(std::vector<Tensor> inputs);
  ~OpReport() { trace_notes = &notes_; }
  OpReport(const OpReport&) = delete;
  OpReport& operator=(const OpReport&) = delete;

  /// The op gave these. Nothing is noted where it gave an input itself, as dropout does in evaluation.
  void gave(std::string_view op, op::Attributes attributes, std::span<const Tensor> outputs);

 private:
  TraceNotes& notes_;
  std::vector<Tensor> inputs_;  // held, so that no result is written over them
  std::vector<int> values_;     // of the inputs, before the op
};

/// Out of line, so that where nobody traces, an op pays a test and no call.
struct DeleteReport {
  void operator()(OpReport* report) const;
};
using OwnedReport = std::unique_ptr<OpReport, DeleteReport>;

inline std::span<const Tensor> as_span(const Tensor& y) { return {&y, 1}; }
inline std::span<const Tensor> as_span(std::span<const Tensor> y) { return y; }

/// What run() gives, reported as one op. A function that is composed of ops begins with it:
/// `if (is_traced()) return report("t", {x}, {}, [&] { return t(x); });`
template <class Run>
auto report(std::string_view op, std::vector<Tensor> inputs, op::Attributes attributes, const Run& run) {
  OpReport written(std::move(inputs));
  auto y = run();
  written.gave(op, std::move(attributes), as_span(y));
  return y;
}

/// The same of a run() that changes the values or the shape of x in place, from what it was and from
/// `others`.
const Tensor& report_write(std::string_view op, const Tensor& x, const std::vector<Tensor>& others,
                           op::Attributes attributes, const std::function<void()>& run);

}  // namespace detail
}  // namespace xtape
