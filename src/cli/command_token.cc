// rollcall token: makes, lists and revokes the tokens with which the private listener is asked.
#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/serve_process.h"
#include "http/access/tokens.h"
#include "http/server/listen.h"

namespace rollcall::cli {

const std::string_view kTokenHelp =
    "A token lets a program or a person ask the private listener of a server that is given the "
    "same\n"
    "--tokens-file. The file has no token itself, only what tells a right one from a wrong one.\n"
    "\n"
    "  rollcall token add grafana --tokens-file /etc/rollcall/tokens\n"
    "                                    makes a token and prints it, once: it can be read "
    "nowhere\n"
    "  rollcall token add nightly --scopes read,import --valid-days 30 --tokens-file ...\n"
    "  rollcall token list --tokens-file ...      who has one, for what, until when\n"
    "  rollcall token revoke grafana --tokens-file ...\n"
    "\n"
    "A running server reads the file again within seconds. The token goes into the header\n"
    "'Authorization: Bearer TOKEN', or stands as the password, with any name, where a browser "
    "asks.\n"
    "\n"
    "Exit code: 0 when it is done, 1 when not.\n";

namespace {

using Tokens = std::vector<http::Token>;

auto Find(Tokens& tokens, const std::string& name) {
  return std::find_if(tokens.begin(), tokens.end(),
                      [&](const http::Token& one) { return one.name == name; });
}

Status Add(const Options& options, Tokens& tokens) {
  if (Find(tokens, options.token.name) != tokens.end()) {
    return Status::FailedPrecondition("a token has the name " + options.token.name +
                                      "; revoke it first, or give another name");
  }
  const Result<std::string> secret = http::MakeToken();
  if (!secret.ok()) return secret.status();
  const Result<http::Scopes> scopes = http::ParseScopes(options.token.scopes);
  if (!scopes.ok()) return scopes.status();
  http::Token token{options.token.name, *scopes, std::nullopt, http::HashToken(*secret)};
  if (options.token.valid_days > 0) {
    token.expires = SystemClock().Now() + std::chrono::days(options.token.valid_days);
  }
  tokens.push_back(std::move(token));
  ROLLCALL_RETURN_IF_ERROR(http::WriteTokens(options.server.login.tokens, tokens));
  std::printf("%s\n", secret->c_str());
  return Status::Ok();
}

Status Revoke(const Options& options, Tokens& tokens) {
  const auto found = Find(tokens, options.token.name);
  if (found == tokens.end()) {
    return Status::NotFound("no token has the name " + options.token.name);
  }
  tokens.erase(found);
  return http::WriteTokens(options.server.login.tokens, tokens);
}

void List(const Tokens& tokens) {
  const UnixSeconds now = SystemClock().Now();
  for (const http::Token& token : tokens) {
    const bool is_over = token.expires && *token.expires <= now;
    std::printf("%s\t%s\t%s%s\n", token.name.c_str(), http::ScopeNames(token.scopes).c_str(),
                token.expires ? FormatRfc3339(*token.expires).c_str() : "never",
                is_over ? "\texpired" : "");
  }
}

// Keeps others from changing the file meanwhile: holds its directory, for the file is replaced.
Result<http::FileDescriptor> Hold(const std::string& file) {
  const std::string parent = std::filesystem::path(file).parent_path();
  const std::string directory = parent.empty() ? "." : parent;
  http::FileDescriptor held(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!held.valid() || flock(held.get(), LOCK_EX) != 0) {
    return Status::FailedPrecondition("open " + directory + ": " + std::strerror(errno));
  }
  return held;
}

Status Run(const Options& options) {
  const std::string& file = options.server.login.tokens;
  const bool adds = options.token.word == "add";
  const auto held = Hold(file);
  if (!held.ok()) return held.status();
  std::error_code ignored;
  Tokens tokens;
  if (!adds || std::filesystem::exists(file, ignored)) {
    Result<Tokens> read = http::ReadTokens(file);
    if (!read.ok()) return read.status();
    tokens = std::move(read).value();
  }
  if (adds) return Add(options, tokens);
  if (options.token.word == "revoke") return Revoke(options, tokens);
  List(tokens);
  return Status::Ok();
}

}  // namespace

int RunToken(std::span<char*> args) {
  const std::optional<Options> options = ReadOptions("token", args);
  if (!options) return kExitUsage;
  const Status status = Run(*options);
  return status.ok() ? kExitOk : Fail("token", status);
}

}  // namespace rollcall::cli
