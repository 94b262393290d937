#include "http/access/login.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "http/server/address.h"
#include "http/server/text.h"

namespace rollcall::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr size_t kLoginSenders = 16'384;
constexpr double kFailuresAtOnce = 10;  // and as many again per minute
constexpr size_t kMostWaiting = 8;
constexpr size_t kMostHeaderBytes = 4096;

uint64_t LoginSeed() {
  uint64_t seed = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&seed), sizeof seed);
  return seed;
}

HttpResponse Unauthorized(const char* why) {
  HttpResponse response = HttpResponse::Text(401, why);
  response.headers.push_back({"WWW-Authenticate", "Basic realm=\"rollcall\", charset=\"UTF-8\""});
  response.headers.push_back({"WWW-Authenticate", "Bearer realm=\"rollcall\""});
  return response;
}

// What follows the scheme in an Authorization header; nullopt: it is another scheme.
std::optional<std::string_view> After(std::string_view scheme, std::string_view header) {
  if (header.size() <= scheme.size() || header[scheme.size()] != ' ' ||
      !EqualsIgnoringCase(header.substr(0, scheme.size()), scheme)) {
    return std::nullopt;
  }
  return TrimBlanks(header.substr(scheme.size()));
}

struct NameAndPassword {
  std::string name;
  std::string password;
};

