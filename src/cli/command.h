// The commands of the rollcall binary: what each is called, and how one is picked and run. A
// command runs on the main thread, once in a process.
#pragma once

#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

#include "cli/options.h"

namespace rollcall::cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;  // it was told right and could not do it
inline constexpr int kExitUsage = 2;    // it was told wrong
// What it needs failed and may work with another start: EX_TEMPFAIL, as BSD numbers it.
inline constexpr int kExitTryAgain = 75;

struct Command {
  std::string_view name;
  std::string_view summary;  // one line, no full stop
  std::string_view help;     // what `rollcall help NAME` prints above the options
  // `args` is what follows the command's name, without a request for help. Returns the exit code.
  int (*run)(std::span<char*> args) = nullptr;
  std::string_view words = {};  // what it takes beside flags, for the line of usage: "FILE"
};

// One file per command (command_NAME.cc), opened by its help.
extern const std::string_view kServeHelp;
extern const std::string_view kDemoHelp;
extern const std::string_view kVerifyHelp;
extern const std::string_view kImportHelp;
extern const std::string_view kExportHelp;
extern const std::string_view kClockHelp;
extern const std::string_view kRepairHelp;
extern const std::string_view kFleetHelp;
int RunServe(std::span<char*> args);
int RunDemo(std::span<char*> args);
int RunVerify(std::span<char*> args);
int RunImport(std::span<char*> args);
int RunExport(std::span<char*> args);
int RunClock(std::span<char*> args);
int RunRepair(std::span<char*> args);
int RunFleet(std::span<char*> args);

// Runs the command that `args` (without the program's name) begin with, and returns its exit code.
// Where they begin with a flag, that is the first command. Requests for help and for the version
// are answered here, on `out`. What is not understood is answered with one line on `err`, no
// arguments at all with the help on `err`; both return kExitUsage.
int Dispatch(std::span<const Command> commands, std::span<char*> args, std::ostream& out,
             std::ostream& err);

// The options of this process: `args` over its environment. Names variables that no option has on
// stderr. nullopt: they are wrong, stderr says how, and the command returns kExitUsage.
std::optional<Options> ReadOptions(std::string_view command, std::span<char*> args);

}  // namespace rollcall::cli
