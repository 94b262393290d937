// What a made-up fleet of any declaration reports: all that the page shows, nothing that is not
// declared, versions that rise, and sizes of which most are small.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "fleets/report_reader.h"
#include "tests/demo/recount.h"
#include "tests/fleets/random_json.h"
#include "tests/support/declarations.h"
#include "tests/support/rounds.h"

namespace rollcall::demo {
namespace {

// A sanitizer takes long for each report.
constexpr std::chrono::hours kInterval(24 * (test::Rounds(4) == 4 ? 4 : 10));
const UnixSeconds kEnd = std::chrono::sys_days(std::chrono::year(2026) / 3 / 10);

// All that come with rollcall, small ones, and these without the example of a report.
std::vector<fleets::Declaration> Declarations() {
  std::vector<test::DeclarationTree> trees = test::ComingDeclarations();
  trees.push_back(test::SmallProduct());
  trees.push_back(test::SmallProductOfJson());
  std::vector<fleets::Declaration> all;
  for (test::DeclarationTree& tree : trees) {
    all.push_back(test::Declared(tree));
    if (tree["reports"].erase("example") > 0) all.push_back(test::Declared(tree));
  }
  return all;
}

std::string NameOf(const fleets::Declaration& declaration) {
  return declaration.fleet.name + (declaration.example.empty() ? " without its example" : "");
}

void ForEach(const fleets::Declaration& declaration, uint32_t sources,
             const std::function<void(const DemoReport&)>& take) {
  auto fleet = DemoFleet::Make(declaration, {1, sources, 14, kEnd, kInterval});
  ASSERT_TRUE(fleet.ok()) << fleet.status().message();
  DemoReport report;
  while ((*fleet)->Next(report)) take(report);
}

TEST(DeclaredDemoFleetTest, EachReportIsReadWholeByItsDeclarationAndCounts) {
  for (const fleets::Declaration& declaration : Declarations()) {
    SCOPED_TRACE(NameOf(declaration));
    const fleets::ReportReader reader = fleets::ReportReader::Make(declaration).value();
    fleets::JsonCapture capture;
    fleets::MappedReport mapped;
    ReportBound exceeded{};
    int reports = 0;
    ForEach(declaration, 40, [&](const DemoReport& report) {
      const Status read = reader.Read(report.body, 1, {}, capture, mapped, exceeded);
      ASSERT_TRUE(read.ok()) << read.message() << "\n" << report.body;
      EXPECT_EQ(mapped.undeclared.names(), std::set<std::string>()) << report.body;
      const bool is_json = declaration.format == fleets::ReportFormat::kJson;
      EXPECT_EQ(mapped.id ? mapped.id->text() : "", is_json ? report.source : "");
      const SeriesOfReport series = SeriesOf(declaration, report);
      EXPECT_EQ(mapped.report.samples.size(), series.size()) << report.body;
      EXPECT_TRUE(std::any_of(series.begin(), series.end(), [&](const auto& one) {
        return MetricOfSeries(one.first) == declaration.fleet.counted_metric;
      })) << report.body;
      ++reports;
    });
    EXPECT_GT(reports, 500);
  }
}

TEST(DeclaredDemoFleetTest, WhatTheOverviewAndThePageShowIsReported) {
  for (const fleets::Declaration& declaration : Declarations()) {
    SCOPED_TRACE(NameOf(declaration));
    std::map<std::pair<std::string, std::string>, std::set<std::string>> values;
    std::map<std::string, double> most;
    ForEach(declaration, 60, [&](const DemoReport& report) {
      for (const auto& [series, value] : SeriesOf(declaration, report)) {
        const std::string metric = MetricOfSeries(series);
        most[metric] = std::max(most[metric], value);
        const fleets::MetricDescription* const described = declaration.FindMetric(metric);
        ASSERT_NE(described, nullptr) << metric;
        for (const fleets::LabelDescription& label : described->labels) {
          const std::string text = LabelOfSeries(series, label.name);
          if (!text.empty()) values[{metric, label.name}].insert(text);
        }
      }
    });
    for (const Figure& figure : declaration.fleet.figures) {
      EXPECT_GT(most[figure.metric], 0) << figure.name;
      if (figure.label.empty()) continue;
      EXPECT_TRUE((values[{figure.metric, figure.label}].contains(figure.label_value)))
          << figure.name;
    }
    for (const Breakdown& breakdown : declaration.fleet.breakdowns) {
      EXPECT_FALSE((values[{breakdown.metric, breakdown.label}].empty())) << breakdown.name;
    }
    for (const fleets::Panel& panel : declaration.page) {
      if (panel.by.empty()) continue;
      EXPECT_FALSE((values[{panel.metric, panel.by}].empty())) << panel.title;
    }
    // And of values that the declaration gives as examples, each.
    for (const fleets::MetricDescription& metric : declaration.metrics) {
      for (const fleets::LabelDescription& label : metric.labels) {
        for (const std::string& example : label.examples) {
          if (example.find('.') != std::string::npos) continue;  // a version, which rises
          EXPECT_TRUE((values[{metric.name, label.name}].contains(example)))
              << metric.name << " " << label.name << " " << example;
        }
      }
    }
  }
}

// The numbers in a text, which versions are compared by.
std::vector<int> NumbersIn(const std::string& text) {
  std::vector<int> numbers;
  for (size_t at = 0; at < text.size();) {
    if (text[at] < '0' || text[at] > '9') {
      ++at;
      continue;
    }
    size_t length = 0;
    numbers.push_back(std::stoi(text.substr(at), &length));
    at += length;
  }
  return numbers;
}

TEST(DeclaredDemoFleetTest, VersionsRiseAndAreTakenUpBitByBit) {
  int panels = 0;
  for (const fleets::Declaration& declaration : Declarations()) {
    for (const fleets::Panel& panel : declaration.page) {
      if (panel.show != fleets::Panel::Show::kAdoption) continue;
      ++panels;
      SCOPED_TRACE(NameOf(declaration) + " " + panel.title);
      // Of each month, how many reports came from each version.
      std::map<Month, std::map<std::vector<int>, int>> months;
      ForEach(declaration, 100, [&](const DemoReport& report) {
        for (const auto& [series, value] : SeriesOf(declaration, report)) {
          if (MetricOfSeries(series) != panel.metric) continue;
          ++months[Month::Of(report.time)][NumbersIn(LabelOfSeries(series, panel.by))];
        }
      });
      ASSERT_EQ(months.size(), 14U);
      const auto& first = months.begin()->second;
      const auto& last = months.rbegin()->second;
      EXPECT_GE(last.size(), 3U);
      EXPECT_LT(first.rbegin()->first, last.rbegin()->first) << "the newest is another by then";
      // Between the oldest and the newest there are always some.
      int reports = 0;
      for (const auto& [version, count] : last) reports += count;
      const int with_newest = last.rbegin()->second;
      EXPECT_GT(with_newest, 0);
      EXPECT_LT(with_newest, reports);
    }
  }
  EXPECT_GE(panels, 6);
}

TEST(DeclaredDemoFleetTest, MostSourcesAreSmallAndAFewAreMuchLarger) {
  int figures = 0;
  for (const fleets::Declaration& declaration : Declarations()) {
    SCOPED_TRACE(NameOf(declaration));
    Recount recount(declaration);
    ForEach(declaration, 150, [&](const DemoReport& report) { recount.Add(report); });
    const Recounted year = recount.Of(Month::Of(kEnd), 12);
    for (size_t i = 0; i < year.sizes.size(); ++i) {
      const std::vector<double>& sizes = year.sizes[i];
      ASSERT_FALSE(sizes.empty()) << i;
      const double median = sizes[sizes.size() / 2];
      if (median == 0) continue;  // few have any
      ++figures;
      EXPECT_GE(sizes.back(), 10 * median) << declaration.fleet.figures[i].name;
      EXPECT_LE(sizes.back(), 1'000 * median) << declaration.fleet.figures[i].name;
      EXPECT_LE(sizes.front(), median) << declaration.fleet.figures[i].name;
    }
  }
  EXPECT_GE(figures, 12);
}

TEST(DeclaredDemoFleetTest, FleetsOfTwoProductsHaveNoSourceInCommon) {
  std::set<std::string> ids;
  size_t products = 0;
  size_t sources = 0;
  for (const test::DeclarationTree& tree : test::ComingDeclarations()) {
    std::set<std::string> own;
    ForEach(test::Declared(tree), 20, [&](const DemoReport& report) { own.insert(report.source); });
    ids.insert(own.begin(), own.end());
    sources += own.size();
    ++products;
  }
  EXPECT_EQ(products, 4U);
  EXPECT_EQ(ids.size(), sources);
}

TEST(DeclaredDemoFleetTest, ANumberOfAnySizeInAnExampleMakesPlainNumbers) {
  for (const char* const number : {"-3", "0", "0.25", "1e300", "+Inf", "-Inf", "1e-300", "3e14"}) {
    SCOPED_TRACE(number);
    test::DeclarationTree tree = test::SmallProduct();
    tree["reports"]["example"] = {"myapp_info 1", std::string("myapp_users ") + number};
    ForEach(test::Declared(tree), 30, [&](const DemoReport& report) {
      for (const std::string_view line : Lines(report.body)) {
        const std::string_view value = line.substr(line.rfind(' ') + 1);
        EXPECT_EQ(value.find_first_not_of("0123456789."), std::string_view::npos) << line;
        EXPECT_LE(std::stod(std::string(value)), 1e15);
      }
    });
  }
}

TEST(DeclaredDemoFleetTest, ALabelThatIdentifiesIsAnotherForEachSource) {
  test::DeclarationTree lines = test::SmallProduct();
  lines["identifying_labels"] = {"host"};
  test::DeclarationTree json = test::SmallProductOfJson();
  json["metrics"]["host"] = test::DeclarationTree::parse(
      R"({"description": "It.", "labels": {"host": "Its host."},
          "from": {"labels": {"host": "/host"}}})");
  json["identifying_labels"] = {"host"};
  for (const test::DeclarationTree& tree : {lines, json}) {
    const fleets::Declaration declaration = test::Declared(tree);
    std::set<std::string> ids;
    std::set<std::string> hosts;
    ForEach(declaration, 30, [&](const DemoReport& report) {
      ids.insert(report.source);
      for (const auto& [series, value] : SeriesOf(declaration, report)) {
        const std::string host = LabelOfSeries(series, "host");
        if (!host.empty()) hosts.insert(host);
      }
    });
    EXPECT_EQ(hosts.size(), ids.size()) << declaration.fleet.name;
  }
}

TEST(DeclaredDemoFleetTest, APatternASharedPlaceAndNestedItemsAreMadeAsTheMappingReadsThem) {
  test::DeclarationTree tree = test::SmallProductOfJson();
  tree["reports"]["example"] = test::DeclarationTree::parse(
      R"({"instance": {"id": "x"}, "version": "7.2.1", "apps": {"we\"b": {"n": 3}}, "more": ["z"]})");
  tree["metrics"]["region"] = test::DeclarationTree::parse(
      R"({"description": "Regions.", "labels": {"app": "Of which app.", "region": "Name."},
          "from": {"each": ["/apps", "/regions"], "value": "@value",
                   "labels": {"app": "@1.key", "region": "@key"}}})");
  tree["breakdowns"] = test::DeclarationTree::parse(
      R"([{"name": "versions", "metric": "up", "by": "version"},
          {"name": "regions", "metric": "region", "by": "region"}])");
  const fleets::Declaration declaration = test::Declared(tree);
  std::set<std::string> metrics;
  std::set<std::string> versions;
  ForEach(declaration, 30, [&](const DemoReport& report) {
    for (const auto& [series, value] : SeriesOf(declaration, report)) {
      metrics.insert(MetricOfSeries(series));
      const std::string version = LabelOfSeries(series, "version");
      if (!version.empty()) versions.insert(version);
    }
  });
  EXPECT_EQ(metrics, (std::set<std::string>{"apps", "cloud", "region", "up"}));
  EXPECT_TRUE(versions.contains("7.2"));
  EXPECT_TRUE(versions.contains("7.3"));
}

