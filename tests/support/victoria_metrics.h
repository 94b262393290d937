// A real single-node VictoriaMetrics, from Debian's package, as a child of the test. It has a
// loopback port and a directory of its own, which it keeps when it is started again. Owned by the
// test; for its main thread.
#pragma once

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/free_port.h"
#include "tests/support/raw_http.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {

class VictoriaMetrics {
 public:
  struct Reply {
    int status = 0;  // 0: no answer
    std::string body;
  };

  // Starts it and waits until it answers. `args` are added to those of every run.
  explicit VictoriaMetrics(std::vector<std::string> args = {}) : args_(std::move(args)) { Start(); }
  ~VictoriaMetrics() { Kill(); }
  VictoriaMetrics(const VictoriaMetrics&) = delete;
  VictoriaMetrics& operator=(const VictoriaMetrics&) = delete;

  int port() const { return port_; }
  // Returns "http://127.0.0.1:1234" followed by `path`.
  std::string Url(const std::string& path = "") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  std::string ImportUrl() const { return Url("/api/v1/import/prometheus"); }
  bool running() const { return process_ != nullptr; }

  // Starts it and waits until it answers; after Stop or Kill, with the same data and at the
  // same port.
  void Start() {
    const bool new_port = port_ == 0;
    for (int tries = 0; tries < 10; ++tries) {
      if (new_port) port_ = FreePort();
      ChildOptions options;
      options.args = {
          Binary(), "-storageDataPath=" + dir_.path() + "/data",
          "-httpListenAddr=127.0.0.1:" + std::to_string(port_),
          // Retention in months. No sample of a test is too old to be kept, or too new for queries.
          "-retentionPeriod=1200", "-search.latencyOffset=0s", "-search.disableCache",
          "-loggerLevel=WARN", "-memory.allowedBytes=256MB"};
      options.args.insert(options.args.end(), args_.begin(), args_.end());
      process_ = std::make_unique<ChildProcess>(options);
      if (AwaitHealth()) return;
      Kill();
    }
    ADD_FAILURE() << "VictoriaMetrics does not start: " << Binary() << " at port " << port_;
  }
  // Stops it properly: all that it took in is on disk.
  void Stop() { End(SIGINT); }
  // Kills it: what it has not written out yet is lost, as after a power cut.
  void Kill() { End(SIGKILL); }

  // Makes what it took in visible to queries and exports. A kill still loses the last seconds
  // of it.
  void Flush() const { EXPECT_EQ(Get("/internal/force_flush").status, 200); }

  // Imports text lines with timestamps in milliseconds. Returns the status; 204 is success.
  int Import(const std::string& body) const {
    return Ask("POST /api/v1/import/prometheus", body).status;
  }
  // Returns all samples of the series that match, as JSON lines. Gives an `end` because without one
  // the samples of the last second would be left out.
  std::string Export(const std::string& match) const {
    const Reply reply = Get("/api/v1/export?start=0&end=4102444800&match[]=" + Escape(match));
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.body;
  }
  // Evaluates an instant query at a Unix time in seconds and returns the answer's JSON.
  std::string Query(const std::string& query, long long time) const {
    const Reply reply =
        Get("/api/v1/query?query=" + Escape(query) + "&time=" + std::to_string(time));
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.body;
  }
  Reply Get(const std::string& target) const { return Ask("GET " + target, ""); }

  // Returns `text` with each byte that is not a letter or a digit as %XX.
  static std::string Escape(const std::string& text) {
    std::string escaped;
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (std::isalnum(byte) != 0) {
        escaped += c;
      } else {
        escaped += {'%', "0123456789ABCDEF"[byte >> 4], "0123456789ABCDEF"[byte & 15]};
      }
    }
    return escaped;
  }

 private:
  static std::string Binary() { return "/usr/bin/victoria-metrics"; }

  // Waits until it answers. Returns false where the process ended, as it does where its port is
  // taken, or kPatience is over.
  bool AwaitHealth() const {
    const auto deadline = std::chrono::steady_clock::now() + ChildProcess::kPatience;
    while (std::chrono::steady_clock::now() < deadline) {
      if (Get("/health").status == 200) return true;
      siginfo_t ended{};
      waitid(P_PID, static_cast<id_t>(process_->pid()), &ended, WEXITED | WNOHANG | WNOWAIT);
      if (ended.si_pid != 0) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }

  void End(int signal) {
    if (process_) process_->End(signal);
    process_.reset();
  }

  // Asks by HTTP/1.0, so that the answer is not chunked and ends with the connection.
  Reply Ask(const std::string& method_and_target, const std::string& body) const {
    test::RawClient client(port_);
    const std::string head =
        method_and_target +
        " HTTP/1.0\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n";
    if (!client.connected() || !client.Send(head) || !client.Send(body)) return {};
    const std::string answer = client.ReadAll();
    const size_t end = answer.find("\r\n\r\n");
    if (!answer.starts_with("HTTP/1.") || end == std::string::npos) return {};
    return {std::atoi(answer.c_str() + 9), answer.substr(end + 4)};
  }

  const std::vector<std::string> args_;
  TempDir dir_;
  int port_ = 0;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace rollcall::test
