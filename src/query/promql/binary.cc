// Binary operators of two scalars and of two vectors.
#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "query/promql/arithmetic.h"
#include "query/promql/evaluator.h"
#include "query/promql/pace.h"
#include "query/promql/vectors.h"

namespace rollcall::promql {
namespace {

// By which the elements of two vectors find each other.
std::string MatchKeyOf(const VectorMatching& matching, const Labels& labels) {
  std::string key;
  if (matching.on) {
    for (const std::string& name : matching.labels) AppendToKey(name, labels.Get(name), key);
    return key;
  }
  for (const auto& [name, value] : labels.all()) {
    if (name != kMetricName &&
        std::find(matching.labels.begin(), matching.labels.end(), name) == matching.labels.end()) {
      AppendToKey(name, value, key);
    }
  }
  return key;
}

// The columns of a vector by their match keys, which are numbered.
class MatchGroups {
 public:
  uint32_t NumberOf(std::string key) {
    return numbers_.try_emplace(std::move(key), static_cast<uint32_t>(numbers_.size()))
        .first->second;
  }
  // Returns the number of each column.
  std::vector<uint32_t> Add(const Vector& vector, const VectorMatching& matching) {
    std::vector<uint32_t> groups;
    groups.reserve(vector.size());
    for (const Column& column : vector) {
      groups.push_back(NumberOf(MatchKeyOf(matching, column.labels)));
    }
    return groups;
  }
  size_t size() const { return numbers_.size(); }

 private:
  std::unordered_map<std::string, uint32_t> numbers_;
};

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The labels by which a group's elements agree, as an error shows them.
std::string GroupText(const VectorMatching& matching, const Labels& labels) {
  Labels shown;
  for (const auto& [name, value] : labels.all()) {
    if (matching.on ? Contains(matching.labels, name)
                    : name != kMetricName && !Contains(matching.labels, name)) {
      shown.Set(name, value);
    }
  }
  return shown.ToString();
}

Labels ResultLabels(const Binary& binary, const Labels& many, const Labels& one) {
  const VectorMatching& matching = *binary.matching;
  Labels result = many;
  if (DropsName(binary)) result.Remove(kMetricName);
  if (matching.cardinality == VectorMatching::Cardinality::kOneToOne) {
    for (const auto& [name, value] : many.all()) {
      if (Contains(matching.labels, name) != matching.on) result.Remove(name);
    }
  }
  for (const std::string& name : matching.include) result.Set(name, one.Get(name));
  return result;
}

// Arithmetic and comparisons of two vectors, where each element of the side `many` meets at most
// one of the side `one`.
class Join {
 public:
  Join(Evaluator& evaluator, const Binary& binary, Value many, Value one, size_t steps)
      : budget_(evaluator.budget()),
        binary_(binary),
        many_(std::move(many)),
        one_(std::move(one)),
        steps_(steps),
        result_(evaluator.budget()) {}

  Result<Value> Run() {
    const std::vector<uint32_t> of_one = groups_.Add(one_.vector, *binary_.matching);
    const std::vector<uint32_t> of_many = groups_.Add(many_.vector, *binary_.matching);
    partners_.resize(groups_.size());
    members_.resize(groups_.size());
    for (uint32_t i = 0; i < of_one.size(); ++i) partners_[of_one[i]].push_back(i);
    for (uint32_t i = 0; i < of_many.size(); ++i) members_[of_many[i]].push_back(i);
    for (const std::vector<uint32_t>& partners : partners_) {
      ROLLCALL_RETURN_IF_ERROR(CheckAlone(partners));
    }
    Pace pace(budget_);
    for (size_t group = 0; group < groups_.size(); ++group) {
      if (partners_[group].empty()) continue;
      matched_.assign(IsOneToOne() ? steps_ : 0, false);
      for (const uint32_t member : members_[group]) {
        for (const uint32_t partner : partners_[group]) {
          ROLLCALL_RETURN_IF_ERROR(Meet(member, partner));
          ROLLCALL_RETURN_IF_ERROR(pace.Spend(steps_));
        }
      }
    }
    RemoveEmpty(result_.vector);
    return std::move(result_);
  }

 private:
  bool IsOneToOne() const {
    return binary_.matching->cardinality == VectorMatching::Cardinality::kOneToOne;
  }

  // InvalidArgument: two of a group of the side `one` have a value at an instant at which the other
  // side has any.
  Status CheckAlone(const std::vector<uint32_t>& partners) {
    if (partners.size() < 2) return Status::Ok();
    if (many_present_.empty()) {
      many_present_.resize(steps_);
      for (const Column& column : many_.vector) {
        for (size_t i = 0; i < steps_; ++i) {
          if (!IsAbsent(column.values[i])) many_present_[i] = true;
        }
      }
    }
    std::vector<int64_t> first(steps_, -1);
    for (const uint32_t partner : partners) {
      ROLLCALL_RETURN_IF_ERROR(budget_.Check());
      for (size_t i = 0; i < steps_; ++i) {
        if (!many_present_[i] || IsAbsent(one_.vector[partner].values[i])) continue;
        if (first[i] >= 0) {
          const Labels& labels = one_.vector[partner].labels;
          const bool left =
              binary_.matching->cardinality == VectorMatching::Cardinality::kOneToMany;
          return Status::InvalidArgument(
              "found duplicate series for the match group " + GroupText(*binary_.matching, labels) +
              " on the " + (left ? "left" : "right") + " hand-side of the operation: [" +
              one_.vector[static_cast<size_t>(first[i])].labels.ToString() + ", " +
              labels.ToString() +
              "];many-to-many matching not allowed: matching labels must be unique on one side");
        }
        first[i] = partner;
      }
    }
    return Status::Ok();
  }