// Of mappings that nobody would write, too, a body is JSON that the mapping reads without a fault,
// and of most something comes; others contradict themselves, or their example has nothing for them.
TEST(DeclaredDemoFleetTest, ABodyForARandomMappingIsReadByIt) {
  int mappings = 0;
  int with_series = 0;
  for (uint64_t seed = 1; seed <= static_cast<uint64_t>(test::Rounds(1'000)); ++seed) {
    SCOPED_TRACE(seed);
    fleets::RandomJson random(seed);
    fleets::Declaration declaration;
    declaration.fleet.name = "random";
    declaration.format = fleets::ReportFormat::kJson;
    declaration.mapping = random.Mapping();
    if (random.Below(2) == 0) {
      auto example = random.Value(4);
      if (!example.is_object()) example = nlohmann::json::object();
      example["id"] = "x";
      declaration.example = example.dump();
    }
    const auto mapper = fleets::JsonMapper::Make(declaration.mapping);
    if (!mapper.ok()) continue;
    ++mappings;
    auto fleet = DemoFleet::Make(declaration, {seed, 3, 1, kEnd, std::chrono::hours(60)});
    ASSERT_TRUE(fleet.ok()) << fleet.status().message();
    fleets::JsonCapture capture;
    fleets::MappedReport mapped;
    ReportBound exceeded{};
    DemoReport report;
    size_t series = 0;
    while ((*fleet)->Next(report)) {
      const Status read = mapper->Map(report.body, 1, {}, capture, mapped, exceeded);
      ASSERT_TRUE(read.ok()) << read.message() << "\n" << report.body;
      EXPECT_EQ(fleets::SeriesOf(mapped.report), SeriesOf(declaration, report)) << report.body;
      series += mapped.report.samples.size();
    }
    with_series += series > 0 ? 1 : 0;
  }
  EXPECT_GT(mappings, test::Rounds(600));
  EXPECT_GT(with_series * 2, mappings);
}

}  // namespace
}  // namespace rollcall::demo
