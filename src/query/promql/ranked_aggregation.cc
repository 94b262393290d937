#include "query/promql/ranked_aggregation.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>
#include <utility>

#include "parse/utf8.h"
#include "query/promql/elements.h"
#include "query/promql/grouping.h"
#include "query/promql/number_text.h"
#include "query/promql/pace.h"
#include "query/promql/quantile.h"

namespace rollcall::promql {
namespace {

// Keeps of each group, at each instant, the values of the k elements that rank first.
class Ranking {
 public:
  Ranking(Evaluator& evaluator, const Aggregation& aggregation, bool keeps_name,
          std::vector<double> k)
      : evaluator_(evaluator),
        aggregation_(aggregation),
        keeps_name_(keeps_name),
        k_(std::move(k)) {}

  // Makes all other values of the vector absent; returns the columns of each group.
  Result<std::vector<std::vector<size_t>>> Cut(Vector& vector) const {
    Grouping grouping(aggregation_, keeps_name_);
    std::vector<std::vector<size_t>> members;
    for (size_t c = 0; c < vector.size(); ++c) {
      const size_t group = grouping.NumberOf(vector[c].labels);
      if (group == members.size()) members.emplace_back();
      members[group].push_back(c);
    }
    Pace pace(evaluator_.budget());
    std::vector<size_t> present;
    for (const std::vector<size_t>& group : members) {
      for (size_t i = 0; i < k_.size(); ++i) {
        ROLLCALL_RETURN_IF_ERROR(pace.Spend(group.size()));
        present.clear();
        for (const size_t c : group) {
          if (!IsAbsent(vector[c].values[i])) present.push_back(c);
        }
        const size_t keep = KeptOf(k_[i], present.size());
        if (keep == present.size()) continue;
        const auto kept = present.begin() + static_cast<std::ptrdiff_t>(keep);
        std::nth_element(present.begin(), kept, present.end(), [&](size_t a, size_t b) {
          return RanksBefore(vector[a].values[i], a, vector[b].values[i], b);
        });
        for (auto c = kept; c != present.end(); ++c) vector[*c].values[i] = kAbsent;
      }
    }
    return members;
  }

  // Elements that are equal rank as they came; NaN ranks last.
  bool RanksBefore(double x, size_t a, double y, size_t b) const {
    if (std::isnan(x) || std::isnan(y)) {
      return std::isnan(x) == std::isnan(y) ? a < b : std::isnan(y);
    }
    if (x == y) return a < b;
    return aggregation_.op == AggregateOp::kTopK ? x > y : x < y;
  }

 private:
  static size_t KeptOf(double k, size_t present) {
    if (!(k >= 1)) return 0;
    return k >= static_cast<double>(present) ? present : static_cast<size_t>(k);
  }

  Evaluator& evaluator_;
  const Aggregation& aggregation_;
  const bool keeps_name_;
  const std::vector<double> k_;
};

// All values of each group at each instant.
class Values final : public ElementConsumer {
 public:
  Values(Budget& budget, const Aggregation& aggregation, bool keeps_name, size_t steps)
      : grouping_(aggregation, keeps_name), steps_(steps), charge_(budget) {}

  Status Take(const ElementView& element) override {
    const size_t group = grouping_.NumberOf(element.labels);
    ROLLCALL_RETURN_IF_ERROR(Reserve(group));
    uint64_t added = 0;
    for (size_t i = element.begin; i < element.end; ++i) {
      if (IsAbsent(element.values[i])) continue;
      values_[group][i].push_back({element.values[i], 1});
      ++added;
    }
    return charge_.Take(added * sizeof(Weighted));
  }

  Status Merge(Values& other) {
    for (size_t theirs = 0; theirs < other.values_.size(); ++theirs) {
      const size_t ours = grouping_.NumberOfGroup(other.grouping_.groups()[theirs]);
      ROLLCALL_RETURN_IF_ERROR(Reserve(ours));
      for (size_t i = 0; i < steps_; ++i) {
        auto& from = other.values_[theirs][i];
        values_[ours][i].insert(values_[ours][i].end(), from.begin(), from.end());
      }
    }
    charge_.Absorb(other.charge_);
    return Status::Ok();
  }

