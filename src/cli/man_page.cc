#include "cli/man_page.h"

#include <sstream>

#include "cli/help.h"
#include "cli/option_table.h"
#include "cli/version.h"

namespace rollcall::cli {
namespace {

// Text as roff shows it: its special characters, and a point or a quote that would begin a request,
// stand for themselves.
std::string Roff(std::string_view text) {
  std::string roff;
  bool at_start = true;
  for (const char c : text) {
    if (at_start && (c == '.' || c == '\'')) roff += "\\&";
    at_start = c == '\n';
    switch (c) {
      case '\\':
        roff += "\\e";
        break;
      case '-':
        roff += "\\-";
        break;
      case '^':
        roff += "\\(ha";
        break;
      case '~':
        roff += "\\(ti";
        break;
      case '\'':
        roff += "\\(aq";
        break;
      case '`':
        roff += "\\(ga";
        break;
      default:
        roff += c;
    }
  }
  return roff;
}

std::string Bold(std::string_view text) { return "\\fB" + Roff(text) + "\\fR"; }
std::string Italic(std::string_view text) { return "\\fI" + Roff(text) + "\\fR"; }

// The help of a command: paragraphs, and lines that are indented stand as they are.
std::string Paragraphs(std::string_view help) {
  std::istringstream lines{std::string(help)};
  std::string roff;
  bool is_example = false;
  for (std::string line; std::getline(lines, line);) {
    const bool is_indented = line.starts_with("  ");
    if (is_indented != is_example && !line.empty()) {
      roff += is_indented ? ".nf\n" : ".fi\n";
      is_example = is_indented;
    }
    roff += line.empty() ? ".sp\n" : Roff(line) + "\n";
    // A sentence that ends its line ends it here too.
    if (!is_indented && line.ends_with('.')) roff += ".br\n";
  }
  return roff + (is_example ? ".fi\n" : "");
}

std::string CommandPart(const Command& command) {
  std::string roff = ".SS " + Bold("rollcall " + std::string(command.name));
  if (!command.words.empty()) roff += " " + Italic(command.words);
  return roff + "\n" + Paragraphs(command.help);
}

std::string OptionPart(const OptionSpec& spec) {
  std::string roff = ".TP\n" + Bold("--" + std::string(spec.flag));
  if (spec.letter != 0) roff += ", " + Bold(std::string("-") + spec.letter);
  if (!spec.value_name.empty()) roff += " " + Italic(spec.value_name);
  const std::string value = spec.DefaultText();
  roff += "\n" + Roff(MeaningOf(spec)) + "\nTakes " + Roff(spec.allowed) + ".\n" +
          (value.empty() ? "Empty by default: " : "Default " + Bold(value) + ": ") +
          Roff(spec.reason) + ".\nVariable " + Bold(spec.VariableName()) + "; of " +
          Roff(CommandsOf(spec.users)) + ".\n";
  return roff;
}

constexpr std::string_view kEnd = R"(.SH ENVIRONMENT
Every flag is also an environment variable: \fB\-\-data\-dir\fR is \fBROLLCALL_DATA_DIR\fR.
The command line wins over the environment, and the environment over the file that
\fB\-\-config\fR names.
\fBNOTIFY_SOCKET\fR, \fBWATCHDOG_USEC\fR and \fBLISTEN_FDS\fR are a service manager\(aqs, as
.BR sd_notify (3)
and
.BR sd_listen_fds (3)
explain; of sockets that are passed, that with the name \fBpublic\fR takes the place of
\fB\-\-listen\-addr\fR and that with the name \fBprivate\fR that of \fB\-\-private\-listen\-addr\fR.
.SH FILES
.TP
.I /etc/rollcall/rollcall.conf
The configuration of the service. \fBrollcall config print\fR writes one that explains itself.
.TP
.I /etc/rollcall/fleets/
Declarations of products, read by the service beside the built-in ones.
.TP
.I /var/lib/rollcall
The store of the service.
.SH SIGNALS
.TP
.B SIGTERM\fR, \fBSIGINT
No new connections; what was accepted is stored and answered. A second one ends the process at once.
.TP
.B SIGHUP
The files of \fB\-\-config\fR, \fB\-\-fleets\fR and \fB\-\-views\-dir\fR are read again. Bad ones change
nothing; the log says what came of it.
.SH EXIT STATUS
0: it is done. 1: it was told right and could not do it, or found something wrong. 2: it was told wrong.
75: something that it needs failed, and starting it again may help.
)";

}  // namespace

std::string ManPage(std::span<const Command> commands) {
  std::string roff =
      ".TH ROLLCALL 1 \"\" \"rollcall " + std::string(Version()) +
      "\" \"User Commands\"\n.nh\n.ad l\n.SH NAME\nrollcall \\- count the installations of a "
      "product by their reports\n.SH SYNOPSIS\n" +
      Bold("rollcall") + " " + Italic("COMMAND") + " [" + Bold("--flag") + " " + Italic("value") +
      " ...]\n.SH DESCRIPTION\nTakes in telemetry reports over HTTP, keeps them in "
      "a store of its own, and counts exactly who reported and how big they were. "
      "Flags without a command mean " +
      Bold("serve") + ".\n.SH COMMANDS\n";
  for (const Command& command : commands) roff += CommandPart(command);
  roff += ".SH OPTIONS\n";
  for (const OptionSpec& spec : OptionTable()) roff += OptionPart(spec);
  return roff.append(kEnd);
}

}  // namespace rollcall::cli
