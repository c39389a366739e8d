// A zip archive as torch.save of PyTorch 2 writes it: the pickle of an OrderedDict, a few short texts, and a
// record for each storage, at multiples of 64 bytes.
#include <algorithm>
#include <map>
#include <utility>

#include "files/detail/pickle_ops.hpp"
#include "files/detail/pickle_writer.hpp"
#include "files/detail/torch_format.hpp"
#include "io/utf8.hpp"
#include "io/zip/writer.hpp"

namespace xtape::detail {

namespace {

constexpr std::uint16_t kAlignment = 64;

std::string_view storage_type(DType dtype) {
  switch (dtype) {
    case kBool: return "BoolStorage";
    case kUInt8: return "ByteStorage";
    case kInt8: return "CharStorage";
    case kInt16: return "ShortStorage";
    case kInt32: return "IntStorage";
    case kInt64: return "LongStorage";
    case kFloat32: return "FloatStorage";
    case kFloat64: return "DoubleStorage";
  }
  __builtin_unreachable();
}

/// The elements of a storage that tensors reach, from `begin` to `end`.
struct Span {
  std::int64_t begin = 0, end = 0;
};

Span span_of(const Tensor& x) {
  Span span{x.impl().offset, x.impl().offset};
  if (x.numel() == 0) return span;
  for (int d = 0; d < x.dim(); ++d) span.end += (x.shape()[d] - 1) * x.strides()[d];
  ++span.end;
  return span;
}

/// A storage as it is written: a piece of one in memory that all its tensors lie in.
struct Record {
  Tensor owner = {};  // keeps the memory
  Span span = {};

  std::string_view bytes() const {
    const auto size = static_cast<std::int64_t>(size_of(owner.dtype()));
    const std::byte* front = owner.impl().storage->data();
    return {reinterpret_cast<const char*>(front + span.begin * size),
            static_cast<std::size_t>((span.end - span.begin) * size)};
  }
};

struct Written {
  std::string name;
  Tensor value;
  std::size_t record;
};

struct Contents {
  std::vector<Record> records = {};
  std::vector<Written> tensors = {};
};

/// Tensors that share a storage go on sharing it, with their strides. One that is alone is written in
/// row-major order, and without what it does not show of its storage.
Contents contents_of(const StateDict& dict, const std::string& file) {
  std::map<std::pair<const Storage*, DType>, int> users;
  for (const auto& [name, value] : dict) {
    check(value.defined(), "{}: tensor \"{}\" is undefined", file, io::printable(name));
    check(io::is_utf8(name), "{}: the name \"{}\" is not UTF-8", file, io::printable(name));
    ++users[{value.impl().storage.get(), value.dtype()}];
  }
  Contents contents;
  std::map<std::pair<const Storage*, DType>, std::size_t> shared;
  for (const auto& [name, value] : dict) {
    const std::pair<const Storage*, DType> key{value.impl().storage.get(), value.dtype()};
    const bool is_alone = users.at(key) == 1;
    const Tensor written = is_alone ? value.detach().contiguous() : value.detach();
    const Span span = span_of(written);
    const auto [entry, is_new] = shared.try_emplace(key, contents.records.size());
    if (is_new) {
      contents.records.push_back({written, span});
    } else if (span.begin < span.end) {
      Span& whole = contents.records[entry->second].span;
      const bool was_empty = whole.begin == whole.end;
      whole = was_empty ? span : Span{std::min(whole.begin, span.begin), std::max(whole.end, span.end)};
    }
    contents.tensors.push_back({name, written, entry->second});
  }
  return contents;
}

void write_shape(PickleWriter& pickle, const Shape& shape) {
  pickle.op(pickle_op::MARK);
  for (std::int64_t size : shape) pickle.integer(size);
  pickle.op(pickle_op::TUPLE);
}

void write_empty_dict(PickleWriter& pickle) {
  pickle.global("collections", "OrderedDict");
  pickle.op(pickle_op::EMPTY_TUPLE);
  pickle.op(pickle_op::REDUCE);
}

/// torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks)
void write_tensor(PickleWriter& pickle, const Written& tensor, const Record& record) {
  pickle.global("torch._utils", "_rebuild_tensor_v2");
  pickle.op(pickle_op::MARK);
  pickle.op(pickle_op::MARK);
  pickle.text("storage");
  pickle.global("torch", storage_type(tensor.value.dtype()));
  pickle.text(std::to_string(tensor.record));
  pickle.text("cpu");
  pickle.integer(record.span.end - record.span.begin);
  pickle.op(pickle_op::TUPLE);
  pickle.op(pickle_op::BINPERSID);
  const bool is_empty = tensor.value.numel() == 0;
  pickle.integer(is_empty ? 0 : tensor.value.impl().offset - record.span.begin);
  write_shape(pickle, tensor.value.shape());
  write_shape(pickle, is_empty ? contiguous_strides(tensor.value.shape()) : tensor.value.strides());
  pickle.op(pickle_op::NEWFALSE);
  write_empty_dict(pickle);
  pickle.op(pickle_op::TUPLE);
  pickle.op(pickle_op::REDUCE);
}

std::string pickle_of(const Contents& contents) {
  PickleWriter pickle;
  if (contents.tensors.size() == 1 && contents.tensors[0].name.empty()) {  // as a lone tensor is read
    write_tensor(pickle, contents.tensors[0], contents.records[0]);
    return pickle.finish();
  }
  write_empty_dict(pickle);
  pickle.op(pickle_op::MARK);
  for (const Written& tensor : contents.tensors) {
    pickle.text(tensor.name);
    write_tensor(pickle, tensor, contents.records[tensor.record]);
  }
  pickle.op(pickle_op::SETITEMS);
  return pickle.finish();
}

/// Forty digits that tell files apart in PyTorch's logs; here they follow from the pickle.
std::string serialization_id(std::string_view pickle) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (char c : pickle) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("{:020}{:020}", hash, pickle.size());
}

}  // namespace

void write_torch(const StateDict& dict, const std::filesystem::path& path) {
  const Contents contents = contents_of(dict, path.string());
  const std::string pickle = pickle_of(contents);
  io::AtomicFile file(path);
  io::ZipWriter zip(file, {.alignment = kAlignment});
  const auto add = [&](const std::string& name, std::string_view bytes) {
    zip.add("archive/" + name, bytes, "");
  };
  add("data.pkl", pickle);
  add(".format_version", "1");
  add(".storage_alignment", std::to_string(kAlignment));
  add("byteorder", "little");
  for (std::size_t i = 0; i < contents.records.size(); ++i)
    add("data/" + std::to_string(i), contents.records[i].bytes());
  add("version", "3\n");
  add(".data/serialization_id", serialization_id(pickle));
  zip.finish();
  file.commit();
}

}  // namespace xtape::detail
