#include "cli/completion.h"

#include <functional>
#include <map>
#include <vector>

#include "cli/option_table.h"

namespace rollcall::cli {
namespace {

// The words that an option takes where it takes no others: "one of auto, text, jsonl"; else none.
std::string WordsOf(const OptionSpec& spec) {
  constexpr std::string_view kOneOf = "one of ";
  if (!spec.allowed.starts_with(kOneOf)) return {};
  std::string words;
  for (const char c : spec.allowed.substr(kOneOf.size())) {
    if (c != ',') words += c;
  }
  return words;
}

// The words that follow a command's name: "check | init" and what else stands in Command::words.
std::string WordsOf(const Command& command) {
  std::string words;
  std::string word;
  for (const char c : std::string(command.words) + " ") {
    if (c >= 'a' && c <= 'z') {
      word += c;
    } else if (c == '-' && !word.empty()) {
      word += c;
    } else if (!word.empty()) {
      words += (words.empty() ? "" : " ") + word;
      word.clear();
    }
  }
  return words;
}

// config takes the flags of serve.
unsigned UserOf(const Command& command) {
  return OptionUserOf(command.name == "config" ? "serve" : command.name);
}

std::vector<const OptionSpec*> OptionsOf(const Command& command) {
  std::vector<const OptionSpec*> options;
  for (const OptionSpec& spec : OptionTable()) {
    if ((spec.users & UserOf(command)) != 0) options.push_back(&spec);
  }
  return options;
}

// What completes a value in bash: a call of compgen without the word; empty: nothing does.
std::string ValueInBash(const OptionSpec& spec) {
  if (spec.value_name == "DIRECTORY") return "-d";
  if (spec.value_name == "FILE" || spec.flag == "fleets") return "-f";
  const std::string words = WordsOf(spec);
  return words.empty() ? "" : "-W '" + words + "'";
}

// Text between single quotes in a description of _arguments.
std::string InZsh(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

std::string ValueInZsh(const OptionSpec& spec) {
  if (spec.value_name.empty()) return {};
  std::string value = ":" + InZsh(spec.value_name) + ":";
  if (spec.value_name == "DIRECTORY") return value + "_directories";
  if (spec.value_name == "FILE" || spec.flag == "fleets") return value + "_files";
  const std::string words = WordsOf(spec);
  return words.empty() ? value + " " : value + "(" + words + ")";
}

std::string FirstSentence(std::string_view text) {
  return std::string(text.substr(0, text.find(". ")));
}

}  // namespace

std::string BashCompletion(std::span<const Command> commands) {
  std::string names = "help version";
  std::string of_commands;
  for (const Command& command : commands) {
    names.insert(0, std::string(command.name) + " ");
    std::string words = WordsOf(command);
    for (const OptionSpec* spec : OptionsOf(command)) {
      words += (words.empty() ? "--" : " --") + std::string(spec->flag);
    }
    of_commands += "    " + std::string(command.name) + ") words='" + words + "' ;;\n";
  }
  std::map<std::string, std::string> values;  // flags by what completes their values
  for (const OptionSpec& spec : OptionTable()) {
    if (spec.value_name.empty()) continue;
    std::string& flags = values[ValueInBash(spec)];
    flags += (flags.empty() ? "--" : " | --") + std::string(spec.flag);
  }
  std::string of_values;
  for (const auto& [completion, flags] : values) {
    of_values += "    " + flags + ")\n";
    if (!completion.empty()) {
      of_values += "      mapfile -t COMPREPLY < <(compgen " + completion + " -- \"$2\")\n";
    }
    of_values += "      return\n      ;;\n";
  }
  return "# Completes the command line of rollcall in bash. Made by 'rollcall help --bash'.\n"
         "_rollcall() {\n"
         "  local words command=${COMP_WORDS[1]}\n"
         "  COMPREPLY=()\n"
         "  case $3 in\n" +
         of_values +
         "  esac\n"
         "  if ((COMP_CWORD == 1)) && [[ $2 != -* ]]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W '" +
         names +
         "' -- \"$2\")\n"
         "    return\n"
         "  fi\n"
         "  [[ $command == -* ]] && command=serve\n"
         "  case $command in\n" +
         of_commands + "    help) words='" + names +
         "' ;;\n"
         "    *) return ;;\n"
         "  esac\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$2\")\n"
         "}\n"
         "complete -o filenames -o bashdefault -F _rollcall rollcall\n";
}

std::string ZshCompletion(std::span<const Command> commands) {
  std::string names;
  std::string of_commands;
  for (const Command& command : commands) {
    names += "    '" + InZsh(command.name) + ":" + InZsh(command.summary) + "'\n";
    of_commands += "    " + std::string(command.name) + ")\n      _arguments";
    for (const OptionSpec* spec : OptionsOf(command)) {
      const std::string flag = "--" + std::string(spec->flag);
      of_commands += " \\\n        '" + std::string(spec->repeats ? "*" : "") + flag +
                     (spec->value_name.empty() ? "" : "=") + "[" +
                     InZsh(FirstSentence(spec->meaning)) + "]" + ValueInZsh(*spec) + "'";
    }
    const std::string words = WordsOf(command);
    of_commands +=
        " \\\n        '*:argument:" + (words.empty() ? std::string("_files") : "(" + words + ")") +
        "'\n      ;;\n";
  }
  return "#compdef rollcall\n"
         "# Completes the command line of rollcall in zsh. Made by 'rollcall help --zsh'.\n"
         "_rollcall() {\n"
         "  local -a commands=(\n" +
         names +
         "    'help:Explain a command and its flags'\n"
         "    'version:Print the version'\n"
         "  )\n"
         "  if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then\n"
         "    _describe command commands\n"
         "    return\n"
         "  fi\n"
         "  local command=$words[2]\n"
         "  if [[ $command == -* ]]; then\n"
         "    command=serve\n"
         "  else\n"
         "    shift words\n"
         "    ((CURRENT--))\n"
         "  fi\n"
         "  case $command in\n" +
         of_commands +
         "    help) _describe command commands ;;\n"
         "  esac\n"
         "}\n"
         "_rollcall \"$@\"\n";
}

}  // namespace rollcall::cli
