#include "ingest/import_sort.h"

#include <algorithm>
#include <array>

namespace rollcall::ingest {
namespace {

// Below this number of items a comparison sort is faster.
constexpr size_t kFewItems = 128;
constexpr unsigned kDigitBits = 8;
constexpr size_t kDigits = size_t{1} << kDigitBits;

bool KeyBefore(const KeyedValue& a, const KeyedValue& b) { return a.key < b.key; }

size_t DigitOf(uint64_t key, unsigned shift) { return key >> shift & (kDigits - 1); }

// One pass of a radix sort: from `from` to `to`, by one digit.
void Distribute(std::span<const KeyedValue> from, std::span<KeyedValue> to, unsigned shift) {
  std::array<size_t, kDigits> next{};
  for (const KeyedValue& item : from) ++next[DigitOf(item.key, shift)];
  size_t before = 0;
  for (size_t& count : next) {
    const size_t items = count;
    count = before;
    before += items;
  }
  for (const KeyedValue& item : from) to[next[DigitOf(item.key, shift)]++] = item;
}

}  // namespace

void SortByKey(std::span<KeyedValue> items, std::vector<KeyedValue>& scratch) {
  if (std::is_sorted(items.begin(), items.end(), KeyBefore)) return;
  if (items.size() < kFewItems) {
    std::stable_sort(items.begin(), items.end(), KeyBefore);
    return;
  }
  // Digits that all keys share need no pass.
  uint64_t differing = 0;
  for (const KeyedValue& item : items) differing |= item.key ^ items.front().key;
  if (scratch.size() < items.size()) scratch.resize(items.size());
  std::span<KeyedValue> from = items;
  std::span<KeyedValue> to = std::span(scratch).first(items.size());
  for (unsigned shift = 0; shift < 64; shift += kDigitBits) {
    if (DigitOf(differing, shift) == 0) continue;
    Distribute(from, to, shift);
    std::swap(from, to);
  }
  if (from.data() != items.data()) std::copy(from.begin(), from.end(), items.begin());
}

}  // namespace rollcall::ingest
