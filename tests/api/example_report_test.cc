// The example that the page shows is a report that counts, be it the file's or made up. The oracle
// is the reader of reports.
#include "api/example_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "fleets/dry_run.h"
#include "fleets/report_reader.h"
#include "model/label_set.h"
#include "tests/support/declarations.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

struct Read {
  std::string id;
  int64_t sources = 0;
  std::set<std::string> metrics;
  size_t undeclared = 0;
};

// What the server would make of the body.
Read ReadBody(const fleets::Declaration& declaration, const std::string& body) {
  const auto reader = fleets::ReportReader::Make(declaration);
  fleets::JsonCapture capture;
  fleets::MappedReport mapped;
  ReportBound exceeded{};
  const Status status = reader->Read(body, 0, {}, capture, mapped, exceeded);
  EXPECT_TRUE(status.ok()) << status.message();
  Read read;
  if (mapped.id) read.id = mapped.id->text();
  for (const auto& sample : mapped.report.samples) {
    read.metrics.insert(std::string(MetricOf(mapped.report.LabelSet(sample))));
  }
  fleets::DryRun run(declaration);
  run.Add("one", mapped.report);
  read.sources = run.Counts().sources;
  read.undeclared = mapped.undeclared.names().size();
  return read;
}

TEST(ExampleReportTest, TheFilesOwnExampleIsGivenAsItIs) {
  const Json tree = test::ComingDeclarations()[0];
  const fleets::Declaration declaration = test::Declared(tree);
  ASSERT_FALSE(declaration.example.empty());
  EXPECT_EQ(ExampleBody(declaration), declaration.example);
}

TEST(ExampleReportTest, AMadeUpOneCountsAndHasEveryMetric) {
  std::vector<Json> trees = test::ComingDeclarations();
  trees.push_back(test::SmallProduct());
  trees.push_back(test::SmallProductOfJson());
  ASSERT_GE(trees.size(), 6U);
  for (Json& tree : trees) {
    tree["reports"].erase("example");
    const fleets::Declaration declaration = test::Declared(tree);
    const std::string body = ExampleBody(declaration);
    const Read read = ReadBody(declaration, body);
    EXPECT_EQ(read.sources, 1) << tree["name"] << "\n" << body;
    EXPECT_EQ(read.undeclared, 0U) << body;
    std::set<std::string> declared;
    for (const auto& metric : declaration.metrics) declared.insert(metric.name);
    EXPECT_EQ(read.metrics, declared) << body;
    const bool is_json = tree["reports"]["format"] == "json";
    EXPECT_EQ(read.id, is_json ? ExampleId(declaration) : "");
    EXPECT_EQ(ExampleId(declaration), "my-" + declaration.counted_one);
  }
}

TEST(ExampleReportTest, TheIdIsThatOfTheFilesExample) {
  for (const Json& tree : test::ComingDeclarations()) {
    if (tree["reports"]["format"] != "json") continue;
    const Json::json_pointer id(tree["reports"]["id"].get<std::string>());
    EXPECT_EQ(ExampleId(test::Declared(tree)), tree["reports"]["example"][id]);
  }
}

TEST(ExampleReportTest, ValuesThatAFigureOrAListWaitsForAreInIt) {
  Json tree = test::SmallProduct();
  tree["figures"].push_back(Json::parse(
      R"({"name": "hosts", "metric": "myapp_info", "where": {"host": "a \"b\"\\\n"}})"));
  tree["breakdowns"][0]["known_names"] = {"2.4", "2.5"};
  const fleets::Declaration declaration = test::Declared(tree);
  const std::string body = ExampleBody(declaration);
  EXPECT_EQ(body, "myapp_info{version=\"2.4\",host=\"a \\\"b\\\"\\\\\\n\"} 1\nmyapp_users 1\n");
  EXPECT_EQ(ReadBody(declaration, body).sources, 1);
}

TEST(ExampleReportTest, ThereIsNoneWhereTheCountedMetricWantsAnUnusualText) {
  Json tree = test::SmallProductOfJson();
  tree["metrics"]["up"]["from"]["labels"]["version"] = {{"at", "/version"}, {"match", "[x-z]{40}"}};
  const fleets::Declaration declaration = test::Declared(tree);
  EXPECT_EQ(ExampleBody(declaration), "");
  EXPECT_EQ(ExampleId(declaration), "");
}

}  // namespace
}  // namespace rollcall::api
