#include "forward/credentials.h"

#include <openssl/evp.h>

#include <algorithm>
#include <fstream>

#include "base/log.h"

namespace rollcall::forward {
namespace {

constexpr size_t kMaxSecretBytes = 64 * 1024;

std::string Base64(const std::string& text) {
  std::string out((text.size() + 2) / 3 * 4 + 1, '\0');  // the library ends it with a zero byte
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                  reinterpret_cast<const unsigned char*>(text.data()),
                  static_cast<int>(text.size()));
  out.pop_back();
  return out;
}

// The file's text without the newline that editors end it with. A message never has any of it.
Result<std::string> ReadSecret(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string secret(kMaxSecretBytes + 1, '\0');
  if (!file.is_open() ||
      file.read(secret.data(), static_cast<std::streamsize>(secret.size())).bad()) {
    return Status::FailedPrecondition("read " + path + ": it is not there, or not readable");
  }
  secret.resize(static_cast<size_t>(file.gcount()));
  while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
  if (secret.empty()) return Status::FailedPrecondition("read " + path + ": it is empty");
  if (secret.size() > kMaxSecretBytes - 2) {
    return Status::FailedPrecondition("read " + path + ": it has over " +
                                      std::to_string(kMaxSecretBytes - 2) + " bytes");
  }
  return secret;
}

// What may stand in a header line by itself.
bool IsVisible(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

Result<Credentials> Credentials::Make(const CredentialsOptions& options) {
  if (options.username.empty() != options.password_file.empty()) {
    return Status::InvalidArgument("credentials: a user name and a password file go together");
  }
  if (!options.username.empty() && !options.bearer_token_file.empty()) {
    return Status::InvalidArgument("credentials: a user name or a bearer token, not both");
  }
  if (options.username.find(':') != std::string::npos) {
    return Status::InvalidArgument("credentials: the user name has a colon, which ends it");
  }
  Credentials credentials(options);
  ROLLCALL_RETURN_IF_ERROR(credentials.Read());
  return credentials;
}

Status Credentials::Read() {
  if (!options_.password_file.empty()) {
    const Result<std::string> password = ReadSecret(options_.password_file);
    if (!password.ok()) return password.status();
    authorization_ = "Basic " + Base64(options_.username + ":" + *password);
  } else if (!options_.bearer_token_file.empty()) {
    const Result<std::string> token = ReadSecret(options_.bearer_token_file);
    if (!token.ok()) return token.status();
    if (!IsVisible(*token)) {
      return Status::FailedPrecondition("read " + options_.bearer_token_file +
                                        ": a token has no blanks, and only printable ASCII");
    }
    authorization_ = "Bearer " + *token;
  }
  return Status::Ok();
}

const std::string& Credentials::Authorization() {
  const Status status = Read();
  if (!status.ok() && !stale_) log::Warn("forward: {}; the one before is used", status.message());
  stale_ = !status.ok();
  return authorization_;
}

}  // namespace rollcall::forward
