// Tallies of a harness, and the oracle beside them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "counts/period_tallies.h"
#include "counts/source_moves.h"
#include "counts/trend.h"
#include "ingest/importer.h"
#include "tests/counts/distribution_oracle.h"
#include "tests/counts/random_fleet.h"
#include "tests/counts/tally_oracle.h"
#include "tests/support/cozystack.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {

inline constexpr std::chrono::hours kEver{1'000'000};  // no scan takes that long

class Tallied {
 public:
  explicit Tallied(size_t source_cache_bytes = 64 * 1024 * 1024,
                   const counts::TallyOptions& options = {kEver, std::chrono::seconds(0), 0})
      : rollcall_(source_cache_bytes), options_(options) {
    Reopen();
  }

  void Restart() {
    tallies_.reset();
    rollcall_.Restart();
    Reopen();
  }

  // Reports may have any size, as what old stores hold had.
  void LiftBounds() {
    tallies_.reset();
    rollcall_.SetBounds({SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX});
    Reopen();
  }

  void Report(UnixSeconds time, const std::string& id, const std::vector<Oracle::Series>& series) {
    rollcall_.SetTime(time);
    const Status status = rollcall_.Report(id, BodyOf(series));
    ASSERT_TRUE(status.ok()) << status.message();
    oracle_.Add({time, id, series});
    distributions_.Add({time, id, series});
  }
  // The same, without the oracle.
  void Report(const std::string& time, const std::string& id, const std::string& body) {
    rollcall_.SetTime(time);
    ASSERT_TRUE(rollcall_.Report(id, body).ok());
  }
  void Import(UnixSeconds time, const std::string& id, const std::vector<Oracle::Series>& series) {
    std::string lines;
    for (const Oracle::Series& s : series) {
      Oracle::Series of_source = s;
      of_source.labels["cluster_id"] = id;
      std::string line = BodyOf({of_source});
      line.back() = ' ';
      lines += line + std::to_string(time.time_since_epoch().count()) + "000\n";
    }
    ingest::ImportOptions options;
    options.fleet = kFirstFleet;
    options.id_label = CozystackFleet().id_label;
    options.latest = rollcall_.clock().Now();
    auto importer = ingest::Importer::Start(rollcall_.stores(), &rollcall_.ingester(), options);
    ASSERT_TRUE(importer.ok());
    ASSERT_TRUE((*importer)->Feed(lines).ok());
    ASSERT_TRUE((*importer)->Finish().ok());
    oracle_.Add({time, id, series});
    distributions_.Add({time, id, series});
  }

  Result<std::optional<counts::Trend>> Trend(Period first, uint32_t last, const std::string& metric,
                                             const std::string& by, size_t top = 1'000'000) {
    return counts::ReadTrend(rollcall_.stores(), *tallies_,
                             {.fleet = CozystackFleet(),
                              .metric = metric,
                              .by = by,
                              .kind = first.kind,
                              .first = first.last,
                              .last = last,
                              .top = top});
  }
  // Rendered as the oracle does.
  std::string Tally(Period period, const std::string& metric, const std::string& by) {
    if (period.kind == Period::Kind::k30Days) {
      // A trend is given yesterday's until today's were counted once.
      const auto rows = tallies_->Get(CozystackFleet(), period);
      if (!rows.ok()) return rows.status().message();
    }
    const auto trend = Trend(period, period.last, metric, by);
    if (!trend.ok()) return trend.status().message();
    if (!trend->has_value()) return RenderMetric(0, 0, 0);
    return Render(**trend, 0);
  }
  std::string NodesBy(Period period, const std::string& by) {
    const auto trend = Trend(period, period.last, "cozy_cluster_info", by);
    if (!trend.ok()) return trend.status().message();
    if (!trend->has_value() || !(*trend)->steps[0].known) return "";
    if (!(*trend)->steps[0].has_sizes) return "not counted";
    std::map<std::string, std::string> values;
    for (const counts::TrendValue& value : (*trend)->values) {
      values[value.value] = TallyOracle::RenderNodes(value.value, value.sizes[0].ToDouble());
    }
    std::string text;
    for (const auto& [value, rendered] : values) text += rendered;
    return text;
  }
  static std::string Render(const counts::Trend& trend, size_t step) {
    const Totals& tally = trend.steps[step].tally;
    std::string text =
        RenderMetric(tally.sources, tally.sum.ToDouble(), tally.report_sum.ToDouble());
    std::map<std::string, std::string> values;
    for (const counts::TrendValue& value : trend.values) {
      const ValueTally& of = value.steps[step];
      values[value.value] = RenderValue(value.value, of.sources, of.nonzero, of.sum.ToDouble());
    }
    for (const auto& [value, rendered] : values) text += " " + rendered;
    return text;
  }
  std::string Moves(Month last, Span span) {
    const auto moves = counts::ReadSourceMoves(*tallies_, CozystackFleet(), last);
    if (!moves.ok()) return moves.status().message();
    const counts::SourceMoves& of_span = (*moves)[static_cast<size_t>(span)];
    return TallyOracle::RenderMoves(of_span.new_sources, of_span.returned, of_span.gone);
  }

