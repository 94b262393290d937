#include "cli/server_client.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

namespace rollcall::cli {

Result<http::HttpClientOptions> ServerClient(const MoveOptions& options) {
  http::HttpClientOptions client;
  if (options.server_token_file.empty()) return client;
  std::ifstream file(options.server_token_file);
  std::string token;
  if (!file.is_open()) {
    return Status::FailedPrecondition("read " + options.server_token_file + ": " +
                                      std::strerror(errno));
  }
  if (!(file >> token)) {
    return Status::FailedPrecondition("read " + options.server_token_file + ": it has no token");
  }
  client.authorization = "Bearer " + token;
  client.max_redirects = 0;  // the token is for this server
  return client;
}

}  // namespace rollcall::cli
