// The options of a command: from the command line, else from the environment, else the defaults.
// option_table.cc says what each option means and which values it accepts; the flags, variables,
// help and the table in the documentation all come from there.
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

// Options of a process that serves.
struct ProcessOptions {
  std::string log_level = "info";   // debug, info, warning or error
  std::string log_format = "text";  // or json
  std::chrono::milliseconds shutdown_grace = std::chrono::seconds(20);
  bool private_without_login = false;  // the private listener may be open to other machines
};

// Options of import, export and clock: what is moved, from where and to where.
struct MoveOptions {
  std::string server = "http://127.0.0.1:8082";
  std::string server_token_file;  // empty: it asks for none
  bool through_server = true;     // false: the command opens the store itself
  std::string from;               // inclusive, see parse/instant.h; empty: from the first sample
  std::string to;                 // exclusive; empty: up to now
  std::string match;              // empty: all series
  std::string format = "auto";

  // Of an import only.
  std::string file;  // "-": standard input; empty: reads from_victoriametrics
  std::string from_victoriametrics;
  std::string source_label;  // empty: the id_label of the fleet
  bool strict = false;

  std::string word;  // of the clock command: what to do about the clock; empty: nothing

  std::string fleet;  // whose reports are moved; empty: the first of Options::fleets

  // Of an export only.
  std::string output = "-";  // a file; "-": standard output
};

// Options of a repair.
struct RepairOptions {
  bool dry_run = false;  // only report the damage
};

// Options that concern records.
struct RecordsOptions {
  std::string retention_file;  // empty: there is none
  bool are_moved = false;      // by import and export, instead of reports
};

// Options of the fleet command, which checks a fleet's declaration or begins a new one.
struct FleetOptions {
  std::string word;                  // "check" or "init"
  std::string declaration;           // of check: a file, or the name of a built-in fleet
  std::vector<std::string> samples;  // of check: files; "-": standard input
};

// Options of the token command; the file is that of the server's login.
struct TokenOptions {
  std::string word;             // "add", "list" or "revoke"
  std::string name;             // of the token; not of list
  std::string scopes = "read";  // of a new one
  unsigned valid_days = 365;    // of a new one; 0: for ever
};

// Options of backup and restore beside those of api::ServerOptions::backups.
struct BackupCommandOptions {
  std::string word;       // "list", "verify" or "prune"; empty: make one
  std::string directory;  // of the backups
  uint32_t id = 0;        // of the one that is meant; 0: see --backup
};

// Options of forget and show.
struct SourceOptions {
  std::vector<std::string> ids;
  std::string report;         // the time of the one that is meant; empty: all
  bool are_machines = false;  // of records, instead of installations
};

// The options of all commands: one part per component, which is the component's own struct.
// Defaults are those of the struct, or stand here where a command wants others. A command reads
// only the parts that its flags fill.
struct Options {
  std::string config_file;  // empty: none is read
  // Declared fleets, with commas between them: names of built-in ones, or paths of files.
  std::string fleets = "cozystack";
  ProcessOptions process;
  storage::StoreOptions store{.directory = "data"};
  api::ServerOptions server;
  // The interval gives every day reports and keeps the store small.
  demo::DemoFleetOptions demo{.interval = std::chrono::hours(6)};
  MoveOptions move;
  RepairOptions repair;
  RecordsOptions records;
  FleetOptions fleet;
  TokenOptions token;
  BackupCommandOptions backup;
  SourceOptions source;
};

// The environment variables whose names begin with ROLLCALL_, by name.
using Environment = std::map<std::string, std::string, std::less<>>;

// Reads `variables`, which have the form of POSIX's environ: NAME=VALUE, with a null pointer at the
// end. If a name occurs more than once, the first counts, as with getenv.
Environment ReadEnvironment(const char* const* variables);

// Parses the options of a command; `args` is what follows its name. The command line wins over the
// environment, which wins over the file that --config names, which wins over the default; if a flag
// is given twice, the last one counts, or where it may be repeated all do. A variable that is set
// to nothing sets the empty value. InvalidArgument: one line that begins with "rollcall COMMAND: "
// and says what is wrong and what is allowed. Fails also as ConfigFile::Read does.
//
// An import takes one argument that is not a flag, the file, and none if the history comes from a
// VictoriaMetrics. Import, export, clock and their like open the store instead of asking a server
// if a data directory is named on the command line, or in the environment while no server is named
// at all.
Result<Options> ParseOptions(std::string_view command, std::span<const std::string> args,
                             const Environment& env);

// Returns a phrase for each variable in `env` that no option of any command reads, most likely a
// misspelling: its name in quotes, and what may have been meant.
std::vector<std::string> UnknownVariables(const Environment& env);

}  // namespace rollcall::cli
