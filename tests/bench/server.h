// The servers that are measured, each a process of its own on loopback with a folder of its
// own. Owned by the bench that runs them; main thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "tests/bench/child.h"

namespace rollcall::bench {

enum class Product { kRollcall, kVictoria, kPrometheus };

struct HttpReply {
  int status = 0;  // 0: no answer
  std::string body;
};

// One request on a connection of its own.
HttpReply Fetch(int port, const std::string& target);

class Server {
 public:
  static constexpr std::chrono::seconds kPatience{120};

  struct Options {
    Product product;
    std::string binary;
    std::string data_dir;
    std::vector<std::string> args;  // beyond those that every run has
  };

  // Starts it and waits until it says that it is ready. Unavailable: it ended before, or patience
  // did.
  static Result<std::unique_ptr<Server>> Start(const Options& options);
  // Ends it in order.
  ~Server();

  Product product() const { return options_.product; }
  int port() const { return port_; }
  int private_port() const { return private_port_; }
  const std::string& data_dir() const { return options_.data_dir; }
  Child& child() { return *child_; }
  // From before it was started to its first answer that it is ready.
  double ready_seconds() const { return ready_seconds_; }

  // The value of a line of its /metrics, by its name and labels as they stand there; -1: no such
  // line.
  double Metric(const std::string& name_and_labels) const;
  // Waits until rollcall's jobs are through with the closed months and days of Cozystack.
  void AwaitClosedPeriods() const;
  // Ends it in order, with all of its data on disk.
  Status Stop();
  // Ends it as a power cut would, but for what the system holds.
  void Kill();

 private:
  explicit Server(Options options) : options_(std::move(options)) {}
  Status Run();
  Status AwaitReady();

  const Options options_;
  int port_ = 0;
  int private_port_ = 0;
  double ready_seconds_ = 0;
  std::unique_ptr<Child> child_;
};

}  // namespace rollcall::bench
