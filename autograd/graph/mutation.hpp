// Deliberate faults in the vjps, for tests/mutate_ops.sh: do an op's own cases notice? Only builds with
// XTAPE_MUTATE hold them; in every other build these functions are empty and cost nothing.
#pragma once

#include <string>
#include <string_view>

#include "autograd/graph/node.hpp"

namespace xtape::detail::mutation {

#ifdef XTAPE_MUTATE

/// What the mutant does to one op's vjp. Chosen by XTAPE_MUTANT=op:kind[:number] or by set().
enum class Kind {
  none,  // nothing: the control
  flip_sign,
  double_it,
  drop_gradient,
  drop_term,
  swap_inputs,
  skip_sum,
  detach_input,
  detach_output,
  detach_gradient,
  last = detach_gradient
};
std::string_view name_of(Kind kind);

struct Mutant {
  std::string op;
  Kind kind = Kind::none;
  int number = 0;  // which input, output or term
};
/// Throws for a kind that there is not.
Mutant parse(const std::string& text);
void set(const Mutant& mutant);

inline constexpr bool is_possible = true;

/// Marks that the vjp of `op` runs.
class Scope {
 public:
  explicit Scope(std::string_view op);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  bool before_;
  int terms_before_;
};

/// Which saved input of `op` is to lose its history; -1 for none.
int detached_input(std::string_view op);
/// The saved inputs of a node as its vjp is to see them.
template <class Slots>
Slots inputs(std::string_view op, Slots saved) {
  const int i = detached_input(op);
  if (i >= 0 && i < static_cast<int>(saved.size())) {
    Saved& one = saved[static_cast<std::size_t>(i)];
    if (one) one = one.detached();
  }
  return saved;
}
Tensor output(std::string_view op, std::size_t i, const Tensor& y);
Tensor gradient(std::string_view op, const Tensor& g);
Tensor result(const Node& node, std::size_t i, const Tensor& g);
std::size_t index(const Node& node, std::size_t i);
bool skips_sum(const Node& node);
/// Whether the addition or subtraction that asks is to give its first term only.
bool drops_term();

#else

inline constexpr bool is_possible = false;

struct Scope {
  explicit Scope(std::string_view) {}
};
template <class Slots>
const Slots& inputs(std::string_view, const Slots& saved) {
  return saved;
}
inline Tensor output(std::string_view, std::size_t, Tensor y) { return y; }
inline Tensor&& gradient(std::string_view, Tensor&& g) { return std::move(g); }
inline Tensor&& result(const Node&, std::size_t, Tensor&& g) { return std::move(g); }
inline std::size_t index(const Node&, std::size_t i) { return i; }
inline bool skips_sum(const Node&) { return false; }
inline constexpr bool drops_term() { return false; }

#endif

}  // namespace xtape::detail::mutation
