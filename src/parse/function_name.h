// Names of functions as people read them. Pure functions over any bytes.
#pragma once

#include <string>
#include <string_view>

namespace rollcall {

// Returns a frame's function with a mangled C++ name demangled: "main()" stays as it is, and
// "_ZN3app3runEi()" becomes "app::run(int)". A name stays mangled where demangling it might take
// long: what a short name stands for can grow with each reference to a part of itself, so their
// number is bounded, and with it what is done for a name to about 100,000 steps. At most 1,024
// bytes; what is longer is cut, and ends with "…".
std::string ReadableFunction(std::string_view function);

}  // namespace rollcall
