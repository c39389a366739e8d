#!/usr/bin/env bash
# check_isa_symbols.sh OBJECT...: objects compiled for one instruction set must not offer code that others could link.
# The linker keeps one copy of a weak function; were it the AVX2 copy of std::vector's push_back, say, the program
# would crash on an older processor. So: no weak symbol of xt:: or std::, and no weak function at all whose name
# does not carry the instruction set (xsimd's tags avx2, fma3 and avx512bw, or a namespace avx2).
set -euo pipefail

if [ $# -eq 0 ]; then
  echo "usage: $0 OBJECT..." >&2
  exit 2
fi

found=0
for object in "$@"; do
  [ -f "$object" ] || { echo "$object: no such object" >&2; exit 2; }
  # Mangled names tell a symbol's own namespace from those of its arguments: St, Sa, Ss... are std, 2xt is xt.
  bad=$(nm --defined-only --format=posix "$object" | awk '
    $2 !~ /^[WVuvw]$/ || $1 ~ /^DW\.ref\./ { next }
    $1 ~ /^_Z(TV|TI|TS|TT|GV|GR|Z|L)*(N[rVK]*[RO]?)?(St|S[absiod]|2xt[0-9CDEI])/ { print "std or xt:", $1; next }
    $2 == "W" && $1 !~ /4avx2|fma3|avx2_|avx512/ { print "any processor:", $1 }' | c++filt)
  if [ -n "$bad" ]; then
    while IFS= read -r line; do printf '%s: weak symbol of %s\n' "${object##*/}" "$line"; done <<<"$bad"
    found=1
  fi
done

if [ "$found" -eq 0 ]; then echo "$# objects, no weak symbol that other code could share"; fi
exit "$found"
