// Which value each tensor holds, through views and writes in place.
#include "autograd/graph/detail/trace_notes.hpp"

#include <algorithm>

#include "autograd/graph/detail/strided.hpp"
#include "autograd/graph/trace.hpp"

namespace xtape::detail {

namespace {

/// From the first to the last place that a tensor shows; none where it has no elements.
std::pair<std::int64_t, std::int64_t> reach_of(const Layout& layout) {
  std::int64_t last = layout.offset;
  for (int d = 0; d < layout.shape.size(); ++d) last += (layout.shape[d] - 1) * layout.strides[d];
  return {layout.offset, last};
}

bool covers(const Layout& whole, const Layout& part) {
  const auto [first, last] = reach_of(whole);
  const auto [from, to] = reach_of(part);
  return first <= from && to <= last;
}

/// A copy, which is no op of the trace.
Tensor copy_of(const Tensor& x) {
  const ScopedValue<TraceNotes*> quiet(trace_notes, nullptr);
  return x.detach().clone();
}

}  // namespace

TraceNotes::Buffer& TraceNotes::buffer_of(const Tensor& x) {
  const auto found = buffers_.find(x.impl().storage.get());
  if (found != buffers_.end()) return found->second;
  const Tensor whole = x.impl().base ? Tensor(x.impl().base).alias() : x.alias();
  Buffer buffer{whole, {&whole.impl(), Layout(whole), Graph::kNone, whole.version()}, {}};
  return buffers_.emplace(x.impl().storage.get(), std::move(buffer)).first->second;
}

int TraceNotes::find(const Buffer& buffer, const Tensor& x) {
  const Layout layout(x);
  int like_x = Graph::kNone;  // of another handle that shows the same elements, as detach() gives
  for (auto handle = buffer.handles.rbegin(); handle != buffer.handles.rend(); ++handle) {  // newest first
    if (!buffer.is_current(*handle) || handle->layout != layout) continue;
    if (handle->tensor == &x.impl()) return handle->value;
    if (like_x == Graph::kNone) like_x = handle->value;
  }
  return like_x;
}

int TraceNotes::note(Buffer& buffer, const Tensor& x, int value) {
  const Handle now{&x.impl(), Layout(x), value, x.version()};
  const auto known = std::ranges::find(buffer.handles, now.tensor, &Handle::tensor);
  if (known == buffer.handles.end())
    buffer.handles.push_back(now);
  else
    *known = now;
  if (buffer.whole_now.layout == now.layout) {
    buffer.whole_now.value = value;
    buffer.whole_now.version = now.version;
  }
  return value;
}

int TraceNotes::new_value(const Tensor& x) {
  graph_.values.push_back({.shape = x.shape(), .dtype = x.dtype()});
  return static_cast<int>(graph_.values.size()) - 1;
}

int TraceNotes::new_constant(const Tensor& x) {
  const int number = new_value(x);
  value(number).constant = folds_constants_ ? copy_of(x) : x.detach();
  return number;
}

int TraceNotes::whole_value(Buffer& buffer) {
  return buffer.knows_whole() ? buffer.whole_now.value
                              : note(buffer, buffer.whole, new_constant(buffer.whole));
}

int TraceNotes::value_of(const Tensor& x) {
  if (!x.defined()) return Graph::kNone;
  Buffer& buffer = buffer_of(x);
  if (const int known = find(buffer, x); known != Graph::kNone) return note(buffer, x, known);
  const Handle& whole = buffer.whole_now;
  const bool is_part = buffer.knows_whole() && covers(whole.layout, Layout(x));
  if (!is_part) return note(buffer, x, new_constant(x));
  if (whole.layout == Layout(x)) return note(buffer, x, whole.value);
  return add("strided_view", region_attributes(buffer.whole, x), {whole.value}, x);
}

std::vector<int> TraceNotes::values_of(std::span<const Tensor> list) {
  std::vector<int> values;
  for (const Tensor& x : list) values.push_back(value_of(x));
  return values;
}

int TraceNotes::add(std::string_view name, op::Attributes attributes, std::vector<int> inputs,
                    const Tensor& output) {
  add_op(name, std::move(attributes), std::move(inputs), {&output, 1});
  return graph_.ops.back().outputs[0];
}

void TraceNotes::add_op(std::string_view name, op::Attributes attributes, std::vector<int> inputs,
                        std::span<const Tensor> outputs) {
  Graph::Op op{std::string(name), std::move(attributes), std::move(inputs), {}, scope_};
  const bool is_constant = are_constants(op.inputs);
  for (const Tensor& y : outputs) {
    op.outputs.push_back(y.defined() ? note(buffer_of(y), y, new_value(y)) : Graph::kNone);
    if (is_constant && y.defined()) value(op.outputs.back()).constant = copy_of(y);
  }
  graph_.ops.push_back(std::move(op));
}

bool TraceNotes::are_constants(const std::vector<int>& inputs) const {
  return folds_constants_ && std::ranges::all_of(inputs, [&](int number) {
           if (number == Graph::kNone) return true;
           const Graph::Value& value = graph_.values[static_cast<std::size_t>(number)];
           return value.constant.defined() && value.name.empty();
         });
}

void TraceNotes::add_write(std::string_view name, op::Attributes attributes, std::vector<int> inputs,
                           const Tensor& x, const std::function<void()>& run) {
  const Layout layout(x);
  Buffer& buffer = buffer_of(x);
  const std::uint32_t version = x.version();
  const bool is_part = buffer.whole_now.layout != layout && covers(buffer.whole_now.layout, layout);
  const int whole = is_part ? whole_value(buffer) : Graph::kNone;
  run();
  if (x.shape() != layout.shape || x.strides() != layout.strides) {
    // Another shape of the same values, which the other handles still have.
    for (Handle& handle : buffer.handles) {
      if (handle.version == version) handle.version = x.version();
    }
    if (buffer.whole_now.version == version) buffer.whole_now.version = x.version();
  }
  const int written = add(name, std::move(attributes), std::move(inputs), x);
  if (!is_part || buffer.is_current(buffer.whole_now)) return;
  add_op("strided_write", region_attributes(buffer.whole, x), {whole, written}, {&buffer.whole, 1});
}

void TraceNotes::enter(Graph::Scope scope) {
  scope.parent = std::exchange(scope_, static_cast<int>(graph_.scopes.size()));
  graph_.scopes.push_back(std::move(scope));
}

void TraceNotes::leave() { scope_ = graph_.scopes[static_cast<std::size_t>(scope_)].parent; }

}  // namespace xtape::detail
