// The visit of a selection's parts: each series becomes an element and goes to a consumer. Runs on
// several threads.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "query/promql/elements.h"

namespace rollcall::promql {

// What is made of each series. Borrowed for a visit.
struct PartWork {
  std::span<const int64_t> starts;  // of windows, exclusive; empty: of instants
  std::span<const int64_t> ends;
  std::span<const int64_t> instants;  // of the evaluation, without offset and @
  bool wants_times = false;           // of the samples, in seconds, in the place of their values
  RangeFunction function = nullptr;   // of windows
  FunctionId function_id{};
  std::span<const std::vector<double>> parameters;
  Place range_place;
  Place parameter_place;
  std::span<const Transform> transforms;
};

// As Elements::Visit.
Status VisitParts(Evaluator& evaluator, std::span<const std::unique_ptr<SeriesPart>> parts,
                  const PartWork& work, Scope& scope,
                  const std::function<std::unique_ptr<ElementConsumer>()>& make,
                  const std::function<Status(ElementConsumer&)>& merge);

// Makes elements of the series that it is given, one after the other. One thread.
class SeriesWork {
 public:
  SeriesWork(Evaluator& evaluator, const PartWork& work);

  // Gives the series' element, if it has a value, to the consumer.
  Status Take(const SeriesView& series, ElementConsumer& consumer);

  // How many samples were looked at, at each instant.
  const std::vector<uint64_t>& samples() const { return samples_; }

 private:
  void FindBounds(const SeriesView& series);
  void SelectInstants(const SeriesView& series);
  Status ComputeRange(const SeriesView& series);
  void NoteName(const Labels& labels);

  Evaluator& evaluator_;
  const PartWork& work_;
  Pace pace_;
  std::vector<double> values_;  // absent between two series
  std::vector<uint64_t> samples_;
  uint64_t axis_ = 0;           // whose positions these are
  std::vector<uint32_t> from_;  // where windows start in the series' times
  std::vector<uint32_t> to_;    // where windows and instants end
  size_t begin_ = 0;            // the instants that may have a value
  size_t end_ = 0;
  std::string noted_name_;
};

}  // namespace rollcall::promql
