#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/option_table.h"
#include "cli/option_value.h"

namespace rollcall::cli {
namespace {

constexpr std::string_view kVariablePrefix = "ROLLCALL_";

// CLI11 takes the word after `--flag=` for the value where nothing follows the sign. Two words mean
// the same and leave no doubt. It also wants the words in reverse.
std::vector<std::string> WordsInReverse(std::span<const std::string> args) {
  std::vector<std::string> words;
  for (const std::string& arg : args) {
    const size_t sign = arg.starts_with("--") ? arg.find('=') : std::string::npos;
    words.push_back(arg.substr(0, sign));
    if (sign != std::string::npos) {
      words.push_back(arg.substr(sign + 1));
    }
  }
  std::reverse(words.begin(), words.end());
  return words;
}

std::string FlagsOf(unsigned user) {
  std::string flags;
  for (const OptionSpec& spec : OptionTable()) {
    if ((spec.users & user) != 0) {
      flags.append(flags.empty() ? "--" : ", --").append(spec.flag);
    }
  }
  return flags;
}

// What the command line says, by flag.
using Given = std::map<std::string_view, std::string>;

Result<Given> ReadCommandLine(unsigned user, std::span<const std::string> args) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::vector<std::pair<const OptionSpec*, CLI::Option*>> options;
  std::vector<std::string> extras;
  try {
    for (const OptionSpec& spec : OptionTable()) {
      if ((spec.users & user) != 0) {
        CLI::Option* option = app.add_option("--" + std::string(spec.flag));
        option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
        options.emplace_back(&spec, option);
      }
    }
    app.parse(WordsInReverse(args));
    extras = app.remaining();
  } catch (const CLI::ArgumentMismatch&) {
    // Only the last word can be a flag without a value: any other takes the word that follows it.
    return Status::InvalidArgument(args.back() + ": a value is missing; write " + args.back() +
                                   " VALUE");
  } catch (const CLI::Error& error) {
    return Status::Internal(std::string("read the command line: ") + error.what());
  }
  if (!extras.empty()) {
    return Status::InvalidArgument(
        extras[0].starts_with('-')
            ? Quote(extras[0]) + " is not a flag; allowed: " + FlagsOf(user)
            : "unexpected argument " + Quote(extras[0]) + "; allowed: " + FlagsOf(user));
  }
  Given given;
  for (const auto& [spec, option] : options) {
    if (option->count() > 0) {
      given[spec->flag] = option->results().back();
    }
  }
  return given;
}

// Bounds that concern two options at once.
Status CheckTogether(const DemoOptions& options) {
  if (options.front.max_buffered_bytes < options.max_body_bytes) {
    return Status::InvalidArgument(
        "--max-buffered-bytes: " + FormatSize(options.front.max_buffered_bytes) +
        " is less than --max-body-bytes " + FormatSize(options.max_body_bytes) +
        ": the largest body could never be taken");
  }
  return Status::Ok();
}

Result<DemoOptions> Parse(std::string_view command, std::span<const std::string> args,
                          const Environment& env) {
  const std::string prefix = "rollcall " + std::string(command);
  const unsigned user = OptionUserOf(command);
  const Result<Given> given = ReadCommandLine(user, args);
  if (!given.ok()) {
    return given.status().WithContext(prefix);
  }
  DemoOptions options;
  for (const OptionSpec& spec : OptionTable()) {
    if ((spec.users & user) == 0) {
      continue;
    }
    Status status;
    if (const auto flag = given->find(spec.flag); flag != given->end()) {
      status = spec.set(flag->second, options).WithContext("--" + std::string(spec.flag));
    } else if (const auto variable = env.find(spec.VariableName()); variable != env.end()) {
      status = spec.set(variable->second, options).WithContext(variable->first);
    }
    ROLLCALL_RETURN_IF_ERROR(status.WithContext(prefix));
  }
  ROLLCALL_RETURN_IF_ERROR(CheckTogether(options).WithContext(prefix));
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

Result<ServeOptions> ParseServeOptions(std::span<const std::string> args, const Environment& env) {
  Result<DemoOptions> options = Parse("serve", args, env);
  if (!options.ok()) {
    return options.status();
  }
  return ServeOptions(*std::move(options));
}

Result<DemoOptions> ParseDemoOptions(std::span<const std::string> args, const Environment& env) {
  return Parse("demo", args, env);
}

Result<VerifyOptions> ParseVerifyOptions(std::span<const std::string> args,
                                         const Environment& env) {
  Result<DemoOptions> options = Parse("verify", args, env);
  if (!options.ok()) {
    return options.status();
  }
  return VerifyOptions{options->data_dir};
}

std::vector<std::string> UnknownVariables(const Environment& env) {
  std::vector<std::string> unknown;
  for (const auto& [name, value] : env) {
    const auto same = [&](const OptionSpec& spec) { return spec.VariableName() == name; };
    if (std::none_of(OptionTable().begin(), OptionTable().end(), same)) {
      unknown.push_back(name);
    }
  }
  return unknown;
}

}  // namespace rollcall::cli
