// The commands of the rollcall binary: their names and help, and how one is picked and run. A
// command runs on the main thread, once per process.
#pragma once

#include <functional>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

#include "cli/options.h"

namespace rollcall::cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;  // called correctly, but it failed
inline constexpr int kExitUsage = 2;    // called incorrectly
// Something that it needs failed; starting it again may help. EX_TEMPFAIL, as BSD numbers it.
inline constexpr int kExitTryAgain = 75;

struct Command {
  std::string_view name;
  std::string_view summary;  // one line, no full stop
  std::string_view help;     // what `rollcall help NAME` prints above the options
  // Returns the exit code. `args` is what follows the command's name; a request for help never
  // gets here.
  int (*run)(std::span<char*> args) = nullptr;
  std::string_view words = {};  // its arguments other than flags, for the usage line: "FILE"
};

// The help and the code of each command, which has a file of its own: command_NAME.cc.
extern const std::string_view kServeHelp;
extern const std::string_view kDemoHelp;
extern const std::string_view kVerifyHelp;
extern const std::string_view kImportHelp;
extern const std::string_view kExportHelp;
extern const std::string_view kClockHelp;
extern const std::string_view kRepairHelp;
extern const std::string_view kFleetHelp;
extern const std::string_view kConfigHelp;
extern const std::string_view kRecordsHelp;
extern const std::string_view kTokenHelp;
extern const std::string_view kBackupHelp;
extern const std::string_view kRestoreHelp;
extern const std::string_view kForgetHelp;
extern const std::string_view kShowHelp;
int RunServe(std::span<char*> args);
int RunDemo(std::span<char*> args);
int RunVerify(std::span<char*> args);
int RunImport(std::span<char*> args);
int RunExport(std::span<char*> args);
int RunClock(std::span<char*> args);
int RunRepair(std::span<char*> args);
int RunFleet(std::span<char*> args);
int RunConfig(std::span<char*> args);
int RunRecords(std::span<char*> args);
int RunToken(std::span<char*> args);
int RunBackup(std::span<char*> args);
int RunRestore(std::span<char*> args);
int RunForget(std::span<char*> args);
int RunShow(std::span<char*> args);

// Runs the command that `args` (without the program's name) begin with, and returns its exit code.
// If they begin with a flag, runs the first of `commands`. Answers requests for help and for the
// version on `out`. Answers what it does not understand with one line on `err`, and no arguments at
// all with the help on `err`; both return kExitUsage.
int Dispatch(std::span<const Command> commands, std::span<char*> args, std::ostream& out,
             std::ostream& err);

// Returns the options of this process: `args` first, then its environment. Names on stderr the
// ROLLCALL_ variables that no option reads. Returns nullopt if the options are wrong: stderr says
// how, and the command is to return kExitUsage.
std::optional<Options> ReadOptions(std::string_view command, std::span<char*> args);

// Returns what reads the same options again: the file that --config names may have changed.
std::function<Result<Options>()> RereadOptions(std::string command, std::span<char*> args);

}  // namespace rollcall::cli
