// What the random programs of programs_fuzz may do.
#pragma once

#include "program.hpp"

namespace xtape::fuzz {

using Step = std::function<void(Program&)>;

/// The steps that need more than arguments of their types.
std::vector<Step> own_steps();

/// All that a program may do. An input names steps by their numbers: new ones belong at the end.
class Steps {
 public:
  Steps();
  void run_one(Program& program) const { steps_[program.choose.below(steps_.size())](program); }

 private:
  /// Functions of one signature, which picks them out of their overloads.
  template <class Signature>
  void functions(std::initializer_list<Signature*> list) {
    for (Signature* f : list) steps_.push_back([f](Program& p) { p.call(f); });
  }
  template <class Signature>
  void methods(std::initializer_list<Signature Tensor::*> list) {
    for (Signature Tensor::*f : list) steps_.push_back([f](Program& p) { p.call(f); });
  }
  void add_operators();
  void add_functions();
  void add_reductions();
  void add_shapes();
  void add_losses();
  void add_methods();
  void add_indexing();
  void add_elementwise();
  void add_images();
  void add_recurrent();

  std::vector<Step> steps_;
};

}  // namespace xtape::fuzz
