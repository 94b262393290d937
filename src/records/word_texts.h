// The texts that refs in columns stand for, and tests of them that are made once for each. Used
// while a view is made; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/status.h"
#include "records/source.h"

namespace rollcall::records {

class WordTexts {
 public:
  // `source` must outlive this object.
  explicit WordTexts(const Source& source) : source_(source) {}

  // Returns the text of a WordRef; valid as long as this object. Fails as ByteDictionary::BytesOf.
  Result<std::string_view> Of(uint64_t ref);

 private:
  const Source& source_;
  std::unordered_map<uint64_t, std::shared_ptr<const std::string>> texts_;
};

class WordTest {
 public:
  using Test = std::function<bool(std::string_view text)>;
  WordTest(const Source& source, Test test) : texts_(source), test_(std::move(test)) {}

  // Takes the bits of slots whose text does not pass the test. Fails as WordTexts::Of.
  Status Keep(const storage::ColumnView& column, storage::BlockBits& slots);

 private:
  Result<bool> Passes(uint64_t ref);

  WordTexts texts_;
  const Test test_;
  std::unordered_map<uint64_t, bool> passed_;
};

// How often each value comes.
using ValueCounts = std::unordered_map<uint64_t, uint64_t>;

// Adds the values that a column has in these slots to `counts`.
void CountValues(const storage::ColumnView& column, const storage::BlockBits& slots,
                 ValueCounts& counts);

}  // namespace rollcall::records
