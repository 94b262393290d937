// What a command was told to do: its options, read from the command line, else from the
// environment, else the defaults that stand here. What each option means and which values it takes
// is in option_table.cc; flags, variables, help and the README's table all come from there.
//
// Plain values, owned by the command that parsed them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "http/server/front.h"

namespace rollcall::cli {

struct ServeOptions {
  http::FrontOptions front;
  size_t max_body_bytes = 10 * 1024 * 1024;  // of one report, inflated; inclusive

  std::string data_dir = "data";
  unsigned retention_months = 13;       // of chunks; 0: for ever
  unsigned peaks_retention_months = 0;  // of peaks; 0: for ever
  size_t source_cache_bytes = 256 * 1024 * 1024;
  size_t block_cache_bytes = 64 * 1024 * 1024;

  // Empty: the list of apps is the built-in one and nothing is fetched.
  std::string app_list_url =
      "https://api.github.com/repos/cozystack/cozystack/contents/packages/apps";
  std::chrono::milliseconds app_list_interval = std::chrono::hours(1);

  // Empty: nothing is forwarded.
  std::string forward_url;
  std::string forward_username;
  std::string forward_password_file;
  std::string forward_bearer_token_file;
  bool no_store = false;
  size_t outbox_max_bytes = size_t{10} << 30;
  std::chrono::milliseconds outbox_retention = std::chrono::hours(24 * 7);  // of parked reports
  // Empty: overviews come from the store, and where it has none from the snapshots, if there are
  // any.
  std::string vmselect_url;
  std::string snapshot_dir;
  std::chrono::milliseconds vmselect_timeout = std::chrono::seconds(30);

  std::string log_level = "info";  // debug, info, warning or error
  std::chrono::milliseconds shutdown_grace = std::chrono::seconds(20);
};

// A made-up history, and then everything that serve does.
struct DemoOptions : ServeOptions {
  unsigned sources = 300;
  unsigned months = 14;  // that end with the running one
  uint64_t seed = 1;
  std::chrono::milliseconds interval = std::chrono::hours(6);  // between reports of one stream

  // Of import and export; they stand here so that one table can have all options.
  std::string server = "http://127.0.0.1:8082";
  std::string source_label = "cluster_id";
  bool strict = false;
  std::string from_victoriametrics;
  std::string output = "-";
  std::string format = "auto";
  std::string from;
  std::string to;
  std::string match;
  std::string fleet;
};

struct ImportOptions {
  std::string file;  // "-": standard input; empty: from_victoriametrics is read
  std::string from_victoriametrics;
  std::string match;  // these three: of that
  std::string from;   // inclusive, see parse/instant.h; empty: from the first sample
  std::string to;     // exclusive; empty: to now
  std::string format;
  std::string data_dir;  // empty: through the server
  std::string server;
  std::string source_label;
  bool strict = false;
};

struct ExportOptions {
  std::string output;    // "-": standard output
  std::string data_dir;  // empty: from the server
  std::string server;
  std::string format;  // "auto" is text
  std::string from;    // inclusive; empty: from the first report
  std::string to;      // exclusive; empty: to the last one
  std::string match;   // empty: all series
  std::string fleet;   // empty: the built-in one
};

struct VerifyOptions {
  std::string data_dir = ServeOptions().data_dir;
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
Result<ServeOptions> ParseServeOptions(std::span<const std::string> args, const Environment& env);
Result<DemoOptions> ParseDemoOptions(std::span<const std::string> args, const Environment& env);
Result<VerifyOptions> ParseVerifyOptions(std::span<const std::string> args, const Environment& env);
// The one word that is no flag is the file; there is none where the history comes from a
// VictoriaMetrics. A data directory that is named on the command line, or in the
// environment where no server is named at all, stands against the server.
Result<ImportOptions> ParseImportOptions(std::span<const std::string> args, const Environment& env);
// Of the data directory and the server as for an import.
Result<ExportOptions> ParseExportOptions(std::span<const std::string> args, const Environment& env);

// The names in `env` that belong to no option of any command: most likely misspelt.
std::vector<std::string> UnknownVariables(const Environment& env);

}  // namespace rollcall::cli
