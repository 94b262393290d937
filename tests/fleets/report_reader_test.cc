// Reports of declared fleets in either form, and what an overview of a few of them says.
#include "fleets/report_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fleets/built_in.h"
#include "fleets/dry_run.h"
#include "parse/report_parser.h"
#include "tests/fleets/mapping_oracle.h"

namespace rollcall::fleets {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ReportReaderTest : public testing::Test {
 protected:
  void Declare(std::string_view text) {
    declaration_.emplace(ParseDeclaration("a.json", text).value());
    reader_.emplace(ReportReader::Make(*declaration_).value());
    run_.emplace(*declaration_);
  }
  Status Read(const std::string& body) {
    return reader_->Read(body, 1, bounds_, capture_, mapped_, exceeded_);
  }
  // Reads it as an installation's report; the series.
  SeriesMap Report(const std::string& id, const std::string& body) {
    const Status status = Read(body);
    EXPECT_TRUE(status.ok()) << status.message();
    run_->Add(id, mapped_.report);
    return SeriesOf(mapped_.report);
  }

  std::optional<Declaration> declaration_;
  std::optional<ReportReader> reader_;
  std::optional<DryRun> run_;
  ReportBounds bounds_;
  JsonCapture capture_;
  MappedReport mapped_;
  ReportBound exceeded_{};
};

TEST_F(ReportReaderTest, OfTextWhatIsUndeclaredIsDroppedAndTold) {
  Declare(ExampleDeclaration());
  EXPECT_EQ(Report("a",
                   "myapp_info{version=\"2\",host=\"secret\",source_id=\"x\"} 1\n"
                   "myapp_users 3\nmyapp_secret{a=\"b\"} 1\nmyapp_users nan\n"),
            (SeriesMap{{"myapp_info{version=\"2\"}", 1}, {"myapp_users", 3}}));
  EXPECT_THAT(mapped_.undeclared.names(), ElementsAre("myapp_info{host}", "myapp_secret"));
  EXPECT_EQ(mapped_.report.arena.find("secret"), std::string::npos);
}

TEST_F(ReportReaderTest, SeriesThatDifferInUndeclaredLabelsAreOneAndTheLargestCounts) {
  Declare(ExampleDeclaration());
  EXPECT_EQ(Report("a", "myapp_users{x=\"1\"} 3\nmyapp_users{x=\"2\"} 7\nmyapp_users 5\n"),
            (SeriesMap{{"myapp_users", 7}}));
}

TEST_F(ReportReaderTest, WhereTheUndeclaredIsKeptAReportIsWhatItIsWithoutADeclaration) {
  Declare(BuiltInDeclaration("cozystack"));
  const std::string body =
      "cozy_cluster_info{cozystack_version=\"v1\",cluster_id=\"c\",mine=\"y\"} 1\nother{a=\"b\"} "
      "2\n";
  ParsedReport parsed;
  ASSERT_TRUE(ParseReport(body, "cluster_id", 1, parsed).ok());
  EXPECT_EQ(Report("a", body), SeriesOf(parsed));
  EXPECT_THAT(mapped_.undeclared.names(), IsEmpty());
}

TEST_F(ReportReaderTest, ABadLineAndABoundAreToldWithTheirLine) {
  Declare(ExampleDeclaration());
  EXPECT_EQ(Read("myapp_users 1\nmyapp_users x\n").message(),
            "line 2: value is not a number: \"x\"");
  bounds_.series = 1;
  EXPECT_EQ(Read("myapp_users 1\nmyapp_info 1\n").message(),
            "line 2: more than 1 series (--max-report-series)");
  EXPECT_EQ(exceeded_, ReportBound::kSeries);
  EXPECT_THAT(mapped_.report.samples, IsEmpty());
}

TEST_F(ReportReaderTest, AnOverviewOfAFewReportsIsThatOfTheContract) {
  Declare(ExampleDeclaration());
  Report("a", "myapp_info{version=\"1\"} 1\nmyapp_users 10\n");
  Report("a", "myapp_info{version=\"2\"} 0\nmyapp_users 4\nmyapp_jobs{state=\"done\"} 5\n");
  Report("b", "myapp_info{version=\"2\"} 1\nmyapp_users 5\nmyapp_jobs{state=\"failed\"} 9\n");
  Report("c", "myapp_users 1\nmyapp_users inf\n");
  const PeriodCounts counts = run_->Counts();
  EXPECT_EQ(counts.sources, 2);
  ASSERT_EQ(counts.figures.size(), 2u);
  EXPECT_EQ(counts.figures[0].total, 15);
  EXPECT_EQ(counts.figures[0].average, 7.5);
  EXPECT_EQ(counts.figures[0].report_total, 15);
  EXPECT_EQ(counts.figures[1].total, 5);
  EXPECT_EQ(counts.figures[1].report_total, std::nullopt);
  EXPECT_THAT(run_->Breakdowns(),
              ElementsAre(BreakdownTotals{{"1", 1}, {"2", 1}}, BreakdownTotals{}));
}

}  // namespace
}  // namespace rollcall::fleets
