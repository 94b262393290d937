// History as series in JSON lines: what is taken, what is refused, and how the form is told.
#include <gtest/gtest.h>

#include "ingest/import_format.h"
#include "ingest/importer.h"
#include "tests/support/cozystack.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

using ingest::DetectImportFormat;
using ingest::ImportFormat;
using ingest::ImportOptions;
using ingest::ImportTally;

class SeriesImportTest : public ::testing::Test {
 protected:
  SeriesImportTest() { rollcall_.SetTime("2026-03-31"); }

  ImportTally Import(const std::string& text, size_t piece_bytes = 1 << 20,
                     ImportFormat format = ImportFormat::kAuto, bool strict = false) {
    ImportOptions options;
    options.fleet = kFirstFleet;
    options.id_label = CozystackFleet().id_label;
    options.latest = At("2026-03-31");
    options.format = format;
    options.strict = strict;
    auto importer = ingest::Importer::Start(rollcall_.stores(), &rollcall_.ingester(), options);
    EXPECT_TRUE(importer.ok());
    status_ = Status::Ok();
    for (size_t at = 0; at < text.size() && status_.ok(); at += piece_bytes) {
      status_ = (*importer)->Feed(std::string_view(text).substr(at, piece_bytes));
    }
    if (status_.ok()) status_ = (*importer)->Finish();
    return (*importer)->tally();
  }
  static std::string Series(const std::string& labels, const std::string& values,
                            const std::string& times) {
    return "{\"metric\":{" + labels + "},\"values\":[" + values + "],\"timestamps\":[" + times +
           "]}\n";
  }

  Harness rollcall_;
  Status status_;
};

TEST_F(SeriesImportTest, SeriesOfOneSecondBecomeOneReportHoweverTheBytesCome) {
  const std::string text =
      Series("\"__name__\":\"cozy_cluster_info\",\"cluster_id\":\"a\"", "1,1",
             "1772323200000,1772324100999") +
      "\n" +
      Series("\"os\":\"x\",\"cluster_id\":\"a\",\"__name__\":\"cozy_nodes_count\",\"e\":\"\"",
             "3,null,4", "1772323200500,1772324000000,1772324100000");
  for (const size_t piece : {size_t{1}, size_t{7}, text.size()}) {
    const ImportTally tally = Import(text, piece);
    EXPECT_TRUE(status_.ok()) << status_.message();
    EXPECT_EQ(tally.lines, 3u);
    EXPECT_EQ(tally.samples, 4u);
    EXPECT_EQ(tally.not_numbers, 1u);
    EXPECT_EQ(tally.refused, 0u);
    EXPECT_EQ(tally.series, 2u);
    EXPECT_EQ(tally.reports_added, piece == 1 ? 2u : 0u);  // the first time
  }
  EXPECT_EQ(rollcall_.Stored("a"),
            "2026-03-01 00:00:00 cozy_cluster_info 1, cozy_nodes_count{os=\"x\"} 3\n"
            "2026-03-01 00:15:00 cozy_cluster_info 1, cozy_nodes_count{os=\"x\"} 4\n");
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(SeriesImportTest, ABadLineIsToldWithItsNumberAndTheRestGoesOn) {
  const ImportTally tally = Import(
      Series("\"__name__\":\"m\",\"cluster_id\":\"a\"", "1", "1772323200000") + "{\"metric\":\n" +
      Series("\"__name__\":\"m\"", "1", "1772323200000") +
      Series("\"cluster_id\":\"a\"", "1", "1772323200000") +
      Series("\"__name__\":\"m\",\"cluster_id\":\"a b\"", "1", "1772323200000") +
      Series("\"__name__\":\"m\",\"cluster_id\":\"a\"", "1,2,3", "5,1772323201000,1893456000000"));
  EXPECT_TRUE(status_.ok());
  EXPECT_EQ(tally.samples, 2u);
  ASSERT_EQ(tally.errors.size(), 5u);
  EXPECT_EQ(tally.errors[0], "line 2: the line ends within the series");
  EXPECT_EQ(tally.errors[1], "line 3: no label cluster_id");
  EXPECT_EQ(tally.errors[2], "line 4: no __name__");
  EXPECT_TRUE(tally.errors[3].starts_with("line 5: cluster_id: "));
  EXPECT_EQ(tally.errors[4],
            "line 6: 2 of 3 values left out: the timestamp is before 2000: milliseconds since 1970 "
            "are wanted");
}

TEST_F(SeriesImportTest, AStrictImportEndsAtTheFirstBadLine) {
  const std::string good = Series("\"__name__\":\"m\",\"cluster_id\":\"a\"", "1", "1772323200000");
  const ImportTally tally = Import(good + "x\n" + good, 1 << 20, ImportFormat::kAuto, true);
  EXPECT_EQ(status_.message(), "line 2: a line begins with {");
  EXPECT_EQ(tally.refused, 1u);
}

TEST_F(SeriesImportTest, AFormatThatIsSaidIsNotGuessed) {
  const std::string json = Series("\"__name__\":\"m\",\"cluster_id\":\"a\"", "1", "1772323200000");
  EXPECT_EQ(Import(json, 3, ImportFormat::kText).refused, 1u);
  EXPECT_EQ(Import("m{cluster_id=\"a\"} 1 1772323200000\n", 3, ImportFormat::kJsonLines).refused,
            1u);
  EXPECT_EQ(Import("\n \n{\"m\",cluster_id=\"a\"} 1 1772323200000\n", 3).samples, 1u);
  EXPECT_EQ(Import("", 1).lines, 0u);
  EXPECT_EQ(Import("\n\n", 1).refused, 0u);
  EXPECT_EQ(Import("{", 1).refused, 1u);
}

TEST_F(SeriesImportTest, ALineOfAHundredThousandValuesIsOneSeries) {
  std::string values;
  std::string times;
  for (int i = 0; i < 100'000; ++i) {
    values += (i == 0 ? "" : ",") + std::to_string(i % 7);
    times += (i == 0 ? "" : ",") + std::to_string(1760000000000 + i * 60'000LL);
  }
  const ImportTally tally =
      Import(Series("\"__name__\":\"m\",\"cluster_id\":\"a\"", values, times), 4096);
  EXPECT_EQ(tally.samples_added, 100'000u);
  EXPECT_EQ(tally.reports_added, 100'000u);
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST(ImportFormatTest, OnlyAColonBehindTheFirstTextInBracesMeansJson) {
  const auto detected = [](std::string_view start) -> std::string {
    const auto format = DetectImportFormat(start);
    return !format ? "more" : *format == ImportFormat::kText ? "text" : "jsonl";
  };
  for (const char* more : {"", " ", "\n\t", "{", "{ ", "{\"", "{\"metric", "{\"met\\\"",
                           "{\"metric\"", "{\"metric\" "}) {
    EXPECT_EQ(detected(more), "more") << more;
  }
  for (const char* text : {"a", "# {", "{a", "{}", "{\"a\"}", "{\"a\",", "{\"a\"=\"b\"}",
                           "{\"a:b\"=", "{\"a\\\":\"=\"", " {\"a\" }"}) {
    EXPECT_EQ(detected(text), "text") << text;
  }
  for (const char* json : {"{\"metric\":", " \n{ \"x\\\"y\" :", "{\"\":"}) {
    EXPECT_EQ(detected(json), "jsonl") << json;
  }
  EXPECT_EQ(detected(std::string(ingest::kMaxDetectBytes, ' ')), "text");
  EXPECT_EQ(detected("{\"" + std::string(ingest::kMaxDetectBytes, 'a')), "text");
}

}  // namespace
}  // namespace rollcall::test
