#include "query/promql/histogram.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "query/promql/number_text.h"
#include "query/promql/pace.h"
#include "query/promql/quantile.h"
#include "query/promql/vectors.h"

namespace rollcall::promql {
namespace {

constexpr std::string_view kBound = "le";
// Counts that differ by less are taken for equal: sums of rates are not exact.
constexpr double kTolerance = 1e-12;

struct Bucket {
  double bound = 0;  // upper, inclusive
  double count = 0;  // of all observations up to it
};

bool AlmostEqual(double a, double b) {
  if (a == b) return true;
  const double sum = std::abs(a) + std::abs(b);
  const double difference = std::abs(a - b);
  if (a == 0 || b == 0 || sum < DBL_MIN) return difference < kTolerance * DBL_MIN;
  return difference / std::min(sum, DBL_MAX) < kTolerance;
}

// Makes one of buckets with the same bound, and counts that do not fall. Returns whether one fell
// by more than rounding explains. Requires that they are sorted.
bool Mend(std::vector<Bucket>& buckets) {
  size_t last = 0;
  for (size_t i = 1; i < buckets.size(); ++i) {
    if (buckets[i].bound == buckets[last].bound) {
      buckets[last].count += buckets[i].count;
    } else {
      buckets[++last] = buckets[i];
    }
  }
  buckets.resize(last + 1);
  bool fell = false;
  double before = buckets[0].count;
  for (size_t i = 1; i < buckets.size(); ++i) {
    double& count = buckets[i].count;
    if (AlmostEqual(before, count)) {
      count = before;
    } else if (count < before) {
      count = before;
      fell = true;
    } else {
      before = count;
    }
  }
  return fell;
}

// Returns the value below which `phi` of the observations are, straight between a bucket's bounds.
// Sets `fell` as Mend.
double QuantileOfBuckets(double phi, std::vector<Bucket>& buckets, bool& fell) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  fell = false;
  if (std::isnan(phi)) return kNan;
  if (phi < 0) return -kInfinity;
  if (phi > 1) return kInfinity;
  std::stable_sort(buckets.begin(), buckets.end(),
                   [](const Bucket& a, const Bucket& b) { return a.bound < b.bound; });
  if (buckets.back().bound != kInfinity) return kNan;
  fell = Mend(buckets);
  if (buckets.size() < 2) return kNan;
  const double observations = buckets.back().count;
  if (observations == 0 || std::isnan(observations)) return kNan;
  double rank = phi * observations;
  const auto at = std::find_if(buckets.begin(), buckets.end() - 1,
                               [&](const Bucket& bucket) { return bucket.count >= rank; });
  if (at == buckets.end() - 1) return buckets[buckets.size() - 2].bound;
  if (at == buckets.begin() && at->bound <= 0) return at->bound;
  double start = 0;
  double count = at->count;
  if (at != buckets.begin()) {
    start = (at - 1)->bound;
    count -= (at - 1)->count;
    rank -= (at - 1)->count;
  }
  return start + (at->bound - start) * (rank / count);
}

struct Histogram {
  Labels labels;
  std::string name;
  std::vector<std::pair<double, const Column*>> buckets;
};

}  // namespace

Result<Value> EvaluateHistogramQuantile(Evaluator& evaluator, const Call& call, Scope& scope) {
  const Result<std::vector<double>> phi = evaluator.EvaluateScalar(*call.arguments[0], scope);
  if (!phi.ok()) return phi.status();
  const Result<Value> vector = evaluator.Evaluate(*call.arguments[1], scope);
  if (!vector.ok()) return vector.status();
  for (const double one : *phi) {
    if (!IsQuantile(one)) evaluator.notes().Warn(QuantileWarning(one), call.arguments[0]->place);
  }
  std::vector<Histogram> histograms;
  std::unordered_map<std::string, size_t> by_labels;
  for (const Column& column : vector->vector) {
    const std::string bound_text(column.labels.Get(kBound));
    const std::string name(column.labels.Get(kMetricName));
    const std::optional<double> bound = ReadNumber(bound_text);
    if (!bound || std::isnan(*bound)) {
      std::string text = "bucket label \"le\" is missing or has a malformed value of \"";
      text.append(bound_text).append("\" for metric name \"").append(name).append("\"");
      evaluator.notes().Warn(text, call.arguments[1]->place);
      continue;
    }
    Labels labels = column.labels;
    labels.Remove(kBound);
    labels.Remove(kMetricName);
    const auto [found, is_new] = by_labels.try_emplace(KeyOf(labels), histograms.size());
    if (is_new) histograms.push_back({std::move(labels), name, {}});
    histograms[found->second].buckets.emplace_back(*bound, &column);
  }
  Value result(evaluator.budget());
  Pace pace(evaluator.budget());
  const size_t steps = scope.grid.size();
  std::vector<Bucket> buckets;
  for (Histogram& histogram : histograms) {
    ROLLCALL_RETURN_IF_ERROR(result.charge.Take(BytesOf(histogram.labels, steps)));
    Column column{std::move(histogram.labels), std::vector<double>(steps, kAbsent)};
    for (size_t i = 0; i < steps; ++i) {
      buckets.clear();
      for (const auto& [bound, counts] : histogram.buckets) {
        if (!IsAbsent(counts->values[i])) buckets.push_back({bound, counts->values[i]});
      }
      ROLLCALL_RETURN_IF_ERROR(pace.Spend(1 + histogram.buckets.size()));
      if (buckets.empty()) continue;
      bool fell = false;
      column.values[i] = QuantileOfBuckets((*phi)[i], buckets, fell);
      if (fell) {
        evaluator.notes().Info(
            "input to histogram_quantile needed to be fixed for monotonicity (see "
            "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) "
            "for metric name \"" +
                histogram.name + "\"",
            call.arguments[1]->place);
      }
    }
    result.vector.push_back(std::move(column));
  }
  RemoveEmpty(result.vector);
  return result;
}

}  // namespace rollcall::promql
