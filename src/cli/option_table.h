// The one table of all options. Whatever needs to know of an option (the parser, the help, the
// table in src/cli/README.md, the tests) walks it. Read-only once made; any thread may read it.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "cli/options.h"

namespace rollcall::cli {

// The commands that take options, as bits.
enum OptionUser : unsigned {
  kServe = 1,
  kDemo = 2,
  kVerify = 4,
  kImport = 8,
  kExport = 16,
  kClock = 32,
  kRepair = 64,
  kFleet = 128
};

struct OptionSpec {
  unsigned users = 0;            // of OptionUser
  std::string_view flag;         // without the dashes
  char letter = 0;               // a short form of the flag: 'o'; 0: it has none
  std::string_view value_name;   // "SIZE"; empty: a switch, which needs no value
  unsigned without_default = 0;  // of OptionUser: for these it is not given unless it is said
  std::string_view meaning;      // sentences
  std::string_view zero;         // what 0, or the empty text, does; empty where it is refused
  std::string_view reason;       // why the default is what it is; a phrase
  std::string allowed;           // what it takes, in words that follow "is not"

  // InvalidArgument leaves the options as they were; its message follows the option's name.
  std::function<Status(std::string_view text, Options& options)> set;
  std::function<std::string(const Options& options)> show;

  std::string VariableName() const;  // "ROLLCALL_DATA_DIR"
  std::string DefaultText() const;   // as set() takes it
};

// In the order of the help.
std::span<const OptionSpec> OptionTable();

// The bit of a command's name; 0 where it takes no options. And back, of one bit.
unsigned OptionUserOf(std::string_view command);
std::string_view CommandOf(unsigned user);
// The names of all whose bits are set: "serve, demo".
std::string CommandsOf(unsigned users);

}  // namespace rollcall::cli
