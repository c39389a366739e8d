// GeneratorScope: another generator in the place of the default one, for a scope.
#pragma once

#include "autograd/base/random.hpp"

namespace xtape::nn {

/// In its scope the default generator gives the numbers of `generator`, which goes on by as many; then the
/// default generator has its own state back.
class GeneratorScope {
 public:
  explicit GeneratorScope(Generator& generator)
      : generator_(generator), before_(default_generator().state()) {
    default_generator().set_state(generator.state());
  }
  ~GeneratorScope() {
    generator_.set_state(default_generator().state());
    default_generator().set_state(before_);
  }
  GeneratorScope(const GeneratorScope&) = delete;
  GeneratorScope& operator=(const GeneratorScope&) = delete;

 private:
  Generator& generator_;
  Generator::State before_;
};

}  // namespace xtape::nn
