// Which way a product is computed: by BLAS or by the loops of this library, and in how many pieces. The
// measurements stand in benchmarks/NOTES.md, the reasons in docs/decisions/0014-products.md.
#pragma once

#include <cstdint>

namespace xtape::kernels {

/// Up to 64^3 multiplications.
bool is_small(std::int64_t m, std::int64_t n, std::int64_t k);

/// Whether k is what a product is best cut along: a small c, whose parts are cheap to keep and to add.
bool is_deep(std::int64_t m, std::int64_t n, std::int64_t k);

/// Products for which the loops of this library are faster than BLAS: small ones, in which columns that do
/// not fill a tile count as if they did; those of few rows, for which BLAS packs b; and those of few columns
/// or rows that the last layer of a classifier and its weight's gradient are. With AVX-512 also larger ones,
/// since packing takes what BLAS gains, and nearly all where BLAS does not use AVX-512.
bool suits_own_loops(std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t tile_columns,
                     bool a_transposed, bool b_transposed);

/// Into how many pieces a product is cut along its longest size; a power of two, so that pieces are even.
/// Every piece of c packs the whole other operand again, which costs about 2% of the time for two pieces and
/// 10 to 20% for eight (benchmarks/NOTES.md), so further pieces need much more work each.
std::int64_t pieces(std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t longest);

}  // namespace xtape::kernels
