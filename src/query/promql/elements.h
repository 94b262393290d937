// The elements of an instant vector one after the other: straight from a selection where the
// expression makes each element of one series, so that nothing of it is held as a whole; else from
// the expression's value. Owned by who evaluates; used once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "query/promql/evaluator.h"
#include "query/promql/range_functions.h"

namespace rollcall::promql {

// Changes the values from `begin` to `end` - 1, which may be absent.
using Transform = std::function<void(std::span<double> values, size_t begin, size_t end)>;

// An expression that changes each element's values by itself.
struct ElementwiseExpr {
  const Expr* operand = nullptr;
  Transform transform;
  bool drops_name = true;
  bool labels_must_differ = false;  // of all results, not only of those at one instant
};

// One element, borrowed for a call.
struct ElementView {
  const Labels& labels;  // with the metric's name, whether the element keeps it or not
  std::span<const double> values;
  size_t begin = 0;  // outside of [begin, end) all values are absent
  size_t end = 0;
};

// What takes the elements of one part; one thread.
class ElementConsumer {
 public:
  virtual ~ElementConsumer() = default;
  virtual Status Take(const ElementView& element) = 0;
};

// Keeps each element as a column, with or without its metric's name.
class ColumnCollector final : public ElementConsumer {
 public:
  ColumnCollector(Budget& budget, bool keeps_name) : value_(budget), keeps_name_(keeps_name) {}

  Status Take(const ElementView& element) override;
  Value& value() { return value_; }

 private:
  Value value_;
  const bool keeps_name_;
};

class Elements {
 public:
  // Fails as Engine::Evaluate.
  static Result<Elements> Of(Evaluator& evaluator, const Expr& expr, Scope& scope);

  // Whether elements have their metric's name.
  bool keeps_name() const { return keeps_name_; }

  // Gives each part's elements, on several threads, to a consumer that `make` returns, and calls
  // `merge` with these in the order of the parts, never two at once.
  Status Visit(Evaluator& evaluator, Scope& scope,
               const std::function<std::unique_ptr<ElementConsumer>()>& make,
               const std::function<Status(ElementConsumer&)>& merge);

  // Returns all elements as a vector, without names where they are not kept.
  Result<Value> Collect(Evaluator& evaluator, Scope& scope);

 private:
  // Each series' values at the instants: of its samples, their times, or a range function.
  struct Selection {
    std::vector<std::unique_ptr<SeriesPart>> parts;
    std::vector<int64_t> starts;  // of windows, exclusive; empty: of instants
    std::vector<int64_t> ends;
    bool wants_times = false;
    RangeFunction function = nullptr;
    FunctionId function_id{};
    std::vector<std::vector<double>> parameters;
    Place range_place;
    Place parameter_place;
    bool has_one_name = false;  // so that elements without it differ all the same
    bool labels_must_differ = false;
  };

  explicit Elements(Value value) : value_(std::move(value)) {}

  Status VisitSelection(Evaluator& evaluator, Scope& scope,
                        const std::function<std::unique_ptr<ElementConsumer>()>& make,
                        const std::function<Status(ElementConsumer&)>& merge);

  // Of windows where `selection` has their starts, else of instants.
  static Result<Elements> OfSelection(Evaluator& evaluator, const VectorSelector& selector,
                                      Selection selection, Scope& scope);
  static Result<Elements> OfSelector(Evaluator& evaluator, const VectorSelector& selector,
                                     Selection selection, Scope& scope);
  static Result<Elements> OfRange(Evaluator& evaluator, const Call& call, Scope& scope);
  static Result<Elements> OfElementwise(Evaluator& evaluator, ElementwiseExpr expr, Scope& scope);

  std::optional<Selection> selection_;
  Value value_;  // where there is no selection
  std::vector<Transform> transforms_;
  bool keeps_name_ = true;
};

// Returns whether Elements makes the expression's elements itself, rather than evaluate it.
bool IsElementwise(const Expr& expr);

// Of an expression for which IsElementwise is true, and which is not a selection: what it does to
// each element.
Result<ElementwiseExpr> ElementwiseOf(Evaluator& evaluator, const Expr& expr, Scope& scope);

}  // namespace rollcall::promql
