// What a query over stored reports must see, told by the exporter: its text, parsed into samples by
// series, and the series that a StoredView gives, expanded into samples. Functions of tests.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "model/label_set.h"
#include "parse/report_parser.h"
#include "query/exporter.h"
#include "query/promql/matcher.h"
#include "query/stored_series.h"

namespace rollcall::test {

// By the series' labels as PromQL writes them: value by time in Unix milliseconds, as text so that
// -0 is not 0.
using SamplesBySeries = std::map<std::string, std::map<int64_t, std::string>>;

inline std::string NumberText(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

inline promql::Matcher Match(promql::MatchOp op, const std::string& label,
                             const std::string& value) {
  auto matcher = promql::Matcher::Make(op, label, value);
  EXPECT_TRUE(matcher.ok());
  return std::move(matcher).value();
}

inline promql::Matcher Named(const std::string& metric) {
  return Match(promql::MatchOp::kEqual, "__name__", metric);
}

// Returns all stored samples of a fleet.
inline SamplesBySeries Exported(storage::Stores& stores, const Fleet& fleet) {
  query::ExportOptions options;
  options.fleet = fleet.ref;
  options.source_label = fleet.id_label;
  query::Exporter exporter(stores, std::move(options));
  std::string text;
  for (bool more = true; more;) {
    const Result<bool> next = exporter.Next(text);
    EXPECT_TRUE(next.ok());
    more = next.ok() && *next;
  }
  SamplesBySeries samples;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    const size_t time_at = line.rfind(' ');
    // The label set, by the parser of reports: no label names a source for it.
    ParsedReport parsed;
    EXPECT_TRUE(ParseReport(line.substr(0, time_at) + "\n", "", 1, parsed).ok()) << line;
    const std::string_view set = parsed.LabelSet(parsed.samples.front());
    std::vector<promql::Labels::Label> labels{{"__name__", std::string(MetricOf(set))}};
    for (const Label& label : LabelsOf(set)) labels.emplace_back(label.name, label.value);
    samples[promql::Labels(std::move(labels)).ToString()][std::strtoll(
        line.c_str() + time_at + 1, nullptr, 10)] = NumberText(parsed.samples.front().value);
  }
  return samples;
}

// Leaves the samples in (after, to].
inline SamplesBySeries Between(const SamplesBySeries& all, int64_t after, int64_t to) {
  SamplesBySeries some;
  for (const auto& [series, samples] : all) {
    for (const auto& [time, value] : samples) {
      if (time > after && time <= to) some[series][time] = value;
    }
  }
  return some;
}

struct Seen {
  SamplesBySeries samples;
  std::map<std::string, int64_t> lookback_ms;
};

// Visits all parts, each on a thread of its own, and checks what a view must be.
inline Result<Seen> See(promql::SeriesSource& source, const promql::SelectRequest& request,
                        promql::Budget& budget) {
  auto parts = source.Select(request, budget);
  if (!parts.ok()) return parts.status();
  Seen seen;
  std::mutex mutex;
  Status status;
  std::vector<std::jthread> threads;
  for (auto& part : *parts) {
    threads.emplace_back([&, one = part.get()] {
      std::map<uint64_t, std::pair<std::vector<int64_t>, int64_t>> axes;
      const Status visited = one->Visit([&](const promql::SeriesView& view) {
        const std::lock_guard lock(mutex);
        const std::string name = view.labels.ToString();
        const auto [at, is_new] = seen.samples.try_emplace(name);
        EXPECT_TRUE(is_new) << name << " is visited twice";
        EXPECT_FALSE(view.runs.empty()) << name;
        for (size_t i = 1; i < view.times.size(); ++i) EXPECT_LT(view.times[i - 1], view.times[i]);
        uint32_t end = 0;
        for (const promql::Run& run : view.runs) {
          EXPECT_LE(end, run.begin) << name;
          EXPECT_LT(run.begin, run.end) << name;
          EXPECT_LE(run.end, view.times.size()) << name;
          for (uint32_t i = run.begin; i < run.end && i < view.times.size(); ++i) {
            at->second[view.times[i]] = NumberText(run.value);
          }
          end = run.end;
        }
        seen.lookback_ms[name] = view.lookback_ms;
        const std::vector<int64_t> times(view.times.begin(), view.times.end());
        const auto axis = axes.try_emplace(view.axis, times, view.lookback_ms).first;
        EXPECT_TRUE(axis->second.first == times && axis->second.second == view.lookback_ms);
        return Status::Ok();
      });
      const std::lock_guard lock(mutex);
      if (!visited.ok()) status = visited;
    });
  }
  threads.clear();
  if (!status.ok()) return status;
  return seen;
}

}  // namespace rollcall::test