  Status Meet(uint32_t member, uint32_t partner) {
    const Column& many = many_.vector[member];
    const Column& one = one_.vector[partner];
    const bool swapped = binary_.matching->cardinality == VectorMatching::Cardinality::kOneToMany;
    Column* column = nullptr;
    for (size_t i = 0; i < steps_; ++i) {
      if (IsAbsent(many.values[i]) || IsAbsent(one.values[i])) continue;
      const double left = swapped ? one.values[i] : many.values[i];
      const double right = swapped ? many.values[i] : one.values[i];
      const double value = Operate(binary_, left, right, left);
      if (IsAbsent(value)) continue;
      if (IsOneToOne()) {
        if (matched_[i]) {
          return Status::InvalidArgument(
              "multiple matches for labels: many-to-one matching must be explicit "
              "(group_left/group_right)");
        }
        matched_[i] = true;
      }
      if (column == nullptr) {
        const Result<Column*> made = ColumnOf(ResultLabels(binary_, many.labels, one.labels));
        if (!made.ok()) return made.status();
        column = *made;
      }
      if (!IsAbsent(column->values[i])) {
        return IsOneToOne() ? SameLabelsError()
                            : Status::InvalidArgument(
                                  "multiple matches for labels: grouping labels "
                                  "must ensure unique matches");
      }
      column->values[i] = value;
    }
    return Status::Ok();
  }

  // Returns the result's column of these labels. Valid until the next call.
  Result<Column*> ColumnOf(Labels labels) {
    const auto [found, is_new] = columns_.try_emplace(KeyOf(labels), result_.vector.size());
    if (is_new) {
      ROLLCALL_RETURN_IF_ERROR(result_.charge.Take(BytesOf(labels, steps_)));
      result_.vector.push_back({std::move(labels), std::vector<double>(steps_, kAbsent)});
    }
    return &result_.vector[found->second];
  }

  Budget& budget_;
  const Binary& binary_;
  const Value many_;
  const Value one_;
  const size_t steps_;
  Value result_;
  MatchGroups groups_;
  std::vector<std::vector<uint32_t>> partners_;  // of each group, on the side `one`
  std::vector<std::vector<uint32_t>> members_;   // and on the side `many`
  std::vector<bool> matched_;                    // of a group, at each instant
  std::vector<bool> many_present_;               // whether `many` has any value, at each instant
  std::unordered_map<std::string, size_t> columns_;
};

// Whether a group has a value, for each instant.
using Presence = std::vector<std::vector<bool>>;

Presence PresenceOf(const Vector& vector, const std::vector<uint32_t>& groups, size_t count,
                    size_t steps) {
  Presence presence(count);
  for (size_t c = 0; c < vector.size(); ++c) {
    std::vector<bool>& of_group = presence[groups[c]];
    of_group.resize(steps);
    for (size_t i = 0; i < steps; ++i) {
      if (!IsAbsent(vector[c].values[i])) of_group[i] = true;
    }
  }
  return presence;
}

// Keeps the values at instants where the column's group is there, or is not.
void Keep(Vector& vector, const std::vector<uint32_t>& groups, const Presence& presence,
          bool where_present) {
  for (size_t c = 0; c < vector.size(); ++c) {
    const std::vector<bool>& of_group = presence[groups[c]];
    for (size_t i = 0; i < vector[c].values.size(); ++i) {
      const bool is_present = !of_group.empty() && of_group[i];
      if (is_present != where_present) vector[c].values[i] = kAbsent;
    }
  }
  RemoveEmpty(vector);
}

Result<Value> EvaluateSetOperator(Evaluator& evaluator, const Binary& binary, Value left,
                                  Value right, size_t steps) {
  MatchGroups groups;
  const std::vector<uint32_t> of_left = groups.Add(left.vector, *binary.matching);
  const std::vector<uint32_t> of_right = groups.Add(right.vector, *binary.matching);
  ROLLCALL_RETURN_IF_ERROR(evaluator.budget().Check());
  if (binary.op != BinaryOp::kOr) {
    Keep(left.vector, of_left, PresenceOf(right.vector, of_right, groups.size(), steps),
         binary.op == BinaryOp::kAnd);
    return left;
  }
  Keep(right.vector, of_right, PresenceOf(left.vector, of_left, groups.size(), steps), false);
  std::move(right.vector.begin(), right.vector.end(), std::back_inserter(left.vector));
  left.charge.Absorb(right.charge);
  ROLLCALL_RETURN_IF_ERROR(UniteSameLabels(left.vector));
  return left;
}

}  // namespace

Result<Value> EvaluateBinary(Evaluator& evaluator, const Binary& binary, Scope& scope) {
  Result<Value> left = evaluator.Evaluate(*binary.left, scope);
  if (!left.ok()) return left;
  Result<Value> right = evaluator.Evaluate(*binary.right, scope);
  if (!right.ok()) return right;
  if (!binary.matching) {
    for (size_t i = 0; i < left->scalar.size(); ++i) {
      double& value = left->scalar[i];
      value = Operate(binary, value, right->scalar[i], value);
    }
    return left;
  }
  const size_t steps = scope.grid.size();
  if (IsSetOperator(binary.op)) {
    return EvaluateSetOperator(evaluator, binary, std::move(*left), std::move(*right), steps);
  }
  if (binary.matching->cardinality == VectorMatching::Cardinality::kOneToMany) {
    std::swap(*left, *right);
  }
  return Join(evaluator, binary, std::move(*left), std::move(*right), steps).Run();
}

}  // namespace rollcall::promql
