// What rollcall says of itself: counters, gauges and histograms, written in Prometheus' text
// format. A Registry owns its instruments and hands out references that live as long as it does.
// Everything here is thread-safe; adding to a counter is one relaxed atomic addition.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"

namespace rollcall::metrics {

// A number that only goes up.
class Counter {
 public:
  void Add(uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

class Gauge {
 public:
  void Set(int64_t v) { value_.store(v, std::memory_order_relaxed); }
  void Add(int64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// Counts observations into buckets with inclusive upper bounds; a last bucket takes the rest.
class Histogram {
 public:
  explicit Histogram(std::vector<double> upper_bounds);
  void Observe(double v);
  // Buckets for latencies in seconds: 50 µs to 10 s.
  static std::vector<double> LatencyBuckets();

 private:
  friend class Registry;
  const std::vector<double> upper_bounds_;     // ascending
  std::vector<std::atomic<uint64_t>> counts_;  // one more than bounds
  std::atomic<double> sum_{0};
};

using Labels = std::vector<std::pair<std::string, std::string>>;

class Registry {
 public:
  // Return the instrument with that name and those labels, and create it at the first call. A name
  // belongs to one kind of instrument; another kind under the same name is a bug and aborts.
  Counter& GetCounter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge& GetGauge(const std::string& name, const std::string& help, const Labels& labels = {});
  Histogram& GetHistogram(const std::string& name, const std::string& help,
                          std::vector<double> upper_bounds, const Labels& labels = {});

  // Adds a gauge whose values are read when the text is written. `read` runs on the thread that
  // calls WriteText; nobody else waits for it.
  struct Reading {
    Labels labels;
    double value;
  };
  void AddCallback(const std::string& name, const std::string& help,
                   std::function<std::vector<Reading>()> read);

  // Returns all instruments in Prometheus' text format 0.0.4, names sorted, labels as given.
  std::string WriteText() const;

 private:
  struct Family;
  // Returns what all callbacks say now, by the name.
  std::map<std::string, std::vector<Reading>> Read() const;
  Family& GetFamily(const std::string& name, const std::string& help, const char* type)
      REQUIRES(mutex_);

  mutable Mutex mutex_;
  // The values of the instruments in it are atomic, and not guarded.
  std::map<std::string, std::unique_ptr<Family>> families_ GUARDED_BY(mutex_);

 public:
  Registry();
  ~Registry();
};

}  // namespace rollcall::metrics
