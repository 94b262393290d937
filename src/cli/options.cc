#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/nearest.h"
#include "base/text.h"
#include "cli/access_options.h"
#include "cli/config_file.h"
#include "cli/keep_options.h"
#include "cli/option_table.h"
#include "cli/option_value.h"
#include "parse/instant.h"

namespace rollcall::cli {
namespace {

constexpr std::string_view kVariablePrefix = "ROLLCALL_";

// "--strict", "--strict=false".
bool IsSwitch(std::string_view arg) {
  const std::string_view flag = arg.substr(2, arg.find('=') - 2);
  return std::any_of(OptionTable().begin(), OptionTable().end(), [&](const OptionSpec& spec) {
    return spec.value_name.empty() && spec.flag == flag;
  });
}

bool IsFlag(std::string_view name) {
  return std::any_of(OptionTable().begin(), OptionTable().end(),
                     [&](const OptionSpec& spec) { return spec.flag == name; });
}

// Turns "-flag" and "-flag=value" into "--flag" and "--flag=value": programs in Go accept both, and
// a drop-in replacement is started with the arguments of one.
std::string WithTwoDashes(const std::string& arg) {
  const bool one_dash = arg.starts_with('-') && !arg.starts_with("--");
  return one_dash && IsFlag(std::string_view(arg).substr(1, arg.find('=') - 1)) ? "-" + arg : arg;
}

// If nothing follows the sign in `--flag=`, CLI11 takes the next word for the value. Two words mean
// the same and are unambiguous. CLI11 also wants the words in reverse.
std::vector<std::string> WordsInReverse(std::span<const std::string> args) {
  std::vector<std::string> words;
  bool is_value = false;  // of the flag before
  for (const std::string& word : args) {
    const std::string arg = is_value ? word : WithTwoDashes(word);
    const bool takes_value = !is_value && arg.starts_with("--") && !IsSwitch(arg);
    const size_t sign = takes_value ? arg.find('=') : std::string::npos;
    words.push_back(arg.substr(0, sign));
    if (sign != std::string::npos) {
      words.push_back(arg.substr(sign + 1));
    }
    is_value = takes_value && sign == std::string::npos;
  }
  std::reverse(words.begin(), words.end());
  return words;
}

// The error for a word that is none of the command's flags.
std::string NoFlag(unsigned user, std::string_view word) {
  std::vector<std::string> flags;
  for (const OptionSpec& spec : OptionTable()) {
    const std::string flag = "--" + std::string(spec.flag);
    if ((spec.users & user) != 0) {
      flags.push_back(flag);
    } else if (flag == word) {
      return QuoteWord(word) + " is not a flag of " + std::string(CommandOf(user)) + " but of " +
             CommandsOf(spec.users);
    }
  }
  return QuoteWord(word) + " is not a flag" + DidYouMean(word, flags);
}

// The command line: its flags with their values, and the words that belong to none.
struct Given {
  std::map<std::string_view, std::string> flags;
  std::vector<std::string> words;

