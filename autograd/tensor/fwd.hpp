// What the declarations of the ops need: Tensor by name, shapes, numbers. Definitions stand in tensor.hpp.
#pragma once

#include <cstdint>
#include <vector>

#include "autograd/base/dtype.hpp"
#include "autograd/base/scalar.hpp"
#include "autograd/base/shape.hpp"

namespace xtape {

class Tensor;
struct TensorOptions;
struct ValuesIndices;  // {values, indices}, from max, min, sort and topk
struct MinMax;         // this and others of several results: results.hpp
struct VarMean;
struct StdMean;
struct SignLogabsdet;
namespace linalg {
struct QR;
struct SVD;
struct Eigh;
struct Lstsq;
}  // namespace linalg
class Generator;
class TensorIndex;  // what stands between the brackets of x[...]
namespace detail {
class IndexList;
}
namespace detail {
/// The first member of options that stand where a list of numbers may stand: not to be given, it keeps a list
/// from being taken for the options.
struct NamedOnly {};
}  // namespace detail
namespace op {
class Operand;  // a Tensor whose buffer the result may take over
}

}  // namespace xtape
