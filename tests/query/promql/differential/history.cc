#include "tests/query/promql/differential/history.h"

#include <charconv>
#include <functional>
#include <random>

namespace rollcall::promql::test {
namespace {

constexpr int64_t kScrapeMs = 30'000;
constexpr const char* kJobs[] = {"api", "web", "db"};
constexpr const char* kInstances[] = {"a", "b", "c"};

class Maker {
 public:
  explicit Maker(uint64_t seed) : random_(seed) {}

  History Make() {
    for (const char* const job : kJobs) {
      for (const char* const instance : kInstances) {
        if (OneIn(8)) continue;
        Add("info", job, instance, {{"version", OneIn(3) ? "2" : "1"}}, [](size_t) { return 1.0; });
        AddGauges(job, instance);
        AddCounter("requests_total", job, instance, {{"code", "200"}});
        if (!OneIn(3)) AddCounter("requests_total", job, instance, {{"code", "500"}});
        if (OneIn(2)) AddCounter("errors_total", job, instance, {});
        AddHistogram(job, instance);
      }
    }
    return std::move(history_);
  }

 private:
  using Extra = std::vector<Labels::Label>;

  uint64_t Below(uint64_t end) { return random_() % end; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }
  // A multiple of 1/8.
  double Eighths(double low, double high) {
    const auto steps = static_cast<uint64_t>((high - low) * 8);
    return low + static_cast<double>(Below(steps + 1)) / 8;
  }

  static Labels LabelsOf(const char* name, const char* job, const char* instance, Extra extra) {
    extra.emplace_back(kMetricName, name);
    extra.emplace_back("job", job);
    extra.emplace_back("instance", instance);
    return Labels(std::move(extra));
  }

  // Calls for every scrape, also those that are missing. A fifth of the series begins late, a fifth
  // ends early, and gaps come now and then, each of 2 to 30 scrapes.
  void Add(const char* name, const char* job, const char* instance, Extra extra,
           const std::function<double(size_t)>& value) {
    ResultSeries& series = history_.series.emplace_back();
    series.labels = LabelsOf(name, job, instance, std::move(extra));
    constexpr size_t kScrapes = (History::kEndMs - History::kStartMs) / kScrapeMs - 1;
    begin_ = OneIn(5) ? Below(kScrapes / 2) : 0;
    const size_t end = OneIn(5) ? kScrapes / 2 + Below(kScrapes / 2) : kScrapes;
    gap_ = 0;
    for (size_t i = 0; i < end; ++i) {
      if (gap_ > 0) {
        --gap_;
      } else if (OneIn(90)) {
        gap_ = 2 + Below(29);
      }
      const double now = value(i);
      if (i < begin_ || gap_ > 0) continue;
      const auto late = static_cast<int64_t>(1 + Below(998));
      series.points.push_back(
          {History::kStartMs + static_cast<int64_t>(i) * kScrapeMs + late, now});
    }
  }

  void AddGauges(const char* job, const char* instance) {
    double temperature = Eighths(-20, 40);
    Add("temperature", job, instance, {}, [&](size_t) {
      temperature += Eighths(-2, 2);
      return temperature;
    });
    double size = Eighths(1, 20);
    Add("size", job, instance, {{"unit", "GiB"}}, [&](size_t) {
      if (OneIn(40)) size = Eighths(1, 20);
      return size;
    });
    if (OneIn(2)) return;
    Add("rare", job, instance, {}, [&](size_t) {
      gap_ += OneIn(3) ? 0 : Below(12);
      return Eighths(0, 9);
    });
  }

  // A reset comes only after 40 scrapes without a gap, and holds gaps off for 60.
  void AddCounter(const char* name, const char* job, const char* instance, Extra extra) {
    double total = 5000;
    size_t quiet = 0;
    size_t present = 0;  // scrapes since the last gap
    Add(name, job, instance, std::move(extra), [&](size_t i) {
      total += Eighths(5, 15);
      if (quiet > 0) {
        --quiet;
        gap_ = 0;
      }
      present = gap_ == 0 && i >= begin_ ? present + 1 : 0;
      if (quiet == 0 && present > 40 && OneIn(120)) {
        total = Eighths(0, 3);
        quiet = 60;
      }
      return total;
    });
  }

  void AddHistogram(const char* job, const char* instance) {
    constexpr const char* kBounds[] = {"0.25", "1", "2.5", "10", "+Inf"};
    // The buckets of a histogram are scraped together.
    const auto seed = random_();
    for (size_t bucket = 0; bucket < std::size(kBounds); ++bucket) {
      random_.seed(seed);
      double total = 3000.0 * static_cast<double>(bucket + 1);
      std::mt19937_64 own(seed + 1);
      Add("latency_bucket", job, instance, {{"le", kBounds[bucket]}}, [&](size_t) {
        for (size_t i = 0; i < std::size(kBounds); ++i) {
          const auto increase = static_cast<double>(own() % 9);
          if (i <= bucket) total += increase;
        }
        return total;
      });
    }
  }

  std::mt19937_64 random_;
  History history_;
  size_t begin_ = 0;  // the first scrape of the series that is being made
  size_t gap_ = 0;    // how many scrapes are still missing
};

}  // namespace

History MakeHistory(uint64_t seed) { return Maker(seed).Make(); }

std::string WriteOpenMetrics(const History& history) {
  std::string text;
  for (const ResultSeries& series : history.series) {
    std::string name;
    for (const auto& [label, value] : series.labels.all()) {
      if (label == kMetricName) continue;
      name += (name.empty() ? "{" : ",") + label + "=\"" + value + "\"";
    }
    name = std::string(series.labels.Get(kMetricName)) + name + "}";
    for (const Point& point : series.points) {
      char number[32];
      const auto end = std::to_chars(number, number + sizeof number, point.value).ptr;
      std::string ms = std::to_string(point.time % 1000);
      ms.insert(0, 3 - ms.size(), '0');
      text += name + " " + std::string(number, end) + " " + std::to_string(point.time / 1000) +
              "." + ms + "\n";
    }
  }
  return text + "# EOF\n";
}

}  // namespace rollcall::promql::test
