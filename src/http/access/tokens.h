// Bearer tokens: what they are, and the file that holds what a server knows of them: a name, what
// the token may do, until when, and the SHA-256 of the token. A token is 256 random bits, so the
// hash needs no salt and is nothing to guess from. The functions are pure but for those that say
// that they read or write a file; any thread.
//
//   grafana read 2027-11-26T00:00:00Z
//   9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//
// A line a token, with blanks between; # begins a comment.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace rollcall::http {

// What a request must be allowed to do. kAdmin may do the other two as well.
enum Scope : unsigned { kOpen = 0, kRead = 1, kImport = 2, kAdmin = 4 };
using Scopes = unsigned;

// Returns the names as they stand in the file: "read,import"; and reads them. InvalidArgument: a
// phrase that says what is allowed.
std::string ScopeNames(Scopes scopes);
Result<Scopes> ParseScopes(std::string_view text);

using TokenHash = std::array<unsigned char, 32>;

struct Token {
  std::string name;  // 1 to 64 of A-Z a-z 0-9 . _ -
  Scopes scopes = 0;
  std::optional<std::chrono::sys_seconds> expires;  // nullopt: never
  TokenHash hash{};
};

inline constexpr std::string_view kTokenBegin = "rct_";

bool IsTokenName(std::string_view name);
// Returns a new token: kTokenBegin and 43 of A-Z a-z 0-9 - _. Unavailable: the system gives no
// random bytes.
Result<std::string> MakeToken();
TokenHash HashToken(std::string_view token);

// Reads the text of a file. InvalidArgument: the message names the line.
Result<std::vector<Token>> ParseTokens(std::string_view text);
std::string FormatTokens(const std::vector<Token>& tokens);

// Reads the file. FailedPrecondition: it cannot be read. Otherwise as ParseTokens, with its name.
Result<std::vector<Token>> ReadTokens(const std::string& path);
// Puts another file in the place of the one there, with its owner and its rights; a new one belongs
// to its directory's owner, who may read and write it, and its group, who may read it. A crash
// leaves the one or the other. FailedPrecondition: it cannot be written.
Status WriteTokens(const std::string& path, const std::vector<Token>& tokens);

}  // namespace rollcall::http
