// A small check that a text is well-formed XML, as strict as the pictures need, and a look at its elements.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace xtape::testing {

struct Element {
  std::string name;
  std::map<std::string, std::string> attributes = {};
  std::string text = "";  // that stands directly inside
};

/// Reads a document into its elements in the order of their beginnings; `fault` says what is wrong, if
/// anything.
class Xml {
 public:
  explicit Xml(std::string_view text) : left_(text) {
    take("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    element();
    take("\n");
    if (!left_.empty()) fail("text after the root");
  }

  std::string fault;
  std::vector<Element> elements;

  std::vector<Element> all(std::string_view name) const {
    std::vector<Element> found;
    for (const Element& element : elements) {
      if (element.name == name) found.push_back(element);
    }
    return found;
  }

 private:
  void fail(const std::string& what) {
    if (fault.empty()) fault = what + " before: " + std::string(left_.substr(0, 40));
    left_ = {};
  }

  bool take(std::string_view expected) {
    const bool is_there = left_.starts_with(expected);
    if (is_there) left_.remove_prefix(expected.size());
    if (!is_there) fail("expected " + std::string(expected));
    return is_there;
  }

  std::string name() {
    std::size_t length = 0;
    while (length < left_.size() &&
           (std::isalnum(static_cast<unsigned char>(left_[length])) || left_[length] == '-'))
      ++length;
    if (length == 0) fail("expected a name");
    const std::string found(left_.substr(0, length));
    left_.remove_prefix(length);
    return found;
  }

  /// Text up to `end`, with its entities resolved.
  std::string text(char end) {
    std::string found;
    while (!left_.empty() && left_[0] != end) {
      const auto byte = static_cast<std::uint8_t>(left_[0]);
      const int more = byte < 0x80    ? 0
                       : byte >= 0xf0 ? 3
                       : byte >= 0xe0 ? 2
                                      : 1;  // bytes of UTF-8 that follow
      if (byte == '<' || (byte < ' ' && byte != '\n') || (byte >= 0x80 && byte < 0xc2) || byte > 0xf4) {
        fail("a byte that may not stand here");
      } else if (byte == '&') {
        found += entity();
      } else {
        for (int i = 0; i <= more && !left_.empty(); ++i) {
          if (i > 0 && (static_cast<std::uint8_t>(left_[0]) & 0xc0) != 0x80) fail("no UTF-8");
          if (!left_.empty()) found += left_[0], left_.remove_prefix(1);
        }
      }
    }
    if (left_.empty()) fail(std::string("expected ") + end);
    return found;
  }

  char entity() {
    const std::pair<std::string_view, char> entities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}};
    for (const auto& [written, meant] : entities) {
      if (!left_.starts_with(written)) continue;
      left_.remove_prefix(written.size());
      return meant;
    }
    fail("no such entity");
    return '?';
  }

  void element() {
    if (!take("<")) return;
    const std::size_t index = elements.size();
    elements.push_back({name()});
    while (left_.starts_with(" ")) {
      left_.remove_prefix(1);
      const std::string attribute = name();
      if (!take("=\"")) return;
      if (!elements[index].attributes.emplace(attribute, text('"')).second) fail("twice: " + attribute);
      take("\"");
    }
    if (left_.starts_with("/>")) return left_.remove_prefix(2);
    if (!take(">")) return;
    while (!left_.empty()) {
      elements[index].text += text('<');
      if (left_.starts_with("</")) break;
      element();
    }
    take("</" + elements[index].name + ">");
  }

  std::string_view left_;
};

}  // namespace xtape::testing
