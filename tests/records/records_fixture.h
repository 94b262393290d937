// A store in a directory of a test's own with a writer of records, and a clock that the test sets.
// Owned by the test; its thread.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "metrics/registry.h"
#include "records/record_writer.h"
#include "storage/records.h"
#include "storage/stores.h"
#include "tests/support/manual_clock.h"
#include "tests/support/records.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {

class RecordsTest : public ::testing::Test {
 protected:
  RecordsTest() { Open(); }
  ~RecordsTest() override { writer_.reset(); }

  void Open(uint64_t min_free_bytes = 0) {
    writer_.reset();
    stores_.reset();
    storage::StoreOptions options;
    options.directory = dir_.path();
    options.min_free_bytes = min_free_bytes;
    auto opened = storage::Stores::Open(options);
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    stores_ = std::move(*opened);
    writer_ = std::make_unique<records::RecordWriter>(*stores_, clock_, registry_);
  }
  storage::Records& records() { return stores_->records(); }
  uint64_t Count(const std::string& outcome) {
    return registry_.GetCounter("rollcall_records_total", "", {{"outcome", outcome}}).value();
  }

  TempDir dir_;
  ManualClock clock_{kRecordNoon};
  metrics::Registry registry_;
  std::unique_ptr<storage::Stores> stores_;
  std::unique_ptr<records::RecordWriter> writer_;
};

}  // namespace rollcall::test
