// The harness of tests of everything but the network: stores in a temporary directory, the real
// ingest path, the real counting, and a clock that stands still where the test sets it. Its verbs
// are the language of the tests. Owned by the test. Report and Overview are for any thread, the
// other verbs for the test's own.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "counts/overview.h"
#include "counts/verify.h"
#include "counts/window_counts.h"
#include "ingest/ingester.h"
#include "metrics/registry.h"
#include "model/fleet.h"
#include "storage/stores.h"
#include "tests/support/cozystack.h"
#include "tests/support/intake.h"
#include "tests/support/manual_clock.h"
#include "tests/support/stored_reports.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {

// Returns the instant of "2026-03-07 12:00:05" or "2026-03-07", in UTC. Fails the test on
// other texts.
inline UnixSeconds At(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  const int fields =
      std::sscanf(text.c_str(), "%d-%u-%u %d:%d:%d", &year, &month, &day, &hour, &minute, &second);
  EXPECT_TRUE(fields == 3 || fields == 6) << text;
  return std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) /
                               std::chrono::day(day)) +
         std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

class Harness {
 public:
  explicit Harness(size_t source_cache_bytes = 64 * 1024 * 1024)
      : source_cache_bytes_(source_cache_bytes) {
    Open();
  }

  // Sets the clock, and makes the store accept its time.
  void SetTime(const std::string& text) { SetTime(At(text)); }
  void SetTime(UnixSeconds time) {
    clock_.Set(time);
    if (stores_) {
      EXPECT_TRUE(stores_->time().Accept(time).ok());
    }
  }
  // Sets the clock alone, right or wrong.
  void SetClock(const std::string& text) { clock_.Set(At(text)); }
  const Clock& clock() const { return clock_; }

  // Sends one report and returns its outcome, once there is one.
  Status Report(const std::string& id, const std::string& body) {
    std::promise<Status> told;
    std::future<Status> status = told.get_future();
    ingester_->Ingest(CozystackIntake(), SourceId::Parse(id).value(), body, std::nullopt,
                      [&](const Status& s) { told.set_value(s); });
    return status.get();
  }

  // The same for many at once, which share a transaction as far as they can. Returns one status
  // each, in order.
  std::vector<Status> ReportTogether(
      const std::vector<std::pair<std::string, std::string>>& reports) {
    std::vector<std::promise<Status>> told(reports.size());
    {
      const storage::Transaction hold(stores_->store());
      for (size_t i = 0; i < reports.size(); ++i) {
        ingester_->Ingest(CozystackIntake(), SourceId::Parse(reports[i].first).value(),
                          reports[i].second, std::nullopt,
                          [&told, i](const Status& s) { told[i].set_value(s); });
      }
    }
    std::vector<Status> statuses;
    for (std::promise<Status>& one : told) statuses.push_back(one.get_future().get());
    return statuses;
  }

  // From now on, puts reports into the outbox; without `store`, only there. Restarts.
  void Forward(bool store) {
    forward_ = true;
    store_ = store;
    Restart();
  }

  // Sets the bounds of reports from now on. Restarts.
  void SetBounds(const ReportBounds& bounds) {
    bounds_ = bounds;
    Restart();
  }

  void Restart() {
    Close();
    Open();
  }

  // Returns the value of a series in /metrics, such as "rollcall_reports_total{outcome=\"same\"}";
  // 0 where there is none.
  uint64_t Metric(const std::string& series) const {
    const std::string text = "\n" + registry_->WriteText();
    const size_t at = text.find("\n" + series + " ");
    return at == std::string::npos ? 0 : std::strtoull(&text[at + series.size() + 2], nullptr, 10);
  }

  // Returns all stored reports of a source, by day, then in the order they came, one per line:
  // "2026-03-07 12:00:05 a 1, b{c="d"} 2". Restarts.
  std::string Stored(const std::string& id) {
    Close();
    std::string text;
    ForEachStoredReport(directory(), [&](const StoredReport& report) {
      if (report.source != id) return;
      std::string time = FormatRfc3339(report.time);
      time[10] = ' ';
      text += time.substr(0, 19);
      for (const auto& [label_set, value] : report.series) {
        char number[32];
        std::snprintf(number, sizeof number, " %.15g", value);
        text += (label_set == report.series.begin()->first ? " " : ", ") + label_set + number;
      }
      text += "\n";
    });
    Open();
    return text;
  }

