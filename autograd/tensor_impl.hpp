// TensorImpl: what the handles of one tensor share. Every op reads its shape, so it is no secret of
// tensor.cpp.
#pragma once

#include <atomic>
#include <memory>

#include "autograd/dtype.hpp"
#include "autograd/shape.hpp"
#include "autograd/storage.hpp"

namespace xtape {

class Node;  // the graph's side, in node.hpp
void acquire(Node* node);
void release(Node* node);

using NodePtr = IntrusivePtr<Node>;

struct AutogradMeta;

struct TensorImpl;
void destroy(TensorImpl* impl);

/// What the handles of one tensor share.
struct TensorImpl : Pooled {
  TensorImpl(StoragePtr buffer, DType type, const Shape& sizes, const Shape& steps, std::int64_t count)
      : dtype(type), storage(std::move(buffer)), numel(count), shape(sizes), strides(steps) {}

  RefCount references;
  DType dtype;
  bool requires_grad = false;
  bool is_view = false;  // made by a view op: shares its storage with its base's history
  bool contiguous = true;
  bool stands_in_storage = false;      // whether this object lies in the block of its (first) storage
  std::uint32_t output_index = 0;      // which output of `node`
  std::uint32_t rebases_seen = 0;      // for a view: its storage's rebases when it was taken
  std::atomic<std::uint64_t> mark{0};  // a replay's note that it has met this leaf
  StoragePtr storage;
  std::int64_t offset = 0;  // in elements
  std::int64_t numel;
  Shape shape;
  Shape strides;                       // in elements; 0 where broadcast
  NodePtr node;                        // the recorded op that gave this value; none for a leaf
  std::shared_ptr<AutogradMeta> meta;  // gradient and hooks, made when first needed

  /// Another storage in place of this one.
  void set_storage(StoragePtr other);

 private:
  friend void destroy(TensorImpl* impl);
  StoragePtr first_storage_;  // kept where this object stands in it and `storage` is another now
};

inline void acquire(TensorImpl* impl) { impl->references.increment(); }
inline void release(TensorImpl* impl) {
  if (impl->references.decrement()) destroy(impl);
}

}  // namespace xtape