std::optional<NameAndPassword> ReadBasic(std::string_view encoded) {
  if (encoded.empty() || encoded.size() % 4 != 0) return std::nullopt;
  std::string text(encoded.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(encoded.data()),
                                   static_cast<int>(encoded.size()));
  if (size < 0) return std::nullopt;
  // The library decodes the padding too, to zero bytes.
  for (size_t i = 0; i < 2 && encoded.ends_with('='); ++i) {
    encoded.remove_suffix(1);
    text.pop_back();
  }
  const size_t colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  return NameAndPassword{text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

Login::Login(LoginFiles files, const Clock& clock, metrics::Registry& registry)
    : files_(std::move(files)),
      clock_(clock),
      wrong_passwords_(registry.GetCounter("rollcall_login_failures_total",
                                           "Requests to the private listener with a wrong secret",
                                           {{"kind", "password"}})),
      wrong_tokens_(registry.GetCounter("rollcall_login_failures_total",
                                        "Requests to the private listener with a wrong secret",
                                        {{"kind", "token"}})),
      limited_(registry.GetCounter(
          "rollcall_login_limited_total",
          "Requests to the private listener that were answered 429 after too many such failures")),
      failures_(kLoginSenders, kFailuresAtOnce, minutes(1), LoginSeed()),
      told_(kLoginSenders, 1, minutes(1), LoginSeed()) {}

Result<std::unique_ptr<Login>> Login::Load(const LoginFiles& files, const Clock& clock,
                                           metrics::Registry& registry) {
  std::unique_ptr<Login> login(new Login(files, clock, registry));
  if (RAND_bytes(login->key_.data(), static_cast<int>(login->key_.size())) != 1) {
    return Status::Unavailable("set up the login: the system gives no random bytes");
  }
  login->read_ = login->StampsNow();
  ROLLCALL_RETURN_IF_ERROR(login->Read());
  return login;
}

Login::Stamps Login::StampsNow() const {
  return {FileStamp::Of(files_.tokens), FileStamp::Of(files_.users)};
}

Status Login::Read() {
  auto known = std::make_shared<Known>();
  if (!files_.tokens.empty()) {
    Result<std::vector<Token>> tokens = ReadTokens(files_.tokens);
    if (!tokens.ok()) return tokens.status();
    known->tokens = std::move(tokens).value();
  }
  if (!files_.users.empty()) {
    Result<std::vector<User>> users = ReadUsers(files_.users);
    if (!users.ok()) return users.status();
    known->users = std::move(users).value();
  }
  const MutexLock lock(mutex_);
  known_ = std::move(known);
  remembered_.clear();
  return Status::Ok();
}

void Login::FollowFiles() {
  const Stamps now = StampsNow();
  if (now == read_) return;
  read_ = now;
  const Status status = Read();
  if (!status.ok()) {
    log::Error("who may ask the private listener stays as it is: {}", status.message());
    return;
  }
  const auto known = Current();
  log::Info("who may ask the private listener is read again: tokens: {}, users: {}",
            known->tokens.size(), known->users.size());
}

std::shared_ptr<const Login::Known> Login::Current() const {
  const MutexLock lock(mutex_);
  return known_;
}

std::optional<HttpResponse> Login::Refuse(const HttpRequest& head, Scope scope) {
  return Judge(head, scope, Patience::kNone);
}

std::optional<HttpResponse> Login::Check(const HttpRequest& head, Scope scope) {
  return Judge(head, scope, Patience::kUntilChecked);
}

std::optional<HttpResponse> Login::Judge(const HttpRequest& head, Scope scope, Patience patience) {
  const std::optional<std::string_view> header = head.Header("Authorization");
  if (!header) return Unauthorized("log in: a user and a password, or a token");
  if (header->size() > kMostHeaderBytes) return Unauthorized("Authorization is too long");
  if (const auto token = After("Bearer", *header)) return JudgeToken(head, *token, scope);
  const auto encoded = After("Basic", *header);
  const std::optional<NameAndPassword> basic = encoded ? ReadBasic(*encoded) : std::nullopt;
  if (!basic) return Unauthorized("Authorization is neither Basic nor Bearer");
  if (basic->password.starts_with(kTokenBegin)) return JudgeToken(head, basic->password, scope);
  return JudgePassword(head, basic->name, basic->password, patience);
}

std::optional<HttpResponse> Login::JudgeToken(const HttpRequest& head, std::string_view token,
                                              Scope scope) {
  const TokenHash hash = HashToken(token);
  const auto known = Current();
  const Token* found = nullptr;
  for (const Token& one : known->tokens) {
    if (CRYPTO_memcmp(one.hash.data(), hash.data(), hash.size()) == 0) found = &one;
  }
  if (found == nullptr) return Fail(head, wrong_tokens_, "a wrong token");
  if (found->expires && *found->expires <= clock_.Now()) {
    return Fail(head, wrong_tokens_, "token " + found->name + ", which has expired,");
  }
  if ((found->scopes & (scope | kAdmin)) != 0) return std::nullopt;
  return HttpResponse::Text(
      403, "the token may only " + ScopeNames(found->scopes) + "; this wants " + ScopeNames(scope));
}

std::optional<HttpResponse> Login::JudgePassword(const HttpRequest& head, const std::string& name,
                                                 const std::string& password, Patience patience) {
  if (IsRemembered(name, DigestOf(password))) return std::nullopt;
  if (auto refusal = RefuseAfterFailures(head.sender)) return refusal;
  if (Current()->users.empty()) return Fail(head, wrong_passwords_, "a wrong password");
  if (patience == Patience::kNone) return std::nullopt;
  return CheckPassword(head, name, password);
}

std::optional<HttpResponse> Login::CheckPassword(const HttpRequest& head, const std::string& name,
                                                 const std::string& password) {
  {
    const MutexLock lock(mutex_);
    if (waiting_ >= kMostWaiting) return BusyAnswer("too many passwords to check at once");
    ++waiting_;
  }
  const auto done = [this] {
    const MutexLock lock(mutex_);
    --waiting_;
  };
  const MutexLock turn(turn_);
  // It may have been checked meanwhile for another request.
  const Digest digest = DigestOf(password);
  if (IsRemembered(name, digest)) return done(), std::nullopt;
  if (auto refusal = RefuseAfterFailures(head.sender)) return done(), refusal;
  const auto known = Current();
  const auto user = std::find_if(known->users.begin(), known->users.end(),
                                 [&](const User& one) { return one.name == name; });
  const bool is_known = user != known->users.end();
  // An unknown name takes as long as a known one.
  const bool is_right =
      !known->users.empty() && IsPasswordOf(is_known ? *user : known->users.front(), password);
  done();
  if (!is_known || !is_right) {
    return Fail(head, wrong_passwords_,
                is_known ? "a wrong password of user " + QuoteWord(name)
                         : "a password of a user who is not known");
  }
  const MutexLock lock(mutex_);
  // Unless the files have changed meanwhile.
  if (known_ == known) remembered_[name] = digest;
  return std::nullopt;
}

bool Login::IsRemembered(const std::string& name, const Digest& password) const {
  const MutexLock lock(mutex_);
  const auto found = remembered_.find(name);
  return found != remembered_.end() &&
         CRYPTO_memcmp(found->second.data(), password.data(), password.size()) == 0;
}

Login::Digest Login::DigestOf(std::string_view password) const {
  Digest digest{};
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
       reinterpret_cast<const unsigned char*>(password.data()), password.size(), digest.data(),
       nullptr);
  return digest;
}

HttpResponse Login::Fail(const HttpRequest& head, metrics::Counter& kind, const std::string& what) {
  if (auto refusal = RefuseAfterFailures(head.sender)) return *std::move(refusal);
  kind.Add();
  bool is_told = false;
  {
    const MutexLock lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    failures_.Take(head.sender, now);
    is_told = told_.Take(head.sender, now);
  }
  if (is_told) {
    log::Warn("{} from {} at the private listener; more of it within a minute is only counted",
              what, PrefixText(head.sender));
  }
  return Unauthorized("that is not a login that is known here");
}

std::optional<HttpResponse> Login::RefuseAfterFailures(uint64_t sender) {
  milliseconds wait{0};
  {
    const MutexLock lock(mutex_);
    wait = failures_.Wait(sender, std::chrono::steady_clock::now());
  }
  if (wait.count() == 0) return std::nullopt;
  limited_.Add();
  HttpResponse response = HttpResponse::Text(429, "too many failed logins from this address");
  response.headers.push_back(
      {"Retry-After", std::to_string(std::chrono::ceil<seconds>(wait).count())});
  return response;
}

}  // namespace rollcall::http
