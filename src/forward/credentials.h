// The credentials sent with forwarded reports: a user name and a password, or a bearer token. Their
// files are read anew for each request, so they may change at any time.
//
// Owned by the forwarder; its thread only.
#pragma once

#include <string>

#include "base/status.h"

namespace rollcall::forward {

struct CredentialsOptions {
  // Either the first two are set or the third; with all of them empty no credentials are sent.
  std::string username;
  std::string password_file;
  std::string bearer_token_file;
};

class Credentials {
 public:
  // InvalidArgument: the options contradict one another. FailedPrecondition: a file cannot be read,
  // or holds something that cannot be sent in a header.
  static Result<Credentials> Make(const CredentialsOptions& options);

  // Returns the value of the Authorization header; empty where none is to be sent. Where the file
  // can no longer be read, logs that once and keeps returning what was read last.
  const std::string& Authorization();

 private:
  explicit Credentials(const CredentialsOptions& options) : options_(options) {}
  Status Read();

  CredentialsOptions options_;
  std::string authorization_;
  bool stale_ = false;
};

}  // namespace rollcall::forward
