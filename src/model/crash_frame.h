// A frame of a crash's backtrace by its function and module, as an operator sees and names it: on
// the list of frames that are never guilty, and as the guilty one of crashes. A plain value.
#pragma once

#include <compare>
#include <string>

namespace rollcall {

struct CrashFrameName {
  std::string function;  // as people read it: "app::run(int)", "main()", "???"
  std::string module;

  auto operator<=>(const CrashFrameName&) const = default;
};

// What an operator noted of a guilty frame.
struct GuiltyNote {
  std::string comment;
  bool hidden = false;  // left out of the list of crashes

  bool operator==(const GuiltyNote&) const = default;
};

}  // namespace rollcall
