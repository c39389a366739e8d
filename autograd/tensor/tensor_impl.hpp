// TensorImpl: what the handles of one tensor share. Every op reads its shape, so it is no secret of
// tensor.cpp.
#pragma once

#include <atomic>
#include <memory>
#include <string_view>

#include "autograd/base/dtype.hpp"
#include "autograd/base/shape.hpp"
#include "autograd/base/storage.hpp"

namespace xtape::detail {

class Node;  // the graph's side, in node.hpp
void acquire(Node* node);
void release(Node* node);

using NodePtr = IntrusivePtr<Node>;

struct AutogradMeta;

struct TensorImpl;
void acquire(TensorImpl* impl);
void release(TensorImpl* impl);
void destroy(TensorImpl* impl);

/// How a view came to be, which decides whether it follows its root's history.
enum class ViewKind : std::uint8_t {
  recorded,        // follows it, and may be written through
  unrecorded,      // taken under NoGradGuard
  one_of_several,  // an output of split, chunk or unbind
};

/// What the handles of one tensor share.
struct TensorImpl : Pooled {
  TensorImpl(StoragePtr buffer, DType type, const Shape& sizes, const Shape& steps, std::int64_t count)
      : dtype(type), storage(std::move(buffer)), numel(count), shape(sizes), strides(steps) {}

  RefCount references;
  DType dtype;
  bool requires_grad = false;
  ViewKind view_kind = ViewKind::recorded;
  bool contiguous = true;
  bool stands_in_storage = false;  // whether this object lies in the block of its (first) storage
  std::uint32_t output_index = 0;  // which output of `node`
  /// A root counts the histories that recorded writes in place gave it. A view holds the count of its root
  /// that its own history belongs to; a smaller one is out of date.
  std::atomic<std::uint32_t> histories{0};
  std::atomic_flag is_renewing;  // in a root: while the history of one of its views is made anew
  StoragePtr storage;
  std::int64_t offset = 0;  // in elements
  std::int64_t numel;
  Shape shape;
  Shape strides;                  // in elements; 0 where broadcast
  NodePtr node;                   // the recorded op that gave this value; none for a leaf
  IntrusivePtr<TensorImpl> base;  // of a view: the root, which is not a view itself, whose history it follows
  std::shared_ptr<AutogradMeta> meta;  // gradient and hooks, made when first needed

  /// Brings the history (node, output_index, requires_grad) of a view up to date with its root's. Whoever
  /// reads these calls it first; `reader` is the op that does. Throws Error where the view does not follow
  /// its root.
  void renew_history(std::string_view reader) {
    if (base) [[unlikely]]
      renew_view(reader);
  }
  void copy_history(const TensorImpl& from) {
    node = from.node;
    output_index = from.output_index;
    requires_grad = from.requires_grad;
    if (requires_grad && !node) meta = from.meta;  // the same leaf
  }
  /// Leaves the history behind: the value becomes a constant.
  void drop_history() {
    node = NodePtr();
    output_index = 0;
    requires_grad = false;
  }

  /// Another storage in place of this one.
  void set_storage(StoragePtr other);

 private:
  friend void destroy(TensorImpl* impl);
  void renew_view(std::string_view reader);

  StoragePtr first_storage_;  // kept where this object stands in it and `storage` is another now
};

inline void acquire(TensorImpl* impl) { impl->references.increment(); }
inline void release(TensorImpl* impl) {
  if (impl->references.decrement()) destroy(impl);
}

}  // namespace xtape::detail
