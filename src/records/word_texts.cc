#include "records/word_texts.h"

#include <algorithm>
#include <vector>

namespace rollcall::records {
namespace {

using storage::BlockBits;
using storage::ColumnView;

// Of a column without a dictionary, whose values are close together or all different.
constexpr uint64_t kMostTallied = 4096;
// A pass over a column for one value is quick, but not for many of them.
constexpr size_t kMostPasses = 16;

void CountByCode(const ColumnView& column, const BlockBits& slots, ValueCounts& counts) {
  std::vector<uint64_t> tally(column.distinct().size());
  slots.ForEach([&](size_t slot) { ++tally[column.code(slot)]; });
  for (size_t code = 0; code < tally.size(); ++code) {
    if (tally[code] > 0) counts[column.distinct()[code]] += tally[code];
  }
}

}  // namespace

Result<std::string_view> WordTexts::Of(uint64_t ref) {
  std::shared_ptr<const std::string>& text = texts_[ref];
  if (!text) {
    auto read = source_.records.words().BytesOf(static_cast<uint32_t>(ref), &source_.view.snapshot);
    if (!read.ok()) return read.status();
    text = *std::move(read);
  }
  return std::string_view(*text);
}

Result<bool> WordTest::Passes(uint64_t ref) {
  const auto known = passed_.find(ref);
  if (known != passed_.end()) return known->second;
  const Result<std::string_view> text = texts_.Of(ref);
  if (!text.ok()) return text.status();
  return passed_[ref] = test_(*text);
}

Status WordTest::Keep(const ColumnView& column, BlockBits& slots) {
  ValueCounts values;
  CountValues(column, slots, values);
  std::vector<uint64_t> passing;
  for (const auto& [ref, _] : values) {
    const Result<bool> passes = Passes(ref);
    if (!passes.ok()) return passes.status();
    if (*passes) passing.push_back(ref);
  }
  if (passing.size() == values.size()) return Status::Ok();
  BlockBits kept;
  if (passing.size() > kMostPasses) {
    slots.ForEach([&](size_t slot) {
      if (passed_[column[slot]]) kept.Add(slot);
    });
  } else {
    for (const uint64_t ref : passing) {
      BlockBits equal = slots;
      column.KeepEqual(ref, equal);
      for (size_t i = 0; i < BlockBits::kWords; ++i) kept.word(i) |= equal.word(i);
    }
  }
  slots = kept;
  return Status::Ok();
}

void CountValues(const ColumnView& column, const BlockBits& slots, ValueCounts& counts) {
  if (!column.distinct().empty()) return CountByCode(column, slots, counts);
  // Values that are close together, as those of a column of single bytes are, need no hashing.
  std::vector<uint64_t> tally(kMostTallied);
  uint64_t base = 0;
  bool has_base = false;
  slots.ForEach([&](size_t slot) {
    const uint64_t value = column[slot];
    if (!has_base) {
      base = value - std::min(value, kMostTallied / 2);
      has_base = true;
    }
    if (value - base < kMostTallied) {
      ++tally[value - base];
    } else {
      ++counts[value];
    }
  });
  for (uint64_t i = 0; i < kMostTallied; ++i) {
    if (tally[i] > 0) counts[base + i] += tally[i];
  }
}

}  // namespace rollcall::records
