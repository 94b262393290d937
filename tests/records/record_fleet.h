// A store with records in it, and the same records in a vector: what a view says of the first must
// be what a test counts in the second. One thread.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/civil_time.h"
#include "model/record.h"
#include "records/record_stack.h"
#include "records/source.h"
#include "storage/stores.h"
#include "tests/support/temp_dir.h"

namespace rollcall::records {

inline constexpr UnixSeconds kNow{
    std::chrono::seconds(1'773'144'000)};  // 2026-03-10 12:00, Tuesday

class RecordFleet {
 public:
  RecordFleet() {
    storage::StoreOptions options;
    options.directory = directory_.path();
    options.min_free_bytes = 0;
    auto stores = storage::Stores::Open(options);
    EXPECT_TRUE(stores.ok()) << stores.status().message();
    stores_ = std::move(stores).value();
    stores_->records().SetStackOf(StackOf);
  }

  // Stores records, in their order, which must be that of their reception.
  void Add(std::vector<Record> records) {
    for (size_t at = 0; at < records.size();) {
      storage::Transaction transaction(stores_->store());
      const size_t end = std::min(at + 5'000, records.size());
      for (; at < end; ++at) {
        const Status status = stores_->records().Append(records[at], transaction);
        ASSERT_TRUE(status.ok()) << status.message();
      }
      const Status status = transaction.CommitUnsynced();
      ASSERT_TRUE(status.ok()) << status.message();
    }
    std::move(records.begin(), records.end(), std::back_inserter(all_));
  }

  // All of them as they are stored, the oldest first.
  const std::vector<Record>& all() const { return all_; }
  Source source() const { return {stores_->records(), stores_->records().View()}; }
  storage::Stores& stores() { return *stores_; }

 private:
  const test::TempDir directory_;
  std::unique_ptr<storage::Stores> stores_;
  std::vector<Record> all_;
};

// Returns a record of an hour ago that lacks nothing.
inline Record SomeRecord() {
  Record record;
  record.version = 4;
  record.severity = 1;
  record.capture = kNow - std::chrono::hours(1);
  record.reception = record.capture;
  record.machine_id = "0123456789abcdef0123456789abcdef";
  record.classification = "org.clearlinux/hello/world";
  record.build = "41000";
  record.arch = "x86_64";
  record.host_type = "blank|blank|blank";
  record.kernel_version = "6.1.0";
  record.system_name = "clear-linux-os";
  record.payload = "hello\n";
  return record;
}

// Returns records at random, over the 40 days up to kNow: of all classes that views know, with
// clocks that are wrong now and then, odd builds and payloads.
inline std::vector<Record> RandomRecords(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto pick = [&](const auto& from) { return from[random() % from.size()]; };
  const std::vector<std::string> classes{"org.clearlinux/heartbeat/ping",
                                         "org.clearlinux/heartbeat/ping",
                                         "org.clearlinux/heartbeat/ping",
                                         "org.clearlinux/heartbeat/ping",
                                         "org.clearlinux/crash/clr",
                                         "org.clearlinux/crash/clr",
                                         "org.clearlinux/kernel/bug",
                                         "org.clearlinux/kernel/warning",
                                         "org.clearlinux/kernel/stackoverflow",
                                         "org.clearlinux/crash/unknown",
                                         "org.clearlinux/mce/corrected",
                                         "org.clearlinux/mce/SRAO",
                                         "org.clearlinux/mce/SRAR",
                                         "org.clearlinux/mce/UCNA",
                                         "org.clearlinux/mce/thermal",
                                         "org.clearlinux/hello/world"};
  const std::vector<std::string> builds{"41000", "41010",  "41020",   "41030", "41040",
                                        "41050", "41060",  "41070",   "41080", "41090",
                                        "9",     "100001", "0041090", "22.04", "16.04"};
  const std::vector<std::string> systems{"clear-linux-os", "clear-linux-os", "clear-linux-os",
                                         "debian"};
  const std::vector<std::string> hosts{"Dell|XPS|1", "blank|blank|blank", "QEMU|pc|2"};
  const std::vector<std::string> functions{"abort()", "raise()", "???",     "? one",
                                           "? two",   "main()",  "run()",   "_ZN3app3runEi()",
                                           "draw()",  "poll()",  "start()", "gone()"};
  const std::vector<std::string> modules{"libc.so.6", "app", "kernel"};
  const std::vector<std::string> statuses{"8c00004000010090", "b200000000070F0F", "12"};
  std::vector<Record> records(count);
  for (size_t i = 0; i < count; ++i) {
    Record& record = records[i];
    record = SomeRecord();
    record.severity = static_cast<uint8_t>(random() % 4 + 1);
    record.external = random() % 3 == 0;
    const auto age = std::chrono::seconds(40 * 86'400 * (count - i) / count);
    record.reception = kNow - age;
    record.capture = record.reception - std::chrono::seconds(random() % 7'200);
    if (random() % 50 == 0) record.capture = kNow - std::chrono::seconds(random() % 60'000'000);
    if (random() % 100 == 0) record.capture = kNow + std::chrono::seconds(random() % 100'000'000);
    if (random() % 200 == 0) record.capture = UnixSeconds();
    record.machine_id = "machine" + std::to_string(random() % 300);
    record.classification = pick(classes);
    record.build = pick(builds);
    record.system_name = pick(systems);
    record.host_type = pick(hosts);
    record.kernel_version = "6.1." + std::to_string(random() % 4);
    if (record.classification.find("/mce/") != std::string::npos) {
      record.payload = "MCE\nSTATUS " + pick(statuses) + " MCGSTATUS 0\n";
    } else if (record.classification.find("/crash/") != std::string::npos ||
               record.classification.find("/kernel/") != std::string::npos) {
      record.payload = "Process: app\nPID: " + std::to_string(i) + "\nSignal: 11\n\n";
      record.payload += "Backtrace (TID 1):\n";
      const size_t frames = random() % 4;
      for (size_t f = 0; f < frames; ++f) {
        std::string function = pick(functions);
        if (function == "start()" && record.build < "41070") function = "abort()";
        const bool is_old = record.build < "41040" && record.build > "1";
        if (function == "gone()" && !is_old) function = "abort()";
        record.payload += "#" + std::to_string(f) + " " + function + " - [" + pick(modules) +
                          "] - a.c:" + std::to_string(random() % 9) + "\n";
      }
    } else {
      record.payload = "unit " + std::to_string(random() % 12) + " failed\n";
    }
  }
  return records;
}

// Returns a fleet of such records, for all tests of a file: it lives until the process ends.
inline const RecordFleet& NewRandomFleet(size_t count, uint64_t seed) {
  auto* const fleet = new RecordFleet();
  fleet->Add(RandomRecords(count, seed));
  return *fleet;
}

}  // namespace rollcall::records
