// What a command was told to do: its options, read from the command line, else from the
// environment, else the defaults. What each option means and which values it takes is in
// option_table.cc; flags, variables, help and the table of the documentation all come from there.
//
// Plain values, owned by the command that parsed them.
#pragma once

#include <chrono>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/server.h"
#include "base/status.h"
#include "demo/fleet.h"
#include "ingest/importer.h"
#include "storage/store.h"

namespace rollcall::cli {

// Of the process that serves.
struct ProcessOptions {
  std::string log_level = "info";  // debug, info, warning or error
  std::chrono::milliseconds shutdown_grace = std::chrono::seconds(20);
};

// What an import takes in and an export gives out, and from where to where.
struct MoveOptions {
  std::string server = "http://127.0.0.1:8082";
  bool through_server = true;  // false: the store is opened
  std::string from;            // inclusive, see parse/instant.h; empty: from the first sample
  std::string to;              // exclusive; empty: to now
  std::string match;           // empty: all series
  std::string format = "auto";

  // Of an import.
  std::string file;  // "-": standard input; empty: from_victoriametrics is read
  std::string from_victoriametrics;
  std::string source_label = ingest::ImportOptions().source_label;
  bool strict = false;

  std::string word;  // of the clock: what is to be done about it; empty: nothing

  // Of an export.
  std::string output = "-";  // standard output
  std::string fleet;         // empty: the built-in one
};

// Of a repair.
struct RepairOptions {
  bool dry_run = false;  // only say what is damaged
};

// Of a fleet's file that is tried or begun.
struct FleetOptions {
  std::string word;                  // check or init
  std::string declaration;           // of check: a file, or the name of a built-in fleet
  std::vector<std::string> samples;  // of check: files; "-": standard input
};

// The options of all commands: a part for each component, which is the component's own struct. A
// default is that struct's, or stands here where a command wants another. No command reads a part
// that its flags do not fill.
struct Options {
  ProcessOptions process;
  storage::StoreOptions store{.directory = "data"};
  api::ServerOptions server;
  // Every day has reports, and the store stays small.
  demo::DemoFleetOptions demo{.interval = std::chrono::hours(6), .keep_truth = false};
  MoveOptions move;
  RepairOptions repair;
  FleetOptions fleet;
};

// The variables of a process whose names begin with ROLLCALL_, by name.
using Environment = std::map<std::string, std::string, std::less<>>;

// `variables` as POSIX's environ: NAME=VALUE, a null pointer at the end. Of several with one name
// the first counts, as for getenv.
Environment ReadEnvironment(const char* const* variables);

// `args` is what follows the command's name. The command line wins over the environment, which wins
// over the default; a flag given twice counts as given last. A variable that is set to nothing is
// set: to the empty value. InvalidArgument is one line that opens with "rollcall COMMAND: " and
// says what is wrong and what is allowed.
//
// Of an import the one word that is no flag is the file; there is none where the history comes from
// a VictoriaMetrics. A data directory that is named on the command line, or in the environment
// where no server is named at all, stands against the server of an import, an export and a clock.
Result<Options> ParseOptions(std::string_view command, std::span<const std::string> args,
                             const Environment& env);

// What in `env` belongs to no option of any command: most likely misspelt. A phrase for each: the
// name in quotes, and what may have been meant.
std::vector<std::string> UnknownVariables(const Environment& env);

}  // namespace rollcall::cli