  // Returns the overview as "2026-03: month clusters=2 total_nodes=5/5 (2.5) total_tenants=0 (0.0)
  // | quarter … | apps a=1 b=2", where the number after the slash is FigureCount::report_total;
  // "none" where no month has data.
  std::string Overview(const std::string& month) { return OverviewAt(*Month::Parse(month)); }
  std::string OverviewAt(Month month) {
    const auto overview = overviews_->Read(CozystackFleet(), month);
    if (!overview.ok()) return "failed: " + overview.status().message();
    if (!overview->has_value()) return "none";
    return Render(**overview);
  }

  Result<std::optional<rollcall::Overview>> ReadOverview(const std::string& month) {
    return overviews_->Read(CozystackFleet(), *Month::Parse(month));
  }

  // Returns "" where all stored numbers agree, else the differences, one per line.
  std::string Verify() {
    const counts::VerifyReport report =
        counts::Verify(*stores_, {CozystackFleet()}, [](uint64_t, uint64_t) {});
    std::string text;
    for (const std::string& example : report.examples) text += example + "\n";
    return text;
  }

  static std::string Render(const rollcall::Overview& overview) {
    static const char* const kNames[] = {"month", "quarter", "year"};
    std::string text = overview.month.ToString() + ":";
    for (size_t i = 0; i < 3; ++i) {
      text += std::string(i == 0 ? " " : " | ") + kNames[i] + " " + Render(overview.periods[i]);
    }
    text += " | apps";
    for (const auto& [name, total] : overview.breakdowns[0]) {
      text += " " + name + "=" + std::to_string(total);
    }
    return text;
  }

  // Returns "clusters=2 total_nodes=5/5 (2.5) total_tenants=0 (0.0)".
  static std::string Render(const PeriodCounts& period) {
    std::string text = "clusters=" + std::to_string(period.sources);
    for (size_t f = 0; f < period.figures.size(); ++f) {
      const FigureCount& figure = period.figures[f];
      char average[64];
      std::snprintf(average, sizeof average, " (%.1f)", figure.average);
      text += " " + CozystackFleet().figures[f].total_name + "=" + std::to_string(figure.total);
      if (figure.report_total) text += "/" + std::to_string(*figure.report_total);
      text += average;
    }
    return text;
  }

  storage::Stores& stores() { return *stores_; }
  ingest::Ingester& ingester() { return *ingester_; }
  counts::WindowCounts& windows() { return *windows_; }
  counts::OverviewReader& overviews() { return *overviews_; }
  metrics::Registry& registry() { return *registry_; }
  const std::string& directory() const { return dir_.path(); }
  void SetAppNames(std::vector<std::string> names) { app_names_ = std::move(names); }

  void Close() {
    overviews_.reset();
    windows_.reset();
    ingester_.reset();
    stores_.reset();
  }
  void Open() {
    registry_ = std::make_unique<metrics::Registry>();
    storage::StoreOptions options;
    options.directory = dir_.path();
    auto stores = storage::Stores::Open(options);
    ASSERT_TRUE(stores.ok()) << stores.status().message();
    stores_ = std::move(stores).value();
    stores_->time().Follow(clock_.NowMilliseconds());
    ingester_ = std::make_unique<ingest::Ingester>(
        *stores_, clock_, ingest::IngesterOptions{source_cache_bytes_, store_, forward_, bounds_},
        *registry_);
    windows_ = std::make_unique<counts::WindowCounts>(*stores_, *registry_);
    overviews_ = std::make_unique<counts::OverviewReader>(*stores_, *windows_, clock_, *registry_,
                                                          [this] { return app_names_; });
  }

 private:
  const size_t source_cache_bytes_;
  bool store_ = true;
  bool forward_ = false;
  ReportBounds bounds_;
  TempDir dir_;
  ManualClock clock_{At("2026-03-01")};
  std::vector<std::string> app_names_;
  std::unique_ptr<metrics::Registry> registry_;
  std::unique_ptr<storage::Stores> stores_;
  std::unique_ptr<ingest::Ingester> ingester_;
  std::unique_ptr<counts::WindowCounts> windows_;
  std::unique_ptr<counts::OverviewReader> overviews_;
};

}  // namespace rollcall::test
