// A graph as Graphviz text.
#include "autograd/graph/dot.hpp"

namespace xtape {

namespace {

/// Text between the quotes of a label. Graphviz takes "&lt;" for "<" and "\N" for the node's name there.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\')
      result += {'\\', c};
    else if (c == '&')
      result += "&amp;";
    else if (c == '\n')
      result += "\\n";
    else
      result += static_cast<unsigned char>(c) < ' ' ? ' ' : c;  // a zero would end the text
  }
  return result;
}

/// "{2, 3}", "{} int64"
std::string type_of(const Graph::Value& value) {
  std::string text = value.shape.to_string();
  if (value.dtype != kFloat32) text += fmt::format(" {}", value.dtype);
  return text;
}

std::string label_of(const Graph::Value& value) {
  return value.name.empty() ? type_of(value) : escaped(value.name) + "\\n" + type_of(value);
}

std::string label_of(const Graph::Op& op) {
  std::string text = escaped(op.name), separator = "\\n";
  for (const op::Attribute& attribute : op.attributes) {
    text += separator + escaped(fmt::format("{}={}", attribute.name, op::to_string(attribute.value)));
    separator = ", ";
  }
  return text;
}

std::string label_of(const Graph::Scope& scope) {
  if (scope.name.empty() || scope.kind.empty()) return escaped(scope.name + scope.kind);
  return escaped(fmt::format("{}: {}", scope.name, scope.kind));
}

class Dot {
 public:
  explicit Dot(const Graph& graph)
      : graph_(graph), sources_(graph.values.size()), taken_(graph.values.size()) {
    for (std::size_t i = 0; i < graph.ops.size(); ++i) {
      const Graph::Op& op = graph.ops[i];
      for (std::size_t o = 0; o < op.outputs.size(); ++o) {
        const bool is_one_of_several = op.outputs.size() > 1;
        sources_[at(op.outputs[o])] = {fmt::format("op{}", i),
                                       is_one_of_several ? fmt::format("output {}", o) : std::string()};
      }
      for (const int value : op.inputs) {
        if (value != Graph::kNone) taken_[at(value)] = true;
      }
    }
  }

  std::string text() {
    text_ = "digraph {\n  node [shape=box]\n";
    for (std::size_t i = 0; i < graph_.values.size(); ++i) {
      if (has_ellipse(i)) line(1, "v{} [label=\"{}\", shape=ellipse]", i, label_of(graph_.values[i]));
    }
    add_scope(Graph::kNone, 1);
    for (std::size_t i = 0; i < graph_.ops.size(); ++i) add_arrows_into(i);
    for (std::size_t i = 0; i < graph_.values.size(); ++i) {
      if (has_ellipse(i) && !sources_[i].op.empty())
        arrow(sources_[i].op, fmt::format("v{}", i), sources_[i].which);
    }
    return text_ + "}\n";
  }

 private:
  struct Source {
    std::string op;     // "" where no op gave the value
    std::string which;  // "output 1" of an op of several
  };

  static std::string arrow_label(const Source& source, const Graph::Value& value) {
    return source.which.empty() ? type_of(value) : fmt::format("{}: {}", source.which, type_of(value));
  }

  static std::size_t at(int number) { return static_cast<std::size_t>(number); }

  template <class... Args>
  void line(int depth, fmt::format_string<Args...> format, Args&&... args) {
    text_ += std::string(2 * static_cast<std::size_t>(depth), ' ') +
             fmt::format(format, std::forward<Args>(args)...) + "\n";
  }

  void arrow(const std::string& from, const std::string& to, const std::string& label) {
    if (label.empty())
      line(1, "{} -> {}", from, to);
    else
      line(1, "{} -> {} [label=\"{}\"]", from, to, label);
  }

  bool has_ellipse(std::size_t value) const {
    return sources_[value].op.empty() || !taken_[value] || !graph_.values[value].name.empty();
  }

  /// The ops of a scope, and the scopes in it as frames.
  void add_scope(int scope, int depth) {
    for (std::size_t i = 0; i < graph_.ops.size(); ++i) {
      if (graph_.ops[i].scope == scope) line(depth, "op{} [label=\"{}\"]", i, label_of(graph_.ops[i]));
    }
    for (std::size_t i = 0; i < graph_.scopes.size(); ++i) {
      if (graph_.scopes[i].parent != scope) continue;
      line(depth, "subgraph cluster_{} {{", i);
      line(depth + 1, "label=\"{}\"", label_of(graph_.scopes[i]));
      add_scope(static_cast<int>(i), depth + 1);
      line(depth, "}}");
    }
  }

  void add_arrows_into(std::size_t op) {
    const std::string to = fmt::format("op{}", op);
    for (const int input : graph_.ops[op].inputs) {
      if (input == Graph::kNone) continue;
      const std::size_t value = at(input);
      if (has_ellipse(value))
        arrow(fmt::format("v{}", value), to, "");
      else
        arrow(sources_[value].op, to, arrow_label(sources_[value], graph_.values[value]));
    }
  }

  const Graph& graph_;
  std::vector<Source> sources_;  // of each value
  std::vector<bool> taken_;      // whether an op takes it
  std::string text_;
};

}  // namespace

std::string to_dot(const Graph& graph) { return Dot(graph).text(); }
std::string to_dot(const Tensor& y, const TensorNames& names) { return to_dot(graph_of(y, names)); }

}  // namespace xtape