  bool Has(std::string_view flag) const { return flags.contains(flag); }
};

Result<Given> ReadCommandLine(unsigned user, std::span<const std::string> args) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::vector<std::pair<const OptionSpec*, CLI::Option*>> options;
  std::vector<std::string> extras;
  try {
    for (const OptionSpec& spec : OptionTable()) {
      if ((spec.users & user) != 0) {
        std::string name = "--" + std::string(spec.flag);
        if (spec.letter != 0) name += std::string(",-") + spec.letter;
        CLI::Option* option = spec.value_name.empty() ? app.add_flag(name) : app.add_option(name);
        option->multi_option_policy(spec.repeats ? CLI::MultiOptionPolicy::TakeAll
                                                 : CLI::MultiOptionPolicy::TakeLast);
        options.emplace_back(&spec, option);
      }
    }
    app.parse(WordsInReverse(args));
    extras = app.remaining();
  } catch (const CLI::ArgumentMismatch&) {
    // Only the last word can be a flag without a value: any other flag takes the word that
    // follows it.
    return Status::InvalidArgument(args.back() + ": a value is missing; write " + args.back() +
                                   " VALUE");
  } catch (const CLI::Error& error) {
    return Status::Internal(std::string("read the command line: ") + error.what());
  }
  const size_t words = (user & (kFleet | kBackup | kForget)) != 0                       ? SIZE_MAX
                       : (user & kToken) != 0                                           ? 3
                       : (user & (kImport | kClock | kRecords | kRestore | kShow)) != 0 ? 1
                                                                                        : 0;
  const std::string list =
      "; 'rollcall help " + std::string(CommandOf(user)) + "' lists what it takes";
  for (size_t i = 0; i < extras.size(); ++i) {
    if (extras[i].starts_with('-') && extras[i] != "-") {
      return Status::InvalidArgument(NoFlag(user, extras[i]) + list);
    }
    if (i >= words) {
      return Status::InvalidArgument("unexpected argument " + QuoteWord(extras[i]) + list);
    }
  }
  Given given;
  given.words = std::move(extras);
  for (const auto& [spec, option] : options) {
    if (option->count() == 0) continue;
    std::string& value = given.flags[spec->flag];
    for (const std::string& one : option->results()) {
      if (!spec->repeats) value.clear();
      value += (value.empty() ? "" : " ") + one;
    }
  }
  return given;
}

Status CheckForward(const api::ServerOptions& options) {
  const forward::CredentialsOptions& credentials = options.forward.credentials;
  const bool basic = !credentials.username.empty();
  if (options.no_store && options.forward.url.empty()) {
    return Status::InvalidArgument("--no-store: it needs --forward-url: reports would go nowhere");
  }
  if (basic != !credentials.password_file.empty()) {
    return Status::InvalidArgument(
        "--forward-username and --forward-password-file: one needs the other");
  }
  if (basic && !credentials.bearer_token_file.empty()) {
    return Status::InvalidArgument(
        "--forward-username and --forward-bearer-token-file: one of them");
  }
  return Status::Ok();
}

// Bounds that concern two options at once.
Status CheckTogether(const api::ServerOptions& options) {
  if (options.front.max_buffered_bytes < options.max_report_bytes) {
    return Status::InvalidArgument(
        "--max-buffered-bytes: " + FormatSize(options.front.max_buffered_bytes) +
        " is less than --max-body-bytes " + FormatSize(options.max_report_bytes) +
        ": the largest body could never be taken");
  }
  return CheckForward(options);
}

// Whether a store is opened instead of asking a server.
Result<bool> UsesStore(const Given& given, const Environment& env) {
  if (given.Has("data-dir") && given.Has("server")) {
    return Status::InvalidArgument(
        "--data-dir and --server: one of them; a store is opened by one process");
  }
  const bool server_is_named = given.Has("server") || env.contains("ROLLCALL_SERVER");
  return given.Has("data-dir") || (env.contains("ROLLCALL_DATA_DIR") && !server_is_named);
}

// An import reads a file or a VictoriaMetrics.
Status CheckSource(const MoveOptions& options, const Given& given) {
  if (options.from_victoriametrics.empty()) {
    if (given.words.empty()) {
      return Status::InvalidArgument(
          "a file is missing; write rollcall import FILE, or - for standard input");
    }
    for (const char* flag : {"match", "from", "to"}) {
      if (given.Has(flag)) {
        return Status::InvalidArgument("--" + std::string(flag) +
                                       " goes with --from-victoriametrics; a file is read whole");
      }
    }
    return Status::Ok();
  }
  if (!given.words.empty()) {
    return Status::InvalidArgument("--from-victoriametrics and the file " +
                                   QuoteWord(given.words[0]) + ": one of them");
  }
  if (options.match.empty()) {
    return Status::InvalidArgument(
        "--match is missing: which series of it? '{__name__=~\"myapp_.*\"}'");
  }
  return Status::Ok();
}

// The clock command shows the time, accepts it, or erases what came in while it was wrong.
Status CheckWord(const std::string& word, const Given& given) {
  if (word == "erase-misdated" && !given.Has("data-dir")) {
    return Status::InvalidArgument(
        "erase-misdated: --data-dir is missing: a store that no server has open");
  }
  return word == "accept" || word == "erase-misdated"
             ? Status::Ok()
             : Status::InvalidArgument(QuoteWord(word) +
                                       " is not known; allowed: accept, "
                                       "erase-misdated, or nothing");
}

Status CheckStretch(const MoveOptions& move) {
  if (move.from.empty() || move.to.empty()) return Status::Ok();
  if (ParseInstant(move.from).value() <= ParseInstant(move.to).value()) return Status::Ok();
  return Status::InvalidArgument("--from " + move.from + " and --to " + move.to +
                                 ": nothing lies between; --to is the end, exclusive");
}

// What the table cannot express about import, export and clock.
Status FinishMove(unsigned user, const Given& given, const Environment& env, MoveOptions& move) {
  if (user == kImport) {
    ROLLCALL_RETURN_IF_ERROR(CheckSource(move, given));
    if (!given.words.empty()) move.file = given.words[0];
  }
  if (user == kClock && !given.words.empty()) {
    ROLLCALL_RETURN_IF_ERROR(CheckWord(given.words[0], given));
    move.word = given.words[0];
  }
  ROLLCALL_RETURN_IF_ERROR(CheckStretch(move));
  const Result<bool> uses_store = UsesStore(given, env);
  if (!uses_store.ok()) return uses_store.status();
  move.through_server = !*uses_store;
  return Status::Ok();
}

// Of import and export: whether they move records is said on the command line alone, for the
// variable is a server's.
Status FinishRecords(unsigned user, const Given& given, const MoveOptions& move, bool is_on,
                     RecordsOptions& records) {
  records.are_moved = given.Has("records") && is_on;
  if (!records.are_moved) return Status::Ok();
  for (const char* flag : {"match", "from", "to", "fleet", "format", "source-label",
                           "from-victoriametrics", "strict"}) {
    if (given.Has(flag)) {
      return Status::InvalidArgument("--" + std::string(flag) +
                                     " goes with reports, not --records");
    }
  }
  if (user == kImport && move.through_server) {
    return Status::InvalidArgument(
        "--records: --data-dir is missing: a store that no server has open");
  }
  return Status::Ok();
}

Status ReadFleetWords(const Given& given, FleetOptions& fleet) {
  const std::vector<std::string>& words = given.words;
  if (words.empty()) return Status::InvalidArgument("a word is missing; allowed: check, init");
  fleet.word = words[0];
  if (fleet.word == "init") {
    return words.size() == 1
               ? Status::Ok()
               : Status::InvalidArgument("init: unexpected argument " + QuoteWord(words[1]) +
                                         "; --output names the file");
  }
  if (fleet.word != "check") {
    return Status::InvalidArgument(QuoteWord(fleet.word) + " is not known" +
                                   DidYouMean(fleet.word, {"check", "init"}) +
                                   "; allowed: check, init");
  }
  if (words.size() == 1) {
    return Status::InvalidArgument(
        "a file is missing; write rollcall fleet check FILE [SAMPLE...]");
  }
  fleet.declaration = words[1];
  fleet.samples.assign(words.begin() + 2, words.end());
  return Status::Ok();
}

// Reads the file that --config or its variable names.
Result<ConfigFile> ReadConfig(unsigned user, const Given& given, const Environment& env) {
  for (const OptionSpec& spec : OptionTable()) {
    if (spec.flag != "config" || (spec.users & user) == 0) continue;
    const auto flag = given.flags.find(spec.flag);
    const auto variable = env.find(spec.VariableName());
    const std::string name = flag != given.flags.end() ? flag->second
                             : variable != env.end()   ? variable->second
                                                       : "";
    if (name.empty()) break;
    return ConfigFile::Read(name);
  }
  return ConfigFile();
}

// Of the commands about backups and installations.
Status FinishKeeping(unsigned user, const Given& given, const Environment& env, Options& options) {
  if (user == kRestore) {
    if (!given.Has("data-dir") && !env.contains("ROLLCALL_DATA_DIR")) {
      return Status::InvalidArgument("--data-dir is missing: where the store is to be");
    }
    return ReadRestoreWords(given.words, options.backup);
  }
  ROLLCALL_RETURN_IF_ERROR(user == kBackup ? ReadBackupWords(given.words, options.backup)
                                           : ReadSourceWords(given.words, options.source));
  const Result<bool> uses_store = UsesStore(given, env);
  if (!uses_store.ok()) return uses_store.status();
  options.move.through_server = !*uses_store;
  return Status::Ok();
}

Result<Options> Parse(unsigned user, std::span<const std::string> args, const Environment& env) {
  const Result<Given> given = ReadCommandLine(user, args);
  if (!given.ok()) return given.status();
  const Result<ConfigFile> file = ReadConfig(user, *given, env);
  if (!file.ok()) return file.status();
  Options options;
  for (const OptionSpec& spec : OptionTable()) {
    if ((spec.users & user) == 0) continue;
    Status status;
    if (const auto flag = given->flags.find(spec.flag); flag != given->flags.end()) {
      status = spec.set(flag->second, options).WithContext("--" + std::string(spec.flag));
    } else if (const auto variable = env.find(spec.VariableName()); variable != env.end()) {
      status = spec.set(variable->second, options).WithContext(variable->first);
    } else if (const std::string* const value = file->Find(spec.flag)) {
      status = spec.set(*value, options);
    }
    ROLLCALL_RETURN_IF_ERROR(status);
  }
  ROLLCALL_RETURN_IF_ERROR(CheckTogether(options.server));
  ROLLCALL_RETURN_IF_ERROR(CheckAccess(options));
  if ((user & (kImport | kExport | kClock)) != 0) {
    ROLLCALL_RETURN_IF_ERROR(FinishMove(user, *given, env, options.move));
  }
  if ((user & (kImport | kExport)) != 0) {
    ROLLCALL_RETURN_IF_ERROR(
        FinishRecords(user, *given, options.move, options.server.records, options.records));
  }
  if (user == kRecords) {
    if (given->words.empty() || given->words[0] != "prune") {
      return Status::InvalidArgument("a word is missing; allowed: prune");
    }
    const Result<bool> uses_store = UsesStore(*given, env);
    if (!uses_store.ok()) return uses_store.status();
    options.move.through_server = !*uses_store;
    if (!*uses_store && given->Has("records-retention")) {
      return Status::InvalidArgument(
          "--records-retention goes with --data-dir; a server has rules of its own");
    }
  }
  if (user == kToken) ROLLCALL_RETURN_IF_ERROR(ReadTokenWords(given->words, options));
  if ((user & (kBackup | kRestore | kForget | kShow)) != 0) {
    ROLLCALL_RETURN_IF_ERROR(FinishKeeping(user, *given, env, options));
  }
  if (user == kFleet) ROLLCALL_RETURN_IF_ERROR(ReadFleetWords(*given, options.fleet));
  return options;
}

}  // namespace

Environment ReadEnvironment(const char* const* variables) {
  Environment env;
  for (; *variables != nullptr; ++variables) {
    const std::string_view variable = *variables;
    const size_t sign = variable.find('=');
    if (variable.starts_with(kVariablePrefix) && sign != std::string_view::npos) {
      env.emplace(variable.substr(0, sign), variable.substr(sign + 1));
    }
  }
  return env;
}

Result<Options> ParseOptions(std::string_view command, std::span<const std::string> args,
                             const Environment& env) {
  Result<Options> options = Parse(OptionUserOf(command), args, env);
  if (!options.ok()) return options.status().WithContext("rollcall " + std::string(command));
  return options;
}

std::vector<std::string> UnknownVariables(const Environment& env) {
  std::vector<std::string> known;
  for (const OptionSpec& spec : OptionTable()) known.push_back(spec.VariableName());
  std::vector<std::string> unknown;
  for (const auto& [name, value] : env) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      unknown.push_back(QuoteWord(name) + ", which no option reads" + DidYouMean(name, known));
    }
  }
  return unknown;
}

}  // namespace rollcall::cli