  std::string Moves(Period days) {
    const auto rows = tallies_->Get(CozystackFleet(), days);
    if (!rows.ok()) return rows.status().message();
    const auto moves =
        counts::ReadSourceMoves(*tallies_, CozystackFleet(), days,
                                rows->has_value() ? (*rows)->head().sources : SourceSet());
    if (!moves.ok()) return moves.status().message();
    return TallyOracle::RenderMoves(moves->new_sources, moves->returned, moves->gone);
  }

  // Rendered as the oracle does; "not counted" where the period has none.
  std::string Distribution(Period period, const Figure& figure) {
    const auto rows = tallies_->Get(CozystackFleet(), period);
    if (!rows.ok()) return rows.status().message();
    if (!rows->has_value()) return "0 counted; peak 0; latest 0";
    const auto of = (*rows)->DistributionOf(figure);
    if (!of.ok()) return of.status().message();
    if (!of->has_value()) return "not counted";
    return std::to_string((*of)->counted) + " counted; peak " + Render((*of)->peak) + "; latest " +
           ((*of)->latest ? Render(*(*of)->latest) : "not known");
  }
  std::string Nodes(Period period) { return Distribution(period, CozystackFleet().figures[0]); }
  std::string Tenants(Period period) { return Distribution(period, CozystackFleet().figures[1]); }
  static std::string Render(const rollcall::Distribution& one) {
    if (one.sources == 0) return "0";
    const auto text = [](double value) {
      char rendered[32];
      std::snprintf(rendered, sizeof rendered, "%.10g", value);
      return std::string(rendered);
    };
    std::string all = std::to_string(one.sources) + ", sum " + text(one.sum.ToDouble()) + ":";
    all += " " + text(one.least);
    for (const double number : one.percentiles) all += " " + text(number);
    all += " " + text(one.most) + ";";
    for (const DistributionBin& bin : one.bins) {
      all += " " + text(bin.from) + "-" + text(bin.to) + "=" + std::to_string(bin.sources);
    }
    return all;
  }
  // Compares those of all figures.
  void CompareDistributions(Period period) {
    for (const Figure& figure : CozystackFleet().figures) {
      ASSERT_EQ(
          Distribution(period, figure),
          distributions_.Distribution(period, {figure.metric, figure.label, figure.label_value}))
          << period.ToString() << " " << figure.name;
      ++compared_;
    }
  }
  // How many distributions were compared.
  int compared() const { return compared_; }

  // Compares a period of some metrics and labels.
  void Compare(Period period) {
    SCOPED_TRACE(period.ToString());
    const std::pair<const char*, const char*> asked[] = {{"cozy_cluster_info", "cozystack_version"},
                                                         {"cozy_nodes_count", "os"},
                                                         {"cozy_nodes_count", "kernel"},
                                                         {"cozy_application_count", "kind"},
                                                         {"cozy_pvs_count", "size"}};
    for (const auto& [metric, by] : asked) {
      ASSERT_EQ(Tally(period, metric, by), oracle_.Tally(period, metric, by)) << metric << by;
    }
    ASSERT_EQ(NodesBy(period, "cozystack_version"), oracle_.NodesBy(period, "cozystack_version"));
  }
  void CompareMonth(Month month) {
    for (const Span span : kSpans) {
      Compare(Period::Of(Window{month, span}));
      ASSERT_EQ(Moves(month, span), oracle_.Moves(month, MonthsOf(span)))
          << month.ToString() << " " << MonthsOf(span);
    }
  }

  // The 30 days that end with a day, and all that a running window of that day is compared with.
  void CompareDays(Day last) {
    const Period days = Period::Last30(last);
    Compare(days);
    ASSERT_EQ(Moves(days), oracle_.Moves(days)) << days.ToString();
    for (const Span span : kSpans) Compare(counts::SameDaysBefore(span, last));
  }

  double Scans() { return static_cast<double>(rollcall_.Metric("rollcall_period_scans_total")); }
  Harness& rollcall() { return rollcall_; }
  counts::PeriodTallies& tallies() { return *tallies_; }
  Status Refresh() {
    return tallies_->Refresh(CozystackFleet(), std::chrono::minutes(5), std::stop_token());
  }

 private:
  void Reopen() {
    tallies_ = std::make_unique<counts::PeriodTallies>(rollcall_.stores(), rollcall_.clock(),
                                                       rollcall_.registry(), options_);
  }

  Harness rollcall_;
  const counts::TallyOptions options_;
  std::unique_ptr<counts::PeriodTallies> tallies_;
  TallyOracle oracle_;
  DistributionOracle distributions_;
  int compared_ = 0;
};

}  // namespace rollcall::test
