// How often something was done lately, by key, for a bounded number of keys: a bucket of tokens for
// each, which fills up again at a steady rate. Memory is allocated once. Where a key has no place,
// it takes that of the fullest bucket among a few, so what is forgotten is what was done least.
// Thread-compatible.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rollcall {

class RateTable {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `keys`: how many can be told apart, rounded up to a power of 2. A key may do `burst` at once
  // and `burst` more in each `period`. `seed` keeps others from choosing keys that share a place.
  RateTable(size_t keys, double burst, std::chrono::milliseconds period, uint64_t seed);

  // Takes tokens of the key. Returns false, and takes none, where fewer are left.
  bool Take(uint64_t key, TimePoint now, uint32_t tokens = 1);
  // Returns whether the key has a token left.
  bool Has(uint64_t key, TimePoint now) const;
  // Returns how long until the key has a token; 0: it has one.
  std::chrono::milliseconds Wait(uint64_t key, TimePoint now) const;

 private:
  struct Bucket {
    uint64_t key = 0;
    float spent = 0;     // tokens; 0: the place is free
    uint32_t at_ms = 0;  // since begin_, when `spent` was right
  };
  static constexpr size_t kWays = 8;

  uint32_t Milliseconds(TimePoint now) const;
  size_t FirstOf(uint64_t key) const;
  const Bucket* Find(uint64_t key) const;
  // Returns the tokens of a bucket that are spent and have not come back by then.
  float SpentBy(const Bucket& bucket, uint32_t now_ms) const;

  const float burst_;
  const float per_ms_;
  const uint64_t seed_;
  const TimePoint begin_;
  std::vector<Bucket> buckets_;
};

}  // namespace rollcall
