// Who may ask the private listener: bearer tokens and users with passwords, both from files that
// are read again when they change. A browser asks its user for a name and a password; there a token
// may stand as the password, with any name. Owned by whoever serves. FollowFiles is for one thread
// at a time; the rest is thread-safe.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/rate_table.h"
#include "base/status.h"
#include "http/access/tokens.h"
#include "http/access/users.h"
#include "http/server/file_stamp.h"
#include "http/server/message.h"
#include "metrics/registry.h"

namespace rollcall::http {

// At least one of them is set where a login is required.
struct LoginFiles {
  std::string tokens;  // as `rollcall token` writes it
  std::string users;   // in the form of Prometheus' web configuration

  bool empty() const { return tokens.empty() && users.empty(); }
};

class Login {
 public:
  // FailedPrecondition, InvalidArgument: a file cannot be read, or is wrong; the message names it.
  // `clock` and `registry` must outlive this object.
  static Result<std::unique_ptr<Login>> Load(const LoginFiles& files, const Clock& clock,
                                             metrics::Registry& registry);

  // Reads the files again if they have changed. Bad ones leave in force what is, and one line in
  // the log says why.
  void FollowFiles();

  // Returns the answer to a request that may not be: 401 where nobody has logged in, 403 where the
  // token does not have the scope, 429 after too many failures of the same sender. Returns nullopt
  // where the request may be, and where only its password is left to be checked, which takes too
  // long for the loop: Check does.
  std::optional<HttpResponse> Refuse(const HttpRequest& head, Scope scope);
  // The same, and checks passwords. Passwords are checked one at a time: 503 where too many wait.
  std::optional<HttpResponse> Check(const HttpRequest& head, Scope scope);

 private:
  using Digest = std::array<unsigned char, 32>;
  using Stamps = std::array<FileStamp, 2>;
  struct Known {
    std::vector<Token> tokens;
    std::vector<User> users;
  };
  using TimePoint = RateTable::TimePoint;
  enum class Patience { kNone, kUntilChecked };

  Login(LoginFiles files, const Clock& clock, metrics::Registry& registry);
  Stamps StampsNow() const;
  Status Read() EXCLUDES(mutex_);
  std::shared_ptr<const Known> Current() const EXCLUDES(mutex_);

  std::optional<HttpResponse> Judge(const HttpRequest& head, Scope scope, Patience patience);
  std::optional<HttpResponse> JudgeToken(const HttpRequest& head, std::string_view token,
                                         Scope scope);
  std::optional<HttpResponse> JudgePassword(const HttpRequest& head, const std::string& name,
                                            const std::string& password, Patience patience);
  // Waits for its turn and checks the password.
  std::optional<HttpResponse> CheckPassword(const HttpRequest& head, const std::string& name,
                                            const std::string& password) EXCLUDES(turn_);
  bool IsRemembered(const std::string& name, const Digest& password) const EXCLUDES(mutex_);
  Digest DigestOf(std::string_view password) const;
  // Counts and logs a failure, and returns the answer to it. `what` never has the secret.
  HttpResponse Fail(const HttpRequest& head, metrics::Counter& kind, const std::string& what)
      EXCLUDES(mutex_);
  // Returns a 429 where the sender has failed too often lately.
  std::optional<HttpResponse> RefuseAfterFailures(uint64_t sender) EXCLUDES(mutex_);

  const LoginFiles files_;
  const Clock& clock_;
  metrics::Counter& wrong_passwords_;
  metrics::Counter& wrong_tokens_;
  metrics::Counter& limited_;
  Stamps read_;   // of the last reading, good or bad
  Digest key_{};  // random; no password is remembered as such

  Mutex turn_;  // held while a password is checked
  mutable Mutex mutex_;
  std::shared_ptr<const Known> known_ GUARDED_BY(mutex_);
  // By user, a digest of the password that was right. Forgotten when the files change.
  std::map<std::string, Digest> remembered_ GUARDED_BY(mutex_);
  size_t waiting_ GUARDED_BY(mutex_) = 0;  // for turn_, or holding it
  RateTable failures_ GUARDED_BY(mutex_);
  RateTable told_ GUARDED_BY(mutex_);  // failures that were logged
};

}  // namespace rollcall::http
