// A store in a directory of a test's own with a writer of samples, and a clock that the test sets.
// Owned by the test; its thread.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "hosts/sample_writer.h"
#include "metrics/registry.h"
#include "storage/stores.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {

// 2026-03-07 12:00:00.
inline constexpr UnixSeconds kNoon{std::chrono::seconds(1'772'884'800)};

class HostsTest : public ::testing::Test {
 protected:
  HostsTest() { Open(); }
  ~HostsTest() override { writer_.reset(); }

  void Open(uint64_t min_free_bytes = 0) {
    writer_.reset();
    stores_.reset();
    storage::StoreOptions options;
    options.directory = dir_.path();
    options.min_free_bytes = min_free_bytes;
    auto opened = storage::Stores::Open(options);
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    stores_ = std::move(*opened);
    StartWriter();
  }
  void StartWriter() {
    writer_ = std::make_unique<hosts::SampleWriter>(*stores_, clock_, max_hosts_, registry_);
  }

  static HostSamples Of(const std::string& host, std::vector<HostSample> samples) {
    return {HostName::Parse(host).value(), std::move(samples)};
  }
  // A host's stored samples, each second by itself.
  std::vector<HostSample> Stored(const std::string& host) {
    std::vector<HostSample> samples;
    const Status status =
        stores_->hosts().Read(host, kNoon - std::chrono::hours(48), kNoon + std::chrono::hours(48),
                              std::chrono::seconds(1), samples);
    EXPECT_TRUE(status.ok()) << status.message();
    return samples;
  }
  std::vector<std::string> Names() { return stores_->hosts().NamesSince({}); }
  uint64_t Count(const std::string& outcome) {
    return registry_.GetCounter("rollcall_host_samples_total", "", {{"outcome", outcome}}).value();
  }

  TempDir dir_;
  ManualClock clock_{kNoon};
  size_t max_hosts_ = 1'000;
  metrics::Registry registry_;
  std::unique_ptr<storage::Stores> stores_;
  std::unique_ptr<hosts::SampleWriter> writer_;
};

}  // namespace rollcall::test
