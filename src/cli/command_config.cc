// rollcall config: checks what a server would be started with, or writes it out as a file.
#include <cstdio>

#include "base/nearest.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/fleet_files.h"
#include "cli/help.h"
#include "cli/message.h"
#include "cli/record_options.h"
#include "cli/serve_process.h"
#include "records/view_declaration.h"

namespace rollcall::cli {

const std::string_view kConfigHelp =
    "Checks what a server would be started with, or writes it out as a configuration file.\n"
    "\n"
    "  rollcall config check --config /etc/rollcall/rollcall.conf   exit 2 if anything is wrong\n"
    "  rollcall config print > rollcall.conf                        every flag, as a comment\n"
    "  rollcall config print --listen-addr :80 > rollcall.conf      and this one in force\n"
    "\n"
    "Takes the flags of serve, and reads the same variables. A file has one flag a line, without "
    "dashes:\n"
    "\n"
    "  # a comment\n"
    "  listen-addr = :8081\n"
    "\n"
    "The environment wins over the file, and the command line over both.\n";

namespace {

// What is checked beside the options: the files that they name.
Status CheckFiles(Options& options) {
  ROLLCALL_RETURN_IF_ERROR(CheckDeclarations(options.fleets));
  ROLLCALL_RETURN_IF_ERROR(ReadRecordRetention(options));
  const auto views = records::ReadViewDirectory(options.server.views_dir);
  return views.faults.empty() ? Status::Ok()
                              : Status::InvalidArgument("views: " + views.faults.front());
}

int Check(Options& options) {
  if (const Status files = CheckFiles(options); !files.ok()) {
    Fail("config", files);
    return kExitUsage;
  }
  const std::string& file = options.config_file;
  std::printf("%s\n", file.empty() ? "no file; the flags and the environment are good"
                                   : (file + ": good").c_str());
  return kExitOk;
}

}  // namespace

int RunConfig(std::span<char*> args) {
  const std::string word = args.empty() ? "" : args[0];
  if (word != "check" && word != "print") {
    Say("rollcall config: " +
        (word.empty() ? "a word is missing"
                      : QuoteWord(word) + " is not known" + DidYouMean(word, {"check", "print"})) +
        "; allowed: check, print\n");
    return kExitUsage;
  }
  std::optional<Options> options = ReadOptions("serve", args.subspan(1));
  if (!options) return kExitUsage;
  if (word == "check") return Check(*options);
  std::fputs(OptionsAsConfig(*options).c_str(), stdout);
  return kExitOk;
}

}  // namespace rollcall::cli
