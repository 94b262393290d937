#include "cli/help.h"

#include <algorithm>
#include <sstream>

namespace rollcall::cli {
namespace {

constexpr size_t kColumns = 96;

// The words of `text` in lines of at most kColumns, each indented by `indent` blanks.
std::string Wrapped(std::string_view text, size_t indent) {
  std::string lines;
  size_t column = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (column != 0 && column + 1 + word.size() > kColumns) {
      lines += '\n';
      column = 0;
    }
    lines.append(column == 0 ? indent : 1, ' ').append(word);
    column += (column == 0 ? indent : 1) + word.size();
  }
  return lines + "\n";
}

std::string Capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  return text;
}

bool IsText(const OptionSpec& spec) {
  return spec.value_name != "NUMBER" && spec.value_name != "SIZE" && spec.value_name != "DURATION";
}

// "0: kept for ever." Where 0 is refused, `allowed` says so by its lower bound.
std::string ZeroSentence(const OptionSpec& spec) {
  return spec.zero.empty() ? std::string()
                           : (IsText(spec) ? " Empty: " : " 0: ") + std::string(spec.zero) + ".";
}

std::string OptionText(const OptionSpec& spec, unsigned user) {
  std::string text = "  --" + std::string(spec.flag) + " ";
  if (!spec.value_name.empty()) {
    text += std::string(spec.value_name) + "    ";
  }
  if (spec.letter != 0) {
    text += std::string("(-") + spec.letter + ")    ";
  }
  text += "[" + spec.VariableName() + "]\n";
  text += Wrapped(MeaningOf(spec), 6);
  text += Wrapped("Takes " + spec.allowed + ".", 6);
  if ((spec.without_default & user) != 0) {
    return text + Wrapped("No default.", 6);
  }
  const std::string value = spec.DefaultText();
  text += Wrapped((value.empty() ? "Empty by default: " : "Default " + value + ": ") +
                      std::string(spec.reason) + ".",
                  6);
  return text;
}

}  // namespace

std::string MeaningOf(const OptionSpec& spec) {
  return std::string(spec.meaning) + ZeroSentence(spec) +
         (spec.reloads ? " SIGHUP reads it again." : "");
}

std::string HelpOnAll(std::span<const Command> commands) {
  std::string text =
      "rollcall takes in telemetry reports, keeps them, and counts exactly who reported and how "
      "big "
      "they were.\n\nusage: rollcall COMMAND [--flag value ...]\n\n";
  const auto line = [&](std::string_view name, std::string_view summary) {
    text.append("  ").append(name).append(name.size() < 10 ? 10 - name.size() : 1, ' ');
    text.append(summary).append("\n");
  };
  for (const Command& command : commands) {
    line(command.name, command.summary);
  }
  line("help", "'rollcall help COMMAND' explains a command and its flags");
  line("version", "Print the version; --licenses: and whose work is inside");
  text +=
      "\nEvery flag is also an environment variable: --data-dir is ROLLCALL_DATA_DIR. The flag "
      "wins. Both win over a file that --config names.\n";
  return text;
}

std::string HelpOn(const Command& command) {
  const std::string words = command.words.empty() ? "" : " " + std::string(command.words);
  std::string text =
      "usage: rollcall " + std::string(command.name) + words + " [--flag value ...]\n\n";
  text += command.help.empty() ? Capitalized(std::string(command.summary)) + "."
                               : std::string(command.help);
  if (!text.ends_with('\n')) {
    text += '\n';
  }
  const unsigned user = OptionUserOf(command.name);
  if (user == 0) return text;
  text += "\nFlags, each with the environment variable that does the same; the flag wins:\n";
  for (const OptionSpec& spec : OptionTable()) {
    if ((spec.users & user) != 0) {
      text += "\n" + OptionText(spec, user);
    }
  }
  return text;
}

std::string OptionsAsConfig(const Options& options) {
  std::string text =
      "# The configuration of rollcall serve: flags without their dashes, one a line. The "
      "comments\n"
      "# are those of 'rollcall help serve'; a line that begins with '#' and a flag shows its\n"
      "# default. The environment and the command line win over this file. 'rollcall config check\n"
      "# --config FILE' says whether it is right; SIGHUP has it read again.\n";
  for (const OptionSpec& spec : OptionTable()) {
    if ((spec.users & kServe) == 0 || spec.flag == "config") continue;
    const std::string value = spec.show(options);
    const std::string usual = spec.DefaultText();
    std::istringstream lines(Wrapped(MeaningOf(spec), 0) +
                             Wrapped("Takes " + spec.allowed + ".", 0) +
                             Wrapped("Default: " + std::string(spec.reason) + ".", 0));
    text += "\n";
    for (std::string line; std::getline(lines, line);) text += "# " + line + "\n";
    text += "#" + std::string(spec.flag) + " =" + (usual.empty() ? "" : " " + usual) + "\n";
    if (value != usual) text += std::string(spec.flag) + " = " + value + "\n";
  }
  return text;
}

std::string OptionsAsMarkdown() {
  std::string text = "| Flag and variable | Default | Meaning | Commands |\n|---|---|---|---|\n";
  for (const OptionSpec& spec : OptionTable()) {
    const std::string value = spec.DefaultText();
    text += "| `--" + std::string(spec.flag) + "` `" + spec.VariableName() + "` | " +
            (value.empty() ? "empty" : "`" + value + "`") + ": " + std::string(spec.reason) +
            " | " + MeaningOf(spec) + " Takes " + spec.allowed + ". | " + CommandsOf(spec.users) +
            " |\n";
  }
  return text;
}

}  // namespace rollcall::cli
