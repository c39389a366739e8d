// A file of the user's project that happens to be called as one of xtape's is.
#pragma once

namespace users {
inline constexpr int hidden_units = 16;
}
