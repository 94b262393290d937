// The credentials that go with what is forwarded: a user with a password, or a bearer token, which
// are read from files anew for each request, so that they may change at any time.
//
// Owned by the forwarder; its thread only.
#pragma once

#include <string>

#include "base/status.h"

namespace rollcall::forward {

struct CredentialsOptions {
  // All empty: no credentials are sent. Either the first two or the third.
  std::string username;
  std::string password_file;
  std::string bearer_token_file;
};

class Credentials {
 public:
  // InvalidArgument: the options contradict one another. FailedPrecondition: a file cannot be read,
  // or holds what cannot be sent.
  static Result<Credentials> Make(const CredentialsOptions& options);

  // The value of the Authorization header; empty where there is none to be sent. A file that cannot
  // be read any more is told once, and what it last held is sent.
  const std::string& Authorization();

 private:
  explicit Credentials(const CredentialsOptions& options) : options_(options) {}
  Status Read();

  CredentialsOptions options_;
  std::string authorization_;
  bool stale_ = false;
};

}  // namespace rollcall::forward
