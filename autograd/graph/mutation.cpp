// The mutants. Empty unless XTAPE_MUTATE is defined.
#include "autograd/graph/mutation.hpp"

#ifdef XTAPE_MUTATE

#include <cstdlib>

#include "autograd/graph/node.hpp"

namespace xtape::detail::mutation {

namespace {

Mutant& mutant() {
  static Mutant chosen = [] {
    const char* text = std::getenv("XTAPE_MUTANT");
    return text ? parse(text) : Mutant{};
  }();
  return chosen;
}

bool is_active(std::string_view op, Kind kind) { return mutant().kind == kind && mutant().op == op; }

thread_local bool in_mutated_vjp = false;
thread_local int terms_seen = 0;

}  // namespace

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::none: return "none";
    case Kind::flip_sign: return "flip_sign";
    case Kind::double_it: return "double_it";
    case Kind::drop_gradient: return "drop_gradient";
    case Kind::drop_term: return "drop_term";
    case Kind::swap_inputs: return "swap_inputs";
    case Kind::skip_sum: return "skip_sum";
    case Kind::detach_input: return "detach_input";
    case Kind::detach_output: return "detach_output";
    case Kind::detach_gradient: return "detach_gradient";
  }
  throw Error("mutation: a kind without a name");
}

Mutant parse(const std::string& text) {
  Mutant parsed;
  const std::size_t first = text.find(':'), second = text.find(':', first + 1);
  check(first != std::string::npos, "XTAPE_MUTANT={}: expected op:kind or op:kind:number", text);
  parsed.op = text.substr(0, first);
  const std::string kind = text.substr(first + 1, second == std::string::npos ? second : second - first - 1);
  while (name_of(parsed.kind) != kind) {
    check(parsed.kind != Kind::last, "XTAPE_MUTANT={}: there is no mutant of kind {}", text, kind);
    parsed.kind = static_cast<Kind>(static_cast<int>(parsed.kind) + 1);
  }
  if (second != std::string::npos) parsed.number = std::stoi(text.substr(second + 1));
  return parsed;
}

void set(const Mutant& chosen) { mutant() = chosen; }

Scope::Scope(std::string_view op) : before_(in_mutated_vjp), terms_before_(terms_seen) {
  in_mutated_vjp = is_active(op, Kind::drop_term);
  terms_seen = 0;
}

Scope::~Scope() {
  in_mutated_vjp = before_;
  terms_seen = terms_before_;
}

int detached_input(std::string_view op) { return is_active(op, Kind::detach_input) ? mutant().number : -1; }

Tensor output(std::string_view op, std::size_t i, const Tensor& y) {
  return is_active(op, Kind::detach_output) && static_cast<int>(i) == mutant().number ? y.detach() : y;
}

Tensor gradient(std::string_view op, const Tensor& g) {
  return is_active(op, Kind::detach_gradient) ? g.detach() : g;
}

Tensor result(const Node& node, std::size_t i, const Tensor& g) {
  const std::string_view op = node.name();
  if (static_cast<int>(i) != mutant().number) return g;
  if (is_active(op, Kind::flip_sign)) return -g;
  if (is_active(op, Kind::double_it)) return 2 * g;
  if (is_active(op, Kind::drop_gradient)) return 0 * g;
  return g;
}

std::size_t index(const Node& node, std::size_t i) {
  if (!is_active(node.name(), Kind::swap_inputs) || node.edges.size() < 2) return i;
  return i == 0 ? 1 : i == 1 ? 0 : i;
}

bool skips_sum(const Node& node) { return is_active(node.name(), Kind::skip_sum); }

bool drops_term() { return in_mutated_vjp && terms_seen++ == mutant().number; }

}  // namespace xtape::detail::mutation

#endif
