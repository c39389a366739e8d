// For targets that make tensors of any size: AddressSanitizer refuses blocks of more than 24 MiB, which is an
// Error of the library, so that no input takes much memory or time. (libFuzzer needs blocks of 20 MiB
// itself.) To be included once in a program, which it gives a definition.
#pragma once

extern "C" const char* __asan_default_options() {  // NOLINT: its name
  return "allocator_may_return_null=1:max_allocation_size_mb=24";
}
