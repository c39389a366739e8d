// TraceNotes: the graph that a Tracer writes, and which value each tensor holds.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "autograd/graph/graph.hpp"

namespace xtape::detail {

/// Which elements of its storage a tensor shows.
struct Layout {
  explicit Layout(const Tensor& x) : shape(x.shape()), strides(x.strides()), offset(x.impl().offset) {}
  bool operator==(const Layout&) const = default;

  Shape shape, strides;
  std::int64_t offset;
};

/// Tensors that share a storage are views of its whole. After a write through one of them, the whole is an op
/// of what it was and of what was written, and every other one that is read is an op of the whole.
class TraceNotes {
 public:
  const Graph& graph() const { return graph_; }
  /// From now on constants are copied as they are met, and what depends on no named value is a constant too.
  void fold_constants() { folds_constants_ = true; }
  Graph::Value& value(int number) { return graph_.values[static_cast<std::size_t>(number)]; }

  /// The value that x has now; kNone for an undefined tensor.
  int value_of(const Tensor& x);
  std::vector<int> values_of(std::span<const Tensor> list);

  void add_op(std::string_view name, op::Attributes attributes, std::vector<int> inputs,
              std::span<const Tensor> outputs);
  /// Runs `run`, which writes into x, and adds it as the op of that name.
  void add_write(std::string_view name, op::Attributes attributes, std::vector<int> inputs, const Tensor& x,
                 const std::function<void()>& run);

  void enter(Graph::Scope scope);
  void leave();

 private:
  /// The value of a tensor, true as long as the storage has that version. The tensor may be gone: another one
  /// at its address with the same layout of the same storage holds the same value.
  struct Handle {
    const TensorImpl* tensor;
    Layout layout;
    int value;
    std::uint32_t version;
  };
  struct Buffer {
    Tensor whole;      // holds the storage, so that no other gets its address
    Handle whole_now;  // its value, kNone before it is met or needed
    std::vector<Handle> handles;

    bool is_current(const Handle& handle) const { return handle.version == whole.version(); }
    bool knows_whole() const { return whole_now.value != Graph::kNone && is_current(whole_now); }
  };

  Buffer& buffer_of(const Tensor& x);
  /// The value of a handle that is current; kNone where none is like x.
  static int find(const Buffer& buffer, const Tensor& x);
  int note(Buffer& buffer, const Tensor& x, int value);
  int new_value(const Tensor& x);
  int new_constant(const Tensor& x);
  int whole_value(Buffer& buffer);
  int add(std::string_view name, op::Attributes attributes, std::vector<int> inputs, const Tensor& output);

  /// Whether what an op gives of these values is a constant.
  bool are_constants(const std::vector<int>& inputs) const;

  Graph graph_;
  bool folds_constants_ = false;
  int scope_ = Graph::kNone;
  std::unordered_map<const Storage*, Buffer> buffers_;
};

}  // namespace xtape::detail
