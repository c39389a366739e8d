// Every op that takes a Tensor first, spelt as a method: x.exp(), x.sum(0), x.reshape({2, -1}).
// Each line of these headers forwards to the free function of the same name.
#pragma once

#include "autograd/ops/cast.hpp"
#include "autograd/tensor/algebra_methods.hpp"
#include "autograd/tensor/elementwise_methods.hpp"
#include "autograd/tensor/index_methods.hpp"
#include "autograd/tensor/inplace_methods.hpp"
#include "autograd/tensor/reduction_methods.hpp"
#include "autograd/tensor/shape_methods.hpp"

namespace xtape {

/// A name stands in one of the bases alone: found in two it would be ambiguous.
template <class Self>
class TensorMethods : public ElementwiseMethods<Self>,
                      public ReductionMethods<Self>,
                      public ShapeMethods<Self>,
                      public IndexMethods<Self>,
                      public AlgebraMethods<Self>,
                      public InPlaceMethods<Self> {};

}  // namespace xtape
