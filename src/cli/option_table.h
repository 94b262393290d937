// The table of all options, the only one. Whatever needs to know about options (the parser, the
// help, the table in src/cli/README.md, the tests) walks it. Read-only once made; any thread may
// read it.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "cli/options.h"

namespace rollcall::cli {

// The commands that take options, one bit each.
enum OptionUser : unsigned {
  kServe = 1,
  kDemo = 2,
  kVerify = 4,
  kImport = 8,
  kExport = 16,
  kClock = 32,
  kRepair = 64,
  kFleet = 128,
  kRecords = 256,
  kToken = 512,
  kBackup = 1024,
  kRestore = 2048,
  kForget = 4096,
  kShow = 8192
};

// The two that serve.
inline constexpr unsigned kBoth = kServe | kDemo;

struct OptionSpec {
  unsigned users = 0;            // the commands that take it: bits of OptionUser
  std::string_view flag;         // without the dashes
  char letter = 0;               // a short form of the flag: 'o'; 0: none
  std::string_view value_name;   // "SIZE"; empty: a switch, which needs no value
  bool repeats = false;          // may be given several times; the values are joined by blanks
  unsigned without_default = 0;  // bits of OptionUser: commands for which it has no default
  bool reloads = false;          // takes effect on SIGHUP too, not only at the start
  std::string_view meaning;      // whole sentences
  std::string_view zero;         // what 0, or an empty text, does; empty if that is refused
  std::string_view reason;       // why the default is what it is; a phrase
  std::string allowed;           // the values it accepts, in words that follow "is not"

  // Sets the option from `text`. InvalidArgument: the text is wrong and `options` is unchanged; the
  // message is a phrase that follows the option's name.
  std::function<Status(std::string_view text, Options& options)> set;
  // Returns the value of the option as text that set() accepts.
  std::function<std::string(const Options& options)> show;

  std::string VariableName() const;  // "ROLLCALL_DATA_DIR"
  std::string DefaultText() const;   // in the form that set() accepts
};

// Returns all options in the order of the help.
std::span<const OptionSpec> OptionTable();

// Returns the bit of a command's name; 0 if it takes no options.
unsigned OptionUserOf(std::string_view command);
// Returns the name of the command with this one bit.
std::string_view CommandOf(unsigned user);
// Returns the names of all commands whose bits are set: "serve, demo".
std::string CommandsOf(unsigned users);

}  // namespace rollcall::cli