  Result<Value> Finish(const std::vector<double>& phi, Budget& budget) {
    Value result(budget);
    Pace pace(budget);
    for (size_t group = 0; group < values_.size(); ++group) {
      const Labels& labels = grouping_.groups()[group];
      ROLLCALL_RETURN_IF_ERROR(result.charge.Take(BytesOf(labels, steps_)));
      Column column{labels, std::vector<double>(steps_, kAbsent)};
      for (size_t i = 0; i < steps_; ++i) {
        std::vector<Weighted>& values = values_[group][i];
        if (!values.empty()) column.values[i] = QuantileOf(phi[i], values);
        ROLLCALL_RETURN_IF_ERROR(pace.Spend(1 + values.size()));
      }
      result.vector.push_back(std::move(column));
    }
    RemoveEmpty(result.vector);
    return result;
  }

 private:
  Status Reserve(size_t group) {
    if (group < values_.size()) return Status::Ok();
    values_.emplace_back(steps_);
    return charge_.Take(steps_ * sizeof(std::vector<Weighted>));
  }

  Grouping grouping_;
  const size_t steps_;
  MemoryCharge charge_;
  std::vector<std::vector<std::vector<Weighted>>> values_;  // by group and instant
};

// How many elements of each group have a value, for each value.
class ValueCounts final : public ElementConsumer {
 public:
  ValueCounts(Budget& budget, const Aggregation& aggregation, bool keeps_name, std::string label,
              size_t steps)
      : grouping_(aggregation, keeps_name),
        label_(std::move(label)),
        steps_(steps),
        counts_(budget) {}

  Status Take(const ElementView& element) override {
    std::vector<double>* counts = nullptr;
    double counted = kAbsent;
    for (size_t i = element.begin; i < element.end; ++i) {
      const double value = element.values[i];
      if (IsAbsent(value)) continue;
      if (counts == nullptr || std::bit_cast<uint64_t>(value) != std::bit_cast<uint64_t>(counted)) {
        Labels labels = grouping_.LabelsOf(element.labels);
        labels.Set(label_, PlainText(value));
        const Result<std::vector<double>*> found = CountsOf(std::move(labels));
        if (!found.ok()) return found.status();
        counts = *found;
        counted = value;
      }
      Add((*counts)[i], 1);
    }
    return Status::Ok();
  }

  Status Merge(const ValueCounts& other) {
    for (const Column& column : other.counts_.vector) {
      const Result<std::vector<double>*> counts = CountsOf(column.labels);
      if (!counts.ok()) return counts.status();
      for (size_t i = 0; i < steps_; ++i) {
        if (!IsAbsent(column.values[i])) Add((**counts)[i], column.values[i]);
      }
    }
    return Status::Ok();
  }

  Value& counts() { return counts_; }

 private:
  static void Add(double& count, double more) { count = IsAbsent(count) ? more : count + more; }

  // Valid until the next call.
  Result<std::vector<double>*> CountsOf(Labels labels) {
    const auto [found, is_new] = numbers_.try_emplace(KeyOf(labels), counts_.vector.size());
    if (is_new) {
      ROLLCALL_RETURN_IF_ERROR(counts_.charge.Take(BytesOf(labels, steps_)));
      counts_.vector.push_back({std::move(labels), std::vector<double>(steps_, kAbsent)});
    }
    return &counts_.vector[found->second].values;
  }

