// Lists of series and labels, by matchers and time, as the stored months tell.
#include "query/series_lists.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "ingest/importer.h"
#include "query/promql/parser.h"
#include "query/stored_series.h"
#include "tests/query/series_oracle.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

using query::SeriesListRequest;

class SeriesListsTest : public ::testing::Test {
 protected:
  SeriesListsTest() {
    Report("2026-01-31 12:00:00", "a", "m{k=\"1\"} 1\nn{l=\"x\"} 1\n");
    Report("2026-02-10 12:00:00", "a", "m{k=\"2\"} 1\n");
    Report("2026-02-20 12:00:00", "b", "m{k=\"2\"} 1\nm{k=\"3\",l=\"y\"} +Inf\n");
  }

  void Report(const std::string& time, const std::string& id, const std::string& body) {
    rollcall_.SetTime(time);
    EXPECT_TRUE(rollcall_.Report(id, body).ok());
  }
  static SeriesListRequest From(const std::string& first, const std::string& last,
                                const std::vector<std::string>& selectors = {}) {
    SeriesListRequest request;
    for (const std::string& selector : selectors) {
      request.selectors.push_back(promql::ParseSelector(selector).value());
    }
    request.start = At(first).time_since_epoch().count() * 1000;
    request.end = At(last).time_since_epoch().count() * 1000;
    return request;
  }
  template <typename List>
  std::string Ask(List list) {
    query::StoredSeries series(
        rollcall_.stores(), rollcall_.clock(), [this] { return fleets_; }, nullptr);
    promql::Budget budget(limits_, {});
    const auto view = series.Now();
    query::SeriesLists lists = view->Lists(budget);
    const auto listed = list(lists);
    if (!listed.ok()) return "failed: " + listed.status().message();
    std::string text;
    for (const std::string& value : Texts(listed->values)) {
      text += (text.empty() ? "" : " ") + value;
    }
    return text + (listed->is_cut ? " …" : "");
  }
  std::string Series(const SeriesListRequest& request) {
    return Ask([&](query::SeriesLists& lists) { return lists.Series(request); });
  }
  std::string Names(const SeriesListRequest& request) {
    return Ask([&](query::SeriesLists& lists) { return lists.LabelNames(request); });
  }
  std::string Values(const std::string& label, const SeriesListRequest& request) {
    return Ask([&](query::SeriesLists& lists) { return lists.LabelValues(label, request); });
  }
  static std::vector<std::string> Texts(const std::vector<std::string>& texts) { return texts; }
  // Sorted.
  static std::vector<std::string> Texts(const std::vector<query::SeriesGroup>& groups) {
    std::vector<std::string> texts;
    for (const query::SeriesGroup& group : groups) {
      for (const auto& [source, label_set] : group.items) {
        promql::Labels labels = group.of->wanted->labels[label_set];
        labels.Set(group.of->id_label, group.of->sources[source].id);
        texts.push_back(labels.ToString());
      }
    }
    std::sort(texts.begin(), texts.end());
    return texts;
  }

  Harness rollcall_;
  std::vector<const Fleet*> fleets_{&CozystackFleet()};
  promql::Limits limits_;
};

TEST_F(SeriesListsTest, SeriesAreThoseOfTheMonthsAndOfSourcesOfTheDays) {
  EXPECT_EQ(Series(From("2026-01-01", "2026-01-31 23:59:59")),
            "m{cluster_id=\"a\", k=\"1\"} n{cluster_id=\"a\", l=\"x\"}");
  // b reported on no such day; a's series are those of the month.
  EXPECT_EQ(Series(From("2026-02-01", "2026-02-10")), "m{cluster_id=\"a\", k=\"2\"}");
  EXPECT_EQ(Series(From("2026-02-11", "2026-02-19")), "");
  // Infinite values are in no peaks.
  EXPECT_EQ(Series(From("2026-01-01", "2026-03-01", {"m{k!=\"1\"}", "n"})),
            "m{cluster_id=\"a\", k=\"2\"} m{cluster_id=\"b\", k=\"2\"} n{cluster_id=\"a\", "
            "l=\"x\"}");
  EXPECT_EQ(Series(From("2026-02-01", "2026-01-01")), "");
}

TEST_F(SeriesListsTest, LabelsAndTheirValuesAreThoseOfTheSeries) {
  const SeriesListRequest all = From("2026-01-01", "2026-03-01");
  EXPECT_EQ(Names(all), "__name__ cluster_id k l");
  EXPECT_EQ(Names(From("2026-02-01", "2026-03-01")), "__name__ cluster_id k");
  EXPECT_EQ(Values("__name__", all), "m n");
  EXPECT_EQ(Values("cluster_id", all), "a b");
  EXPECT_EQ(Values("k", all), "1 2");
  EXPECT_EQ(Values("none", all), "");
  EXPECT_EQ(Values("cluster_id", From("2026-01-01", "2026-03-01", {"n"})), "a");
  EXPECT_EQ(Values("k", From("2026-01-01", "2026-03-01", {"m{cluster_id=\"b\"}"})), "2");
  EXPECT_EQ(Values("cluster_id", From("2026-01-01", "2026-01-31", {"m", "n"})), "a");
}

TEST_F(SeriesListsTest, ASeriesThatTwoFleetsHaveIsListedOnce) {
  Fleet other = CozystackFleet();
  other.name = "other";
  other.ref = FleetRef{2};
  fleets_.push_back(&other);
  ingest::ImportOptions options;
  options.fleet = other.ref;
  options.id_label = other.id_label;
  options.latest = At("2026-12-31");
  const auto importer = ingest::Importer::Start(rollcall_.stores(), &rollcall_.ingester(), options);
  ASSERT_TRUE(importer.ok());
  const std::string time =
      " 1 " + std::to_string(At("2026-01-15").time_since_epoch().count() * 1000);
  ASSERT_TRUE(
      (*importer)
          ->Feed("m{cluster_id=\"a\",k=\"1\"}" + time + "\nm{cluster_id=\"c\"}" + time + "\n")
          .ok());
  ASSERT_TRUE((*importer)->Finish().ok());
  EXPECT_EQ(Series(From("2026-01-01", "2026-01-31", {"m"})),
            "m{cluster_id=\"a\", k=\"1\"} m{cluster_id=\"c\"}");
  EXPECT_EQ(Values("cluster_id", From("2026-01-01", "2026-01-31")), "a c");
}

TEST_F(SeriesListsTest, ALimitCutsTheListAndSaysSo) {
  SeriesListRequest request = From("2026-01-01", "2026-03-01");
  request.limit = 1;
  EXPECT_EQ(Values("cluster_id", request), "a …");
  request.limit = 2;
  EXPECT_EQ(Values("cluster_id", request), "a b");
  request.limit = 3;
  EXPECT_EQ(Series(request).back(), "…"[2]);
  request.limit = 4;
  EXPECT_EQ(
      Series(request),
      "m{cluster_id=\"a\", k=\"1\"} m{cluster_id=\"a\", k=\"2\"} m{cluster_id=\"b\", k=\"2\"} "
      "n{cluster_id=\"a\", l=\"x\"}");
  limits_.series = 2;
  EXPECT_EQ(Series(request).substr(0, 7), "failed:");
}

}  // namespace
}  // namespace rollcall::test
