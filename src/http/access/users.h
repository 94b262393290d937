// Users with passwords, in the form of Prometheus' web configuration file, and the check of a
// password. Of that file `basic_auth_users` is taken, a map from names to bcrypt hashes, as YAML or
// as JSON:
//
//   basic_auth_users:
//     alice: $2b$10$…            # also in quotes, and in a flow map: {alice: …, bob: …}
//
// Nothing else of YAML is: no anchors, tags, block texts or documents. Other keys of the web
// configuration are refused, for what they ask for would not happen. Pure functions but for
// ReadUsers, which reads a file; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace rollcall::http {

struct User {
  std::string name;
  std::string hash;  // bcrypt
};

// Reads the text of a file. InvalidArgument: the message names the line and never has a hash.
Result<std::vector<User>> ParseUsers(std::string_view text);

// Reads the file. FailedPrecondition: it cannot be read. Otherwise as ParseUsers, with its name.
Result<std::vector<User>> ReadUsers(const std::string& path);

// Returns whether it is the user's password. Takes some 50 ms with a cost of 10, and twice as much
// with each 1 more.
bool IsPasswordOf(const User& user, const std::string& password);

}  // namespace rollcall::http
