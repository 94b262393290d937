#include "cli/command.h"

#include <unistd.h>

#include <algorithm>
#include <vector>

#include "base/nearest.h"
#include "base/text.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/man_page.h"
#include "cli/message.h"
#include "cli/version.h"

namespace rollcall::cli {
namespace {

bool AsksForHelp(std::string_view arg) { return arg == "--help" || arg == "-help" || arg == "-h"; }

const Command* Find(std::span<const Command> commands, std::string_view name) {
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [&](const Command& command) { return command.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

int RefuseCommand(std::span<const Command> commands, std::string_view name, std::ostream& err) {
  std::vector<std::string> names;
  for (const Command& command : commands) names.emplace_back(command.name);
  names.insert(names.end(), {"help", "version"});
  std::string line = "rollcall: " + QuoteWord(name) + " is not a command";
  line += DidYouMean(name, names) + "; allowed: ";
  for (const std::string& one : names) line += one + (one == names.back() ? "\n" : ", ");
  err << line;
  return kExitUsage;
}

int RunHelp(std::span<const Command> commands, std::span<char*> args, std::ostream& out,
            std::ostream& err) {
  if (args.size() > 1) {
    err << "rollcall help: unexpected argument " << QuoteWord(args[1])
        << "; allowed: one command, or --markdown, --man, --bash, --zsh\n";
    return kExitUsage;
  }
  const std::string_view topic = args.empty() ? "help" : args[0];
  if (topic == "--markdown") {
    out << OptionsAsMarkdown();
  } else if (topic == "--man") {
    out << ManPage(commands);
  } else if (topic == "--bash") {
    out << BashCompletion(commands);
  } else if (topic == "--zsh") {
    out << ZshCompletion(commands);
  } else if (topic == "help" || topic == "version" || AsksForHelp(topic)) {
    out << HelpOnAll(commands);
  } else if (const Command* command = Find(commands, topic)) {
    out << HelpOn(*command);
  } else {
    return RefuseCommand(commands, topic, err);
  }
  return kExitOk;
}

int RunVersion(std::span<char*> args, std::ostream& out, std::ostream& err) {
  const std::string_view word = args.empty() ? "" : args[0];
  if (args.size() > 1 || (!word.empty() && word != "--licenses")) {
    err << "rollcall version: unexpected argument " << QuoteWord(args.back())
        << "; allowed: --licenses, or nothing\n";
    return kExitUsage;
  }
  out << VersionLine();
  if (!word.empty()) out << "commit " << Commit() << "\n\n" << Licenses();
  return kExitOk;
}

}  // namespace

int Dispatch(std::span<const Command> commands, std::span<char*> args, std::ostream& out,
             std::ostream& err) {
  if (args.empty()) {
    err << HelpOnAll(commands);
    return kExitUsage;
  }
  const std::string_view name = args[0];
  const std::span<char*> rest = args.subspan(1);
  if (name == "help" || AsksForHelp(name)) {
    return RunHelp(commands, rest, out, err);
  }
  if (name == "version" || name == "--version") {
    return RunVersion(rest, out, err);
  }
  const bool only_flags = name.starts_with('-');
  const Command* command = only_flags ? &commands.front() : Find(commands, name);
  if (command == nullptr) {
    return RefuseCommand(commands, name, err);
  }
  const std::span<char*> words = only_flags ? args : rest;
  if (std::any_of(words.begin(), words.end(), AsksForHelp)) {
    out << HelpOn(*command);
    return kExitOk;
  }
  return command->run(words);
}

std::optional<Options> ReadOptions(std::string_view command, std::span<char*> args) {
  const Environment env = ReadEnvironment(environ);
  for (const std::string& name : UnknownVariables(env)) {
    Say("rollcall: warning: the environment has " + name + "\n");
  }
  Result<Options> options =
      ParseOptions(command, std::vector<std::string>(args.begin(), args.end()), env);
  if (!options.ok()) {
    Say(options.status().message() + "\n");
    return std::nullopt;
  }
  return *std::move(options);
}

std::function<Result<Options>()> RereadOptions(std::string command, std::span<char*> args) {
  return
      [command = std::move(command), words = std::vector<std::string>(args.begin(), args.end())] {
        return ParseOptions(command, words, ReadEnvironment(environ));
      };
}

}  // namespace rollcall::cli
