// Records made up for tests, and the way to store them without a server.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "model/record.h"
#include "storage/records.h"
#include "storage/stores.h"
#include "storage/transaction.h"

namespace rollcall::test {

// 2026-03-07 12:00:00.
inline constexpr UnixSeconds kRecordNoon{std::chrono::seconds(1'772'884'800)};

// A heartbeat of version 4; a test changes what matters to it.
inline Record Heartbeat() {
  Record record;
  record.version = 4;
  record.severity = 1;
  record.payload_version = 1;
  record.capture = kRecordNoon - std::chrono::seconds(60);
  record.reception = kRecordNoon;
  record.machine_id = "66c196ce4222dd761470da5e7e35f6f1";
  record.classification = "org.clearlinux/heartbeat/ping";
  record.build = "41000";
  record.arch = "x86_64";
  record.host_type = "innotek GmbH|VirtualBox|1.2";
  record.kernel_version = "6.6.1-1380.native";
  record.system_name = "clear-linux-os";
  record.board_name = "VirtualBox|Oracle Corporation";
  record.cpu_model = "Intel(R) Core(TM) i7-8650U CPU @ 1.90GHz";
  record.bios_version = "VirtualBox";
  record.event_id = "0123456789abcdef0123456789abcdef";
  record.payload = "hello\n";
  return record;
}

// Stores the records in one transaction, and returns them as they were stored: with their ids.
inline std::vector<Record> Store(storage::Stores& stores, std::vector<Record> records) {
  storage::Transaction transaction(stores.store());
  for (Record& record : records) {
    const Status status = stores.records().Append(record, transaction);
    EXPECT_TRUE(status.ok()) << status.message();
  }
  const Status status = transaction.Commit();
  EXPECT_TRUE(status.ok()) << status.message();
  return records;
}
inline Record Store(storage::Stores& stores, Record record) {
  std::vector<Record> one;
  one.push_back(std::move(record));
  return Store(stores, std::move(one)).front();
}

}  // namespace rollcall::test