  Grouping grouping_;
  const std::string label_;
  const size_t steps_;
  std::unordered_map<std::string, size_t> numbers_;
  Value counts_;
};

}  // namespace

Result<Value> EvaluateTopK(Evaluator& evaluator, const Aggregation& aggregation, Scope& scope) {
  Result<std::vector<double>> k = evaluator.EvaluateScalar(*aggregation.parameter, scope);
  if (!k.ok()) return k.status();
  for (const double one : *k) {
    // What Prometheus turns into a whole number.
    if (std::isnan(one)) return Status::InvalidArgument("Parameter value is NaN");
    if (!(std::abs(one) < 0x1p63)) {
      return Status::InvalidArgument("Scalar value " + ShortText(one) + " overflows int64");
    }
  }
  Result<Elements> elements = Elements::Of(evaluator, *aggregation.expr, scope);
  if (!elements.ok()) return elements.status();
  const Ranking ranking(evaluator, aggregation, elements->keeps_name(), std::move(*k));
  Value all(evaluator.budget());
  const auto merge = [&](ElementConsumer& consumer) -> Status {
    Value& part = static_cast<ColumnCollector&>(consumer).value();
    const auto members = ranking.Cut(part.vector);
    if (!members.ok()) return members.status();
    RemoveEmpty(part.vector);
    for (Column& column : part.vector) {
      ROLLCALL_RETURN_IF_ERROR(all.charge.Take(BytesOf(column.labels, column.values.size())));
      all.vector.push_back(std::move(column));
    }
    return Status::Ok();
  };
  ROLLCALL_RETURN_IF_ERROR(elements->Visit(
      evaluator, scope,
      [&] { return std::make_unique<ColumnCollector>(evaluator.budget(), elements->keeps_name()); },
      merge));
  const auto members = ranking.Cut(all.vector);
  if (!members.ok()) return members.status();
  if (scope.grid.size() == 1) {
    Vector ordered;
    for (std::vector<size_t> group : *members) {
      std::sort(group.begin(), group.end(), [&](size_t a, size_t b) {
        return ranking.RanksBefore(all.vector[a].values[0], a, all.vector[b].values[0], b);
      });
      for (const size_t c : group) ordered.push_back(std::move(all.vector[c]));
    }
    all.vector = std::move(ordered);
  }
  RemoveEmpty(all.vector);
  return all;
}

Result<Value> EvaluateQuantile(Evaluator& evaluator, const Aggregation& aggregation, Scope& scope) {
  const Result<std::vector<double>> phi = evaluator.EvaluateScalar(*aggregation.parameter, scope);
  if (!phi.ok()) return phi.status();
  for (const double one : *phi) {
    if (!IsQuantile(one))
      evaluator.notes().Warn(QuantileWarning(one), aggregation.parameter->place);
  }
  Result<Elements> elements = Elements::Of(evaluator, *aggregation.expr, scope);
  if (!elements.ok()) return elements.status();
  const auto make = [&] {
    return std::make_unique<Values>(evaluator.budget(), aggregation, elements->keeps_name(),
                                    scope.grid.size());
  };
  const std::unique_ptr<Values> all = make();
  ROLLCALL_RETURN_IF_ERROR(elements->Visit(evaluator, scope, make, [&](ElementConsumer& part) {
    return all->Merge(static_cast<Values&>(part));
  }));
  return all->Finish(*phi, evaluator.budget());
}

Result<Value> EvaluateCountValues(Evaluator& evaluator, const Aggregation& aggregation,
                                  Scope& scope) {
  const std::string& label = std::get<StringLiteral>(Unwrapped(*aggregation.parameter).node).value;
  if (label.empty() || !IsUtf8(label)) {
    return Status::InvalidArgument("invalid label name \"" + label + "\"");
  }
  Result<Elements> elements = Elements::Of(evaluator, *aggregation.expr, scope);
  if (!elements.ok()) return elements.status();
  const auto make = [&] {
    return std::make_unique<ValueCounts>(evaluator.budget(), aggregation, elements->keeps_name(),
                                         label, scope.grid.size());
  };
  const std::unique_ptr<ValueCounts> all = make();
  ROLLCALL_RETURN_IF_ERROR(elements->Visit(evaluator, scope, make, [&](ElementConsumer& part) {
    return all->Merge(static_cast<ValueCounts&>(part));
  }));
  return std::move(all->counts());
}

}  // namespace rollcall::promql
