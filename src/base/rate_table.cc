#include "base/rate_table.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>

#include "base/hash.h"

namespace rollcall {

RateTable::RateTable(size_t keys, double burst, std::chrono::milliseconds period, uint64_t seed)
    : burst_(static_cast<float>(burst)),
      per_ms_(static_cast<float>(burst / static_cast<double>(period.count()))),
      seed_(seed),
      begin_(std::chrono::steady_clock::now()),
      buckets_(std::bit_ceil(std::max(keys, kWays))) {}

// Wraps after 49 days; a bucket that old counts as if it had been used since.
uint32_t RateTable::Milliseconds(TimePoint now) const {
  return static_cast<uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now - begin_).count());
}

size_t RateTable::FirstOf(uint64_t key) const {
  const std::string_view bytes(reinterpret_cast<const char*>(&key), sizeof key);
  return HashBytes(bytes, seed_).low & (buckets_.size() - 1) & ~(kWays - 1);
}

const RateTable::Bucket* RateTable::Find(uint64_t key) const {
  const size_t first = FirstOf(key);
  for (size_t i = first; i < first + kWays; ++i) {
    if (buckets_[i].key == key && buckets_[i].spent > 0) return &buckets_[i];
  }
  return nullptr;
}

float RateTable::SpentBy(const Bucket& bucket, uint32_t now_ms) const {
  return std::max(0.0F, bucket.spent - static_cast<float>(now_ms - bucket.at_ms) * per_ms_);
}

bool RateTable::Take(uint64_t key, TimePoint now, uint32_t tokens) {
  const uint32_t now_ms = Milliseconds(now);
  auto* bucket = const_cast<Bucket*>(Find(key));
  if (bucket == nullptr) {
    const auto first = buckets_.begin() + static_cast<ptrdiff_t>(FirstOf(key));
    bucket = &*std::min_element(first, first + kWays, [&](const Bucket& a, const Bucket& b) {
      return SpentBy(a, now_ms) < SpentBy(b, now_ms);
    });
    *bucket = {key, 0, now_ms};
  }
  const float spent = SpentBy(*bucket, now_ms);
  if (spent + static_cast<float>(tokens) > burst_) return false;
  bucket->spent = spent + static_cast<float>(tokens);
  bucket->at_ms = now_ms;
  return true;
}

bool RateTable::Has(uint64_t key, TimePoint now) const { return Wait(key, now).count() == 0; }

std::chrono::milliseconds RateTable::Wait(uint64_t key, TimePoint now) const {
  const Bucket* const bucket = Find(key);
  if (bucket == nullptr) return std::chrono::milliseconds(0);
  const float over = SpentBy(*bucket, Milliseconds(now)) + 1 - burst_;
  if (over <= 0) return std::chrono::milliseconds(0);
  return std::chrono::milliseconds(static_cast<int64_t>(std::ceil(over / per_ms_)));
}

}  // namespace rollcall
