// Where the two formats keep pickle and storages.
#include <map>

#include "files/detail/pickle.hpp"
#include "files/detail/torch_format.hpp"
#include "files/detail/torch_loader.hpp"
#include "io/little_endian.hpp"
#include "io/utf8.hpp"

namespace xtape::detail {

using namespace std::string_view_literals;
using Kind = PickleValue::Kind;

namespace {

constexpr std::string_view kPickle = "data.pkl";
constexpr auto kMagic = "\x8a\x0al\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"sv;  // LONG1 of 0x1950a86a20f9469cfc6c
constexpr auto kTextMagic = "L119547037146038801333356L\n"sv;  // the same in the protocols 0 and 1
constexpr std::int64_t kLegacyVersion = 1001;

/// The entry of the pickle; the shortest name, as a folder may hold another.
const io::ZipEntry* find_pickle(const std::vector<io::ZipEntry>& entries) {
  const io::ZipEntry* found = nullptr;
  for (const io::ZipEntry& entry : entries) {
    const std::string_view name = entry.name;
    if (name.substr(name.rfind('/') + 1) != kPickle) continue;
    if (found == nullptr || entry.name.size() < found->name.size()) found = &entry;
  }
  return found;
}

/// The entries of the folder that the pickle stands in, by their names there.
class Archive {
 public:
  Archive(io::SizedInput& input, const std::vector<io::ZipEntry>& entries) : input_(input) {
    const std::string& pickle = find_pickle(entries)->name;
    const std::string_view folder = std::string_view(pickle).substr(0, pickle.size() - kPickle.size());
    for (const io::ZipEntry& entry : entries) {
      if (!entry.name.starts_with(folder)) continue;
      check(!entry.deflated, "{}: \"{}\" is compressed; torch.save stores", input.name(),
            io::printable(entry.name));
      const bool is_new = entries_.emplace(entry.name.substr(folder.size()), &entry).second;
      check(is_new, "{}: the entry \"{}\" appears twice", input.name(), io::printable(entry.name));
    }
  }

  bool contains(const std::string& name) const { return entries_.contains(name); }
  std::string read(const std::string& name) const {
    const std::vector<std::byte> bytes = io::read_zip_entry(input_, *entries_.at(name));
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  TorchPlace find(std::string_view key, const std::string& what) const {
    const auto entry = entries_.find("data/" + std::string(key));
    check(entry != entries_.end(), "{}: there is no entry \"data/{}\" for its storage", what,
          io::printable(key));
    io::check_stored_entry(input_, *entry->second);
    return {.begin = entry->second->data, .bytes = entry->second->size};
  }

 private:
  io::SizedInput& input_;
  std::map<std::string, const io::ZipEntry*> entries_;
};

bool is_big_endian(const Archive& archive, const std::string& file) {
  if (!archive.contains("byteorder")) return false;  // before PyTorch 2.1
  const std::string order = archive.read("byteorder");
  check(order == "little" || order == "big", "{}: byteorder is \"{}\"; known are little and big", file,
        io::printable(order));
  return order == "big";
}

/// The storages behind the pickles of a legacy file, in the order of their keys: a count and the elements,
/// which stand lowest byte first whatever the machine was that wrote them.
class LegacyStorages {
 public:
  LegacyStorages(io::SizedInput& input, const Pickle& object) : input_(input) {
    for (const PickleNode* persistent : object.persistents()) {
      const TorchStorage storage = read_torch_storage(*persistent, input.name());
      storages_.try_emplace(std::string(storage.key), storage);  // the loader compares type and size
    }
  }

  void locate(const PickleValue& keys) {
    check(keys.is(Kind::list), "{}: has no list of storages", input_.name());
    for (const PickleValue& key : keys.node->items) {
      check(key.is(Kind::text), "{}: a storage has a key that is not a text", input_.name());
      locate(std::string(key.text()));
    }
    check(input_.remaining() == 0, "{}: trailing bytes: {} follow the last storage", input_.name(),
          input_.remaining());
  }
  TorchPlace find(std::string_view key, const std::string& what) const {
    const auto place = places_.find(std::string(key));
    check(place != places_.end(), "{}: its storage \"{}\" is not in the file", what, io::printable(key));
    return place->second;
  }

 private:
  void locate(const std::string& key) {
    const auto found = storages_.find(key);
    check(found != storages_.end(), "{}: holds a storage \"{}\" that no tensor has", input_.name(),
          io::printable(key));
    const TorchStorage& storage = found->second;
    const auto count = io::get<std::uint64_t>(input_.read_text(sizeof(std::uint64_t)), 0);
    const std::uint64_t size = storage.type->element_bytes;
    check(count == static_cast<std::uint64_t>(storage.numel) && count <= input_.remaining() / size,
          "{}: storage \"{}\" has {} elements; expected {}, and the file holds {} more bytes", input_.name(),
          io::printable(key), count, storage.numel, input_.remaining());
    const bool is_new = places_.emplace(key, TorchPlace{input_.position(), count * size}).second;
    check(is_new, "{}: the storage \"{}\" appears twice", input_.name(), io::printable(key));
    input_.skip(count * size);
  }

  io::SizedInput& input_;
  std::map<std::string, TorchStorage> storages_;
  std::map<std::string, TorchPlace> places_;
};

}  // namespace

bool is_torch_archive(const std::vector<io::ZipEntry>& entries) { return find_pickle(entries) != nullptr; }

bool is_torch_legacy(std::string_view beginning) {
  return beginning.starts_with(kTextMagic) ||
         (beginning.starts_with('\x80') && beginning.substr(0, 32).find(kMagic) != beginning.npos);
}

StateDict read_torch_archive(io::SizedInput& input, const std::vector<io::ZipEntry>& entries,
                             const std::string& key) {
  const Archive archive(input, entries);
  check(!archive.contains("constants.pkl"),
        "{}: is a TorchScript program (torch.jit.save); expected what torch.save writes", input.name());
  const std::string bytes = archive.read(std::string(kPickle));
  const Pickle pickle(bytes, find_torch_global, input.name());
  TorchLoader loader(
      input, is_big_endian(archive, input.name()),
      [&](std::string_view storage, const std::string& what) { return archive.find(storage, what); });
  return loader.load(pickle.root(), key);
}

StateDict read_torch_legacy(io::SizedInput& input, const std::string& key) {
  input.seek(0);
  const std::string bytes = input.read_text(static_cast<std::size_t>(input.size()));
  std::string_view left = bytes;
  const auto next = [&] {
    Pickle pickle(left, find_torch_global, input.name());
    left.remove_prefix(pickle.size());
    return pickle;
  };
  next();  // the magic number, which is_torch_legacy has seen
  const PickleValue version = next().root();
  check(version.is(Kind::integer) && version.integer == kLegacyVersion,
        "{}: is of another version of PyTorch's first format; known is {}", input.name(), kLegacyVersion);
  next();  // the machine that wrote it
  const Pickle object = next();
  LegacyStorages storages(input, object);
  const Pickle keys = next();
  input.seek(bytes.size() - left.size());
  storages.locate(keys.root());
  TorchLoader loader(input, false, [&](std::string_view storage, const std::string& what) {
    return storages.find(storage, what);
  });
  return loader.load(object.root(), key);
}

}  // namespace xtape::detail
