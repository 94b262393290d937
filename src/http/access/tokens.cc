#include "http/access/tokens.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/civil_time.h"
#include "base/hex.h"
#include "base/replace_file.h"
#include "base/text.h"

namespace rollcall::http {
namespace {

constexpr size_t kSecretBytes = 32;
constexpr std::string_view kNever = "never";
constexpr std::array<std::pair<Scope, std::string_view>, 3> kScopes{
    {{kRead, "read"}, {kImport, "import"}, {kAdmin, "admin"}}};
constexpr std::string_view kFirstLine =
    "# name, what it may do, until when, SHA-256 of the token; written by rollcall token\n";

std::string Hex(const TokenHash& hash) {
  std::string text;
  for (const unsigned char byte : hash) AppendHexByte(static_cast<char>(byte), text);
  return text;
}

std::optional<TokenHash> ReadHex(std::string_view text) {
  TokenHash hash{};
  if (text.size() != 2 * hash.size()) return std::nullopt;
  for (size_t i = 0; i < hash.size(); ++i) {
    const int high = HexDigit(text[2 * i]);
    const int low = HexDigit(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    hash[i] = static_cast<unsigned char>(high << 4 | low);
  }
  return hash;
}

std::vector<std::string_view> WordsOf(std::string_view line) {
  std::vector<std::string_view> words;
  constexpr std::string_view kBlanks = " \t\r";
  size_t at = 0;
  while ((at = line.find_first_not_of(kBlanks, at)) != std::string_view::npos) {
    const size_t end = std::min(line.find_first_of(kBlanks, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

Result<Token> ParseLine(const std::vector<std::string_view>& words) {
  if (words.size() != 4) {
    return Status::InvalidArgument("it wants a name, scopes, an expiry and a hash");
  }
  Token token;
  if (!IsTokenName(words[0])) {
    return Status::InvalidArgument(QuoteWord(words[0]) +
                                   " is not a name of 1 to 64 of A-Z a-z 0-9 . _ -");
  }
  token.name = words[0];
  const Result<Scopes> scopes = ParseScopes(words[1]);
  if (!scopes.ok()) return scopes.status();
  token.scopes = *scopes;
  if (words[2] != kNever) {
    const auto expires = ParseRfc3339(words[2]);
    if (!expires) {
      return Status::InvalidArgument(QuoteWord(words[2]) + " is neither never nor a time");
    }
    token.expires = std::chrono::floor<std::chrono::seconds>(*expires);
  }
  const std::optional<TokenHash> hash = ReadHex(words[3]);
  if (!hash) return Status::InvalidArgument("the hash is not 64 lower-case hexadecimal digits");
  token.hash = *hash;
  return token;
}

Status Failure(const std::string& step, const std::string& path) {
  return Status::FailedPrecondition(step + " " + path + ": " + std::strerror(errno));
}

}  // namespace

std::string ScopeNames(Scopes scopes) {
  std::string names;
  for (const auto& [scope, name] : kScopes) {
    if ((scopes & scope) == 0) continue;
    if (!names.empty()) names += ',';
    names += name;
  }
  return names;
}

Result<Scopes> ParseScopes(std::string_view text) {
  Scopes scopes = 0;
  for (std::string_view rest = text;;) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view word = rest.substr(0, comma);
    const auto* const known = std::find_if(kScopes.begin(), kScopes.end(),
                                           [&](const auto& one) { return one.second == word; });
    if (known == kScopes.end()) {
      return Status::InvalidArgument(QuoteWord(text) +
                                     " is not some of read, import, admin with commas between");
    }
    scopes |= known->first;
    if (comma == rest.size()) return scopes;
    rest.remove_prefix(comma + 1);
  }
}

bool IsTokenName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return IsAsciiAlphanumeric(c) || c == '.' || c == '_' || c == '-';
  });
}

Result<std::string> MakeToken() {
  std::array<unsigned char, kSecretBytes> secret;
  if (RAND_bytes(secret.data(), static_cast<int>(secret.size())) != 1) {
    return Status::Unavailable("make a token: the system gives no random bytes");
  }
  std::string text((secret.size() + 2) / 3 * 4 + 1, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), secret.data(),
                  static_cast<int>(secret.size()));
  text.resize((secret.size() * 4 + 2) / 3);  // without the padding
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return std::string(kTokenBegin) + text;
}

TokenHash HashToken(std::string_view token) {
  TokenHash hash;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), hash.data());
  return hash;
}

Result<std::vector<Token>> ParseTokens(std::string_view text) {
  std::vector<Token> tokens;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find('#'));
    const std::vector<std::string_view> words = WordsOf(line);
    if (words.empty()) continue;
    Result<Token> token = ParseLine(words);
    const std::string where = "line " + std::to_string(number);
    if (!token.ok()) return token.status().WithContext(where);
    if (std::any_of(tokens.begin(), tokens.end(),
                    [&](const Token& one) { return one.name == token->name; })) {
      return Status::InvalidArgument(where + ": a second token has the name " + token->name);
    }
    tokens.push_back(std::move(token).value());
  }
  return tokens;
}

std::string FormatTokens(const std::vector<Token>& tokens) {
  std::string text(kFirstLine);
  for (const Token& token : tokens) {
    text += token.name + " " + ScopeNames(token.scopes) + " " +
            (token.expires ? FormatRfc3339(*token.expires) : std::string(kNever)) + " " +
            Hex(token.hash) + "\n";
  }
  return text;
}

Result<std::vector<Token>> ReadTokens(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) return Failure("read", path);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) return Failure("read", path);
  Result<std::vector<Token>> tokens = ParseTokens(text);
  return tokens.ok() ? std::move(tokens) : tokens.status().WithContext(path);
}

Status WriteTokens(const std::string& path, const std::vector<Token>& tokens) {
  const std::string parent = std::filesystem::path(path).parent_path();
  struct stat model {};
  const bool replaces = stat(path.c_str(), &model) == 0;
  if (!replaces && stat(parent.empty() ? "." : parent.c_str(), &model) != 0) {
    return Failure("read", parent);
  }
  FileRights rights{replaces ? model.st_mode & 0777 : 0640};
  // Only root may give a file away; who is not root owns both.
  if (geteuid() == 0) rights.owner = {model.st_uid, model.st_gid};
  return ReplaceFile(path, FormatTokens(tokens), rights);
}

}  // namespace rollcall::http
