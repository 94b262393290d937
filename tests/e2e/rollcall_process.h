// The rollcall binary as users run it: a process of its own, its ports read from what it prints. It
// never fetches an app list unless a test gives it a URL, and listens on loopback only.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/http_client.h"

namespace rollcall::test {

inline ChildOptions RollcallOptions(std::vector<std::string> args) {
  ChildOptions options;
  options.args = std::move(args);
  options.args.insert(options.args.begin(), ROLLCALL_BINARY);
  options.variables = {{"ROLLCALL_APP_LIST_URL", ""},
                       {"ROLLCALL_LISTEN_ADDR", "127.0.0.1:0"},
                       {"ROLLCALL_PRIVATE_LISTEN_ADDR", "127.0.0.1:0"}};
  return options;
}

// A run that ends by itself.
struct Finished {
  ExitCode code;
  std::string out;
  std::string err;
};

inline Finished RunToEnd(const ChildOptions& options) {
  ChildProcess process(options);
  const ExitCode code = process.Wait();
  return {code, process.out(), process.err()};
}
inline Finished RunToEnd(std::vector<std::string> args) {
  return RunToEnd(RollcallOptions(std::move(args)));
}

// "" where the store in a directory agrees with itself, else what `rollcall verify` says.
inline std::string Verify(const std::string& data_dir) {
  const Finished verify = RunToEnd({"verify", "--data-dir", data_dir});
  return verify.code == 0 ? "" : std::to_string(verify.code) + ": " + verify.out + verify.err;
}

// A process that serves, from its welcome on.
class RollcallProcess {
 public:
  explicit RollcallProcess(const ChildOptions& options) : process_(options) {
    EXPECT_TRUE(process_.AwaitOut("/metrics\n")) << process_.err();
    public_port_ = PortAfter("  Open     ");
    private_port_ = PortAfter("  Metrics  ");
  }
  static ChildOptions Serving(const std::string& data_dir, std::vector<std::string> args = {}) {
    args.insert(args.begin(), {"serve", "--data-dir", data_dir});
    return RollcallOptions(std::move(args));
  }

  int public_port() const { return public_port_; }
  int private_port() const { return private_port_; }
  ChildProcess& process() { return process_; }
  HttpClient Public() const { return HttpClient(public_port_); }
  HttpClient Private() const { return HttpClient(private_port_); }
  ExitCode Stop() { return process_.End(SIGTERM); }
  void Kill() { process_.End(SIGKILL); }

 private:
  // Of the address on the line that begins so, be it http or https.
  int PortAfter(const std::string& text) const {
    const std::string out = process_.out();
    constexpr std::string_view kHost = "://localhost:";
    const size_t at = out.find(kHost, out.find(text));
    return at == std::string::npos ? 0 : std::atoi(out.c_str() + at + kHost.size());
  }

  ChildProcess process_;
  int public_port_ = 0;
  int private_port_ = 0;
};

}  // namespace rollcall::test
