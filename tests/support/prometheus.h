// A real Prometheus, from Debian's package, as a child of the test, over samples that are there
// from the start. It has a loopback port and a directory of its own. Owned by the test; for its
// main thread.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/free_port.h"
#include "tests/support/http_client.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {

class Prometheus {
 public:
  // `openmetrics`: the samples, with times. Returns when it answers.
  explicit Prometheus(const std::string& openmetrics) {
    const std::string text = dir_.path() + "/samples";
    const std::string blocks = dir_.path() + "/blocks";
    std::ofstream(text) << openmetrics;
    std::ofstream(dir_.path() + "/prometheus.yml") << "global: {}\n";
    ChildOptions options;
    options.args = {"/usr/bin/promtool", "tsdb", "create-blocks-from", "openmetrics", text, blocks};
    ChildProcess promtool(options);
    EXPECT_EQ(promtool.Wait(), 0) << promtool.err();
    for (int tries = 0; tries < 10; ++tries) {
      const int port = FreePort();
      options.args = {"/usr/bin/prometheus", "--config.file=" + dir_.path() + "/prometheus.yml",
                      "--storage.tsdb.path=" + blocks, "--storage.tsdb.retention.time=100y",
                      "--web.listen-address=127.0.0.1:" + std::to_string(port)};
      process_ = std::make_unique<ChildProcess>(options);
      if (process_->AwaitErr("Server is ready to receive web requests")) {
        client_ = std::make_unique<HttpClient>(port);
        return;
      }
    }
    ADD_FAILURE() << "Prometheus does not start: " << process_->err();
  }

  // Posts a form to a path of the API.
  HttpClient::Reply Post(const std::string& path, const std::string& form) {
    return client_->Ask("POST", "/api/v1/" + path,
                        "Content-Type: application/x-www-form-urlencoded\r\n", &form);
  }

 private:
  TempDir dir_;
  std::unique_ptr<ChildProcess> process_;
  std::unique_ptr<HttpClient> client_;
};

}  // namespace rollcall::test
