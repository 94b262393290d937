// The check of the tables of records: whether each row can be read, and whether the index by
// machine, the columns and the dictionaries say what the records say. For table_check.cc; one
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "storage/records.h"
#include "storage/stores.h"

namespace rollcall::counts {

class RecordCheck {
 public:
  // Calls `fault` with one line for each fault that Finish finds. All must outlive it.
  RecordCheck(storage::Stores& stores, const storage::Snapshot& snapshot,
              const std::function<void(const std::string&)>& fault);

  // Returns what is wrong with a row of one of the tables of records; nullopt: nothing.
  std::optional<std::string> WrongWith(storage::Table table, std::string_view key,
                                       std::string_view value);
  // Compares the tables with each other, once all rows were read.
  void Finish();

 private:
  std::optional<std::string> Row(std::string_view key, std::string_view value);
  std::optional<std::string> Machine(std::string_view key, std::string_view value);
  std::optional<std::string> Column(std::string_view key, std::string_view value);
  std::optional<std::string> Groups(std::string_view key, std::string_view value) const;
  std::optional<std::string> Entry(storage::Table table, const storage::ByteDictionary& dictionary,
                                   std::string_view key, std::string_view value) const;
  // Names the rows by which the index and the records differ.
  Status FindIndexFaults();
  Status CheckBlock(uint64_t block);
  // The value of a row that must be there; "" where it is not, or cannot be read.
  std::string Get(storage::Table table, const std::string& key) const;

  storage::Records& records_;
  const storage::Store& store_;
  const storage::Snapshot& snapshot_;
  const std::function<void(const std::string&)>& fault_;
  // Sums of the hashes of index keys, as the records and as the index say.
  Hash128 wanted_keys_;
  Hash128 index_keys_;
  std::set<uint64_t> blocks_;  // that have records or columns
};

}  // namespace rollcall::counts
