// A pickle as a tree of values. The machine knows the instructions that data are written with; it makes no
// objects and calls nothing. What a global or a call of it means is for the reader of the tree to say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xtape::detail {

struct PickleNode;

/// A value of Python's. Sixteen bytes, so that what an instruction makes is in proportion to it.
struct PickleValue {
  enum class Kind : std::uint8_t {
    none,
    boolean,
    integer,
    large_integer,  // beyond 64 bits; text() has its bytes
    real,
    text,
    bytes,
    global,  // `integer` is what the reader called it
    list,    // from here on with a node
    tuple,
    dict,
    set,
    call,
    persistent,  // what the pickle refers to and does not hold
  };

  Kind kind = Kind::none;
  std::uint32_t length = 0;  // of a text
  union {
    std::int64_t integer = 0;
    double real;
    const char* characters;
    PickleNode* node;
  };

  bool is(Kind other) const { return kind == other; }
  std::string_view text() const { return {characters, length}; }
};

struct PickleNode {
  /// Elements; of a dict, and of a call that was given entries, keys and values in turn.
  std::vector<PickleValue> items = {};
  /// Of a call: what is called, its arguments and the states that its result was given. Of a persistent: its
  /// id.
  std::vector<PickleValue> parts = {};
};

/// One pickle of the protocols 0 to 4. Texts point into the bytes it was read from, which have to stay.
class Pickle {
 public:
  /// Gives a number to each global that may appear, by "module.name".
  using FindGlobal = std::function<std::optional<std::int64_t>(std::string_view)>;

  /// Reads the pickle at the front of `bytes`. Throws, naming `file`, where it is damaged, uses an
  /// instruction that is not for data, or names a global that `find_global` does not know.
  Pickle(std::string_view bytes, const FindGlobal& find_global, const std::string& file);

  const PickleValue& root() const { return root_; }
  /// The bytes that it took.
  std::size_t size() const { return size_; }
  /// Every persistent that it refers to.
  const std::vector<const PickleNode*>& persistents() const { return persistents_; }

 private:
  friend class PickleMachine;

  std::deque<PickleNode> nodes_;
  std::vector<const PickleNode*> persistents_;
  PickleValue root_;
  std::size_t size_ = 0;
};

}  // namespace xtape::detail
