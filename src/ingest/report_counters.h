// Counters of reports by outcome, for /metrics.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "metrics/registry.h"
#include "parse/report_bounds.h"

namespace rollcall::ingest {

// The outcome of a report.
enum class Outcome : size_t {
  kSame,
  kChanged,
  kFull,
  kEmpty,
  kForwardOnly,
  kRefused,
  kTooLarge,
  kLimited,
  kFailed,
  kEnd,  // not an outcome: the number of outcomes
};

struct OutcomeRow {
  Outcome outcome;
  std::string_view name;
  std::string_view meaning;
};

inline constexpr auto kOutcomes = std::to_array<OutcomeRow>({
    {Outcome::kSame, "same", "the lines of the stream's last"},
    {Outcome::kChanged, "changed", "stored as a difference"},
    {Outcome::kFull, "full", "stored whole: the stream's first of a day"},
    {Outcome::kEmpty, "empty", "no series: nothing stored"},
    {Outcome::kForwardOnly, "forward_only", "to the outbox alone"},
    {Outcome::kRefused, "refused", "does not parse"},
    {Outcome::kTooLarge, "too_large", "over a bound on one report"},
    {Outcome::kLimited, "limited", "over a limit against floods"},
    {Outcome::kFailed, "failed", "could not be stored"},
});

// An outcome without a row, or a row in another's place, does not compile.
static_assert(kOutcomes.size() == static_cast<size_t>(Outcome::kEnd));
static_assert([] {
  for (size_t i = 0; i < kOutcomes.size(); ++i) {
    if (kOutcomes[i].outcome != static_cast<Outcome>(i) || kOutcomes[i].name.empty()) return false;
  }
  return true;
}());

// Owned by the ingester. Thread-safe.
class ReportCounters {
 public:
  explicit ReportCounters(metrics::Registry& registry) {
    std::string help = "Reports by what became of them";
    char between = ':';
    for (const OutcomeRow& row : kOutcomes) {
      help += between + (" " + std::string(row.name)) + " (" + std::string(row.meaning) + ")";
      between = ',';
    }
    for (const OutcomeRow& row : kOutcomes) {
      outcomes_[static_cast<size_t>(row.outcome)] = &registry.GetCounter(
          "rollcall_reports_total", help, {{"outcome", std::string(row.name)}});
    }
    for (const ReportBoundRow& row : kReportBounds) {
      bounds_[static_cast<size_t>(row.bound)] = &registry.GetCounter(
          "rollcall_reports_too_large_total", "Reports refused by the bound that they exceed",
          {{"bound", std::string(row.name)}});
    }
  }

  void Count(Outcome outcome) { outcomes_[static_cast<size_t>(outcome)]->Add(); }
  void CountTooLarge(ReportBound bound) {
    Count(Outcome::kTooLarge);
    bounds_[static_cast<size_t>(bound)]->Add();
  }

 private:
  std::array<metrics::Counter*, kOutcomes.size()> outcomes_{};
  std::array<metrics::Counter*, kReportBounds.size()> bounds_{};
};

}  // namespace rollcall::ingest
