// The life of a Tracer, its scopes, and reports of ops.
#include "autograd/graph/trace.hpp"

#include <algorithm>

#include "autograd/graph/detail/trace_folding.hpp"
#include "autograd/graph/detail/trace_notes.hpp"

namespace xtape {

Tracer::Tracer() : notes_(std::make_unique<detail::TraceNotes>()) {
  check(detail::trace_notes == nullptr, "Tracer: this thread has a Tracer already");
  detail::trace_notes = notes_.get();
}
Tracer::~Tracer() { detail::trace_notes = nullptr; }

const Graph& Tracer::graph() const { return notes_->graph(); }
int Tracer::value_of(const Tensor& x) { return notes_->value_of(x); }
void Tracer::name(const Tensor& x, std::string name) {
  check(x.defined(), "Tracer: an undefined tensor cannot be called \"{}\"", name);
  notes_->value(notes_->value_of(x)).name = std::move(name);
}

TraceScope::TraceScope(std::string_view name) : notes_(detail::trace_notes) {
  if (notes_) notes_->enter({.name = std::string(name)});
}
TraceScope::TraceScope(Graph::Scope scope) : notes_(detail::trace_notes) {
  if (notes_) notes_->enter(std::move(scope));
}
TraceScope::~TraceScope() {
  if (notes_ && notes_ == detail::trace_notes) notes_->leave();  // unless the Tracer has gone before
}

namespace detail {

void fold_constants_of_trace() {
  check(trace_notes != nullptr, "fold_constants_of_trace: this thread has no Tracer");
  trace_notes->fold_constants();
}

OpReport::OpReport(std::vector<Tensor> inputs)
    : notes_(*trace_notes), inputs_(std::move(inputs)), values_(notes_.values_of(inputs_)) {
  trace_notes = nullptr;
}

void DeleteReport::operator()(OpReport* report) const { delete report; }

void OpReport::gave(std::string_view op, op::Attributes attributes, std::span<const Tensor> outputs) {
  const auto is_output = [&](const Tensor& x) { return outputs.size() == 1 && outputs[0].is_same(x); };
  if (std::ranges::any_of(inputs_, is_output)) return;
  notes_.add_op(op, std::move(attributes), std::move(values_), outputs);
}

const Tensor& report_write(std::string_view op, const Tensor& x, const std::vector<Tensor>& others,
                           op::Attributes attributes, const std::function<void()>& run) {
  TraceNotes& notes = *trace_notes;
  std::vector<int> values{notes.value_of(x)};
  for (const Tensor& other : others) values.push_back(notes.value_of(other));
  const ScopedValue<TraceNotes*> quiet(trace_notes, nullptr);
  notes.add_write(op, std::move(attributes), std::move(values), x, run);
  return x;
}

}  // namespace detail
}  // namespace xtape
