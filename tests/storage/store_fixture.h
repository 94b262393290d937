// A store in a directory of a test's own, with the verbs that the tests of storage share.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "storage/stores.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() { Open(); }

  static storage::StoreOptions OptionsFor(const std::string& directory) {
    storage::StoreOptions options;
    options.directory = directory;
    options.block_cache_bytes = 1024 * 1024;
    options.write_buffer_bytes = 4 * 1024 * 1024;
    return options;
  }

  void Open() { OpenWith(OptionsFor(dir_.path())); }
  void OpenWith(const storage::StoreOptions& options) {
    auto opened = storage::Stores::Open(options);
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    stores_ = std::move(opened).value();
  }
  void Close() { stores_.reset(); }
  void Reopen() {
    Close();
    Open();
  }

  // What opening the directory says; Ok where it opens.
  Status OpenStatus() const {
    const auto opened = storage::Stores::Open(OptionsFor(dir_.path()));
    return opened.ok() ? Status::Ok() : opened.status();
  }

  storage::Store& store() { return stores_->store(); }
  storage::Stores& stores() { return *stores_; }
  const std::string& directory() const { return dir_.path(); }

  // Fills a transaction and commits it.
  template <typename Fill>
  void Commit(Fill fill) {
    storage::Transaction transaction(store());
    fill(transaction);
    const Status status = transaction.Commit();
    ASSERT_TRUE(status.ok()) << status.message();
  }
  void Put(storage::Table table, const std::string& key, const std::string& value) {
    Commit([&](storage::Transaction& transaction) { transaction.Put(table, key, value); });
  }
  void PutNumber(const std::string& name, uint64_t v) {
    Commit([&](storage::Transaction& transaction) { transaction.PutNumber(name, v); });
  }

  // A value; "(none)" where there is no such key.
  std::string Get(storage::Table table, const std::string& key,
                  const storage::Snapshot* snapshot = nullptr) {
    const auto value = store().Get(table, key, snapshot);
    if (!value.ok()) return "failed: " + value.status().message();
    return value->value_or("(none)");
  }
  // "a=1 b=2": the keys from `begin` to before `end` with their values.
  std::string ScanText(storage::Table table, const std::string& begin, const std::string& end,
                       const storage::Snapshot* snapshot = nullptr) {
    std::string text;
    storage::Scan scan = store().NewScan(table, begin, end, snapshot);
    for (; scan.Valid(); scan.Next()) {
      if (!text.empty()) text += ' ';
      text += std::string(scan.key()) + "=" + std::string(scan.value());
    }
    EXPECT_TRUE(scan.status().ok()) << scan.status().message();
    return text;
  }

 private:
  TempDir dir_;
  std::unique_ptr<storage::Stores> stores_;
};

}  // namespace rollcall::test
