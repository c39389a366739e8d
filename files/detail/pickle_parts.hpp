// What the machine of pickles works on: the bytes that are left, and the stack with its marks. Every fault is
// an Error that names the file and the byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/base/error.hpp"
#include "files/detail/pickle.hpp"
#include "io/little_endian.hpp"

namespace xtape::detail {

class PickleBytes {
 public:
  PickleBytes(std::string_view bytes, const std::string& file) : bytes_(bytes), file_(file) {}

  const std::string& file() const { return file_; }
  std::size_t position() const { return at_; }

  void require(bool condition, std::string_view fault) const {
    check(condition, "{}: cannot read the pickle, byte {}: {}", file_, at_, fault);
  }
  std::string_view take(std::uint64_t count) {
    require(count <= bytes_.size() - at_, "it ends early");
    const std::string_view taken = bytes_.substr(at_, static_cast<std::size_t>(count));
    at_ += taken.size();
    return taken;
  }
  unsigned char next() { return static_cast<unsigned char>(take(1)[0]); }
  template <class T>
  T take_number() {
    return io::get<T>(take(sizeof(T)), 0);
  }
  /// Up to the end of a line, which is taken too.
  std::string_view take_line() {
    const std::size_t end = bytes_.find('\n', at_);
    require(end != bytes_.npos, "a line does not end");
    const std::string_view line = take(end - at_);
    take(1);
    return line;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  const std::string& file_;
};

class PickleStack {
 public:
  explicit PickleStack(const PickleBytes& bytes) : bytes_(bytes) {}

  void push(const PickleValue& value) { values_.push_back(value); }
  PickleValue& top() {
    bytes_.require(depth() > 0, "the stack is empty");
    return values_.back();
  }
  PickleValue pop() {
    const PickleValue value = top();
    values_.pop_back();
    return value;
  }
  std::vector<PickleValue> pop(std::size_t count) {
    bytes_.require(depth() >= count, "the stack is empty");
    return cut(values_.size() - count);
  }

  void mark() { marks_.push_back(values_.size()); }
  /// What stands above the last mark, which goes too.
  std::vector<PickleValue> pop_marked() {
    bytes_.require(!marks_.empty(), "there is no mark");
    const std::size_t begin = marks_.back();
    marks_.pop_back();
    return cut(begin);
  }
  /// Takes away the last value, or the mark that stands above it.
  void drop() {
    if (depth() == 0 && !marks_.empty()) {
      marks_.pop_back();
    } else {
      pop();
    }
  }

 private:
  /// Values above the last mark: those below it are out of reach.
  std::size_t depth() const { return values_.size() - (marks_.empty() ? 0 : marks_.back()); }
  std::vector<PickleValue> cut(std::size_t begin) {
    std::vector<PickleValue> cut(values_.begin() + static_cast<std::ptrdiff_t>(begin), values_.end());
    values_.resize(begin);
    return cut;
  }

  const PickleBytes& bytes_;
  std::vector<PickleValue> values_;
  std::vector<std::size_t> marks_;  // how many values stood below each
};

}  // namespace xtape::detail
