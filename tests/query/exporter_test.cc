// What is exported and imported into an empty store gives the same overviews and the same export.
#include "query/exporter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "ingest/importer.h"
#include "model/label_set.h"
#include "storage/keys.h"
#include "storage/row_codec.h"
#include "tests/support/cozystack.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

using query::ExportFormat;
using query::ExportOptions;

ExportOptions All(ExportFormat format = ExportFormat::kText) {
  ExportOptions options;
  options.fleet = kFirstFleet;
  options.source_label = CozystackFleet().id_label;
  options.format = format;
  return options;
}

std::string Export(Harness& rollcall, ExportOptions options = All()) {
  query::Exporter exporter(rollcall.stores(), std::move(options));
  std::string text;
  std::string piece;
  for (;;) {
    piece.clear();
    const Result<bool> more = exporter.Next(piece);
    if (!more.ok()) return "failed: " + more.status().message();
    EXPECT_LT(piece.size(), 2u << 20);
    text += piece;
    if (!*more) return text;
  }
}

std::string Matching(Harness& rollcall, const std::vector<std::string>& selectors) {
  ExportOptions options = All();
  for (const std::string& selector : selectors) {
    options.selectors.push_back(Selector::Parse(selector).value());
  }
  return Export(rollcall, std::move(options));
}

void Import(Harness& rollcall, const std::string& text) {
  ingest::ImportOptions options;
  options.fleet = kFirstFleet;
  options.id_label = CozystackFleet().id_label;
  options.latest = At("2026-12-31");
  const auto importer = ingest::Importer::Start(rollcall.stores(), &rollcall.ingester(), options);
  ASSERT_TRUE(importer.ok());
  ASSERT_TRUE((*importer)->Feed(text).ok());
  ASSERT_TRUE((*importer)->Finish().ok());
  EXPECT_EQ((*importer)->tally().refused, 0u) << (*importer)->tally().errors.front();
}

// The source's peaks of a month: "name: per report 5; {os="x"} 5 …", refs told by their texts.
std::string Peaks(Harness& rollcall, const std::string& month) {
  std::string text;
  storage::Store& store = rollcall.stores().store();
  const storage::KeyRange range = storage::RangeOf(Month::Parse(month)->number, kFirstFleet);
  for (storage::Scan scan = store.NewScan(storage::Table::kPeaks, range.begin, range.end);
       scan.Valid(); scan.Next()) {
    PeaksRow row;
    EXPECT_TRUE(storage::DecodePeaks(scan.value(), row).ok());
    std::vector<std::string> parts;
    const auto name = [&](uint32_t ref) {
      return FormatLabelSet(*rollcall.stores().labels().TextOf(LabelSetRef{ref}));
    };
    for (const MetricPeaks& metric : row.metrics) {
      parts.push_back(name(metric.metric.value) + " per report " +
                      std::to_string(metric.report_sum_peak));
    }
    for (const SeriesPeak& series : row.series) {
      parts.push_back(name(series.label_set.value) + " " + std::to_string(series.peak) +
                      (series.current ? " current" : ""));
    }
    std::sort(parts.begin(), parts.end());
    for (const std::string& part : parts) text += part + "\n";
  }
  return text;
}

class ExporterTest : public ::testing::Test {
 protected:
  void Report(const std::string& time, const std::string& id, const std::string& body) {
    rollcall_.SetTime(time);
    ASSERT_TRUE(rollcall_.Report(id, body).ok());
  }

  Harness rollcall_;
};

TEST_F(ExporterTest, LinesComeByDayThenSourceThenSecondThenLabelSet) {
  Report("2026-03-01 10:00:00", "b", "x{l=\"2\"} 2\nx{l=\"1\"} 1\na 5\n");
  Report("2026-03-01 11:00:00", "a", "m{z=\"1\",b=\"2\"} 0.5\n");
  Report("2026-03-01 10:15:00", "b", "x{l=\"2\"} 2\nx{l=\"1\"} 1\na 5\n");
  Report("2026-03-02 00:00:00", "a", "m{z=\"1\",b=\"2\"} -0\n");
  EXPECT_EQ(Export(rollcall_),
            "m{b=\"2\",cluster_id=\"a\",z=\"1\"} 0.5 1772362800000\n"
            "a{cluster_id=\"b\"} 5 1772359200000\n"
            "x{cluster_id=\"b\",l=\"1\"} 1 1772359200000\n"
            "x{cluster_id=\"b\",l=\"2\"} 2 1772359200000\n"
            "a{cluster_id=\"b\"} 5 1772360100000\n"
            "x{cluster_id=\"b\",l=\"1\"} 1 1772360100000\n"
            "x{cluster_id=\"b\",l=\"2\"} 2 1772360100000\n"
            "m{b=\"2\",cluster_id=\"a\",z=\"1\"} -0 1772409600000\n");
}

TEST_F(ExporterTest, AJsonLineIsASeriesOfADay) {
  Report("2026-03-01 10:00:00", "b", "x{z=\"2\"} 2\na +Inf\n");
  Report("2026-03-01 10:00:01", "b", "x{z=\"2\"} 2\na 7\n");
  Report("2026-03-02 10:00:00", "b", "a -Inf\n");
  EXPECT_EQ(Export(rollcall_, All(ExportFormat::kJsonLines)),
            "{\"metric\":{\"__name__\":\"a\",\"cluster_id\":\"b\"},\"values\":[\"Infinity\",7],"
            "\"timestamps\":[1772359200000,1772359201000]}\n"
            "{\"metric\":{\"__name__\":\"x\",\"cluster_id\":\"b\",\"z\":\"2\"},\"values\":[2,2],"
            "\"timestamps\":[1772359200000,1772359201000]}\n"
            "{\"metric\":{\"__name__\":\"a\",\"cluster_id\":\"b\"},\"values\":[\"-Infinity\"],"
            "\"timestamps\":[1772445600000]}\n");
}

TEST_F(ExporterTest, TimesAreBoundedInclusivelyAtTheirStartAndExclusivelyAtTheirEnd) {
  for (const char* time : {"2026-02-28 23:59:59", "2026-03-01 00:00:00", "2026-03-01 23:59:59",
                           "2026-03-02 00:00:00"}) {
    Report(time, "a", "m 1\n");
  }
  ExportOptions options = All();
  options.from = At("2026-03-01");
  options.to = At("2026-03-01 23:59:59");
  EXPECT_EQ(Export(rollcall_, options), "m{cluster_id=\"a\"} 1 1772323200000\n");
  options.to = At("2026-03-02");
  EXPECT_EQ(Export(rollcall_, options),
            "m{cluster_id=\"a\"} 1 1772323200000\nm{cluster_id=\"a\"} 1 1772409599000\n");
  options.to = options.from;
  EXPECT_EQ(Export(rollcall_, options), "");
  options.to = At("1970-01-01");
  EXPECT_EQ(Export(rollcall_, options), "");
}

TEST_F(ExporterTest, OneOfTheSelectorsMustWantASeriesAndItsSource) {
  Report("2026-03-01", "a", "cozy_x{k=\"1\"} 1\ncozy_y 2\nz 3\n");
  Report("2026-03-01", "b", "cozy_x{k=\"1\"} 4\n");
  EXPECT_EQ(Matching(rollcall_, {"{__name__=~\"cozy_.*\",cluster_id=\"a\"}"}),
            "cozy_x{cluster_id=\"a\",k=\"1\"} 1 1772323200000\n"
            "cozy_y{cluster_id=\"a\"} 2 1772323200000\n");
  EXPECT_EQ(Matching(rollcall_, {"z", "{k=\"1\",cluster_id!=\"a\"}"}),
            "z{cluster_id=\"a\"} 3 1772323200000\n"
            "cozy_x{cluster_id=\"b\",k=\"1\"} 4 1772323200000\n");
  EXPECT_EQ(Matching(rollcall_, {"{cluster_id=\"c\"}"}), "");
  EXPECT_EQ(Matching(rollcall_, {"none"}), "");
}

// What a source reports of one metric in one report is its sum: two reports that are taken for one
// would count the second's nodes twice.
TEST_F(ExporterTest, ReportsOfOneStreamInOneSecondStayReportsOfTheirOwn) {
  Report("2026-03-01 10:00:00", "a", "cozy_cluster_info 1\ncozy_nodes_count{os=\"x\"} 5\n");
  Report("2026-03-01 10:00:00", "a", "cozy_cluster_info 1\ncozy_nodes_count{os=\"y\"} 3\n");
  Report("2026-03-01 10:00:00", "a", "other{l=\"1\"} 4\n");
  Report("2026-03-01 10:00:00", "a", "cozy_cluster_info 1\ncozy_nodes_count{os=\"z\"} 4\n");
  Report("2026-03-01 10:00:01", "a", "cozy_cluster_info 1\ncozy_nodes_count{os=\"z\"} 2\n");
  const std::string overview = rollcall_.Overview("2026-03");
  const std::string peaks = Peaks(rollcall_, "2026-03");
  const std::string text = Export(rollcall_);
  const std::string json = Export(rollcall_, All(ExportFormat::kJsonLines));
  EXPECT_NE(text.find("cozy_nodes_count{cluster_id=\"a\",os=\"y\"} 3 1772359200001\n"),
            std::string::npos)
      << text;
  // Line by line in any order, and twice.
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    lines.push_back(text.substr(at, text.find('\n', at) + 1 - at));
  }
  std::shuffle(lines.begin(), lines.end(), std::mt19937(3));
  std::string shuffled;
  for (const std::string& line : lines) shuffled += line;
  for (const std::string& exported : {text, json, shuffled}) {
    Harness fresh;
    fresh.SetTime("2026-03-02");
    for (int time = 0; time < 2; ++time) {
      Import(fresh, exported);
      EXPECT_EQ(fresh.Overview("2026-03"), overview);
      EXPECT_EQ(Peaks(fresh, "2026-03"), peaks);
      EXPECT_EQ(Export(fresh), text);
      EXPECT_EQ(Export(fresh, All(ExportFormat::kJsonLines)), json);
    }
    EXPECT_EQ(fresh.Verify(), "");
  }
}

TEST_F(ExporterTest, AnEmptyStoreIsAnEmptyExport) {
  EXPECT_EQ(Export(rollcall_), "");
  EXPECT_EQ(Export(rollcall_, All(ExportFormat::kJsonLines)), "");
}

TEST_F(ExporterTest, OddNamesAndValuesArriveAsTheyWere) {
  Report("2026-03-01", "a",
         "{\"a.b\",\"c d\"=\"e\\\"\\\\\\nf\",g=\"é😀\"} 1e-300\n{\"{}\"} 1.7976931348623157e308\n");
  const std::string text = Export(rollcall_);
  const std::string json = Export(rollcall_, All(ExportFormat::kJsonLines));
  for (const std::string& exported : {text, json}) {
    Harness fresh;
    fresh.SetTime("2026-03-02");
    Import(fresh, exported);
    EXPECT_EQ(Export(fresh), text);
    EXPECT_EQ(Export(fresh, All(ExportFormat::kJsonLines)), json);
  }
}

// More samples than are held at a time, of a chunk of a few kilobytes.
TEST_F(ExporterTest, AChunkThatStandsForManySamplesIsExportedInParts) {
  std::string body;
  for (int i = 0; i < 500; ++i) body += "m{i=\"" + std::to_string(i) + "\"} 1\n";
  for (int minute = 0; minute < 200; ++minute) {
    char time[32];
    std::snprintf(time, sizeof time, "2026-03-01 %02d:%02d:00", minute / 60, minute % 60);
    Report(time, "a", body);
  }
  // The clock was set back: times are not in the order of the chunk.
  Report("2026-03-01 00:30:30", "a", "m{i=\"9\"} 2\n");
  const std::string text = Export(rollcall_);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 200 * 500 + 1);
  const std::string json = Export(rollcall_, All(ExportFormat::kJsonLines));
  EXPECT_EQ(std::count(json.begin(), json.end(), '@'), 0);
  for (const std::string& exported : {text, json}) {
    Harness fresh;
    fresh.SetTime("2026-03-02");
    Import(fresh, exported);
    EXPECT_EQ(Export(fresh), text);
    EXPECT_EQ(Export(fresh, All(ExportFormat::kJsonLines)), json);
  }
}

TEST_F(ExporterTest, ManySourcesComeInTheOrderOfTheirIds) {
  std::vector<std::string> ids;
  std::mt19937 random(1);
  for (int i = 0; i < 700; ++i) ids.push_back("c" + std::to_string(random() % 100'000));
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  std::shuffle(ids.begin(), ids.end(), random);
  for (const std::string& id : ids) Report("2026-03-01", id, "m 1\n");
  std::sort(ids.begin(), ids.end());
  std::string wanted;
  for (const std::string& id : ids) wanted += "m{cluster_id=\"" + id + "\"} 1 1772323200000\n";
  EXPECT_EQ(Export(rollcall_), wanted);
}

TEST_F(ExporterTest, ADamagedChunkEndsTheExport) {
  Report("2026-03-01", "a", "m 1\n");
  {
    storage::Transaction transaction(rollcall_.stores().store());
    const auto key =
        storage::EncodeKey(storage::ChunkKey{Day::Of(At("2026-03-01")), kFirstFleet, SourceRef{1}});
    transaction.Put(storage::Table::kChunks, key, "\x03");
    ASSERT_TRUE(transaction.Commit().ok());
  }
  EXPECT_TRUE(Export(rollcall_).starts_with("failed: export 2026-03-01 of a: decode chunk"));
}

// Clusters with two streams, sometimes both or one of them again in one second, changes, gaps,
// infinities, clocks that step back.
void RandomHistory(unsigned seed, Harness& rollcall) {
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  UnixSeconds now = At("2025-11-20");
  std::string id;
  for (int i = 0; i < 250; ++i) {
    const bool is_operator = below(2) == 0;
    const bool is_same_second = i > 0 && below(3) == 0;
    if (!is_same_second) {
      now += std::chrono::seconds(1 + below(40'000));
      rollcall.SetTime(below(15) == 0 ? now - std::chrono::seconds(below(100'000)) : now);
      id = "c" + std::to_string(below(5));
    }
    const auto value = [&] {
      constexpr const char* kValues[] = {"0", "1", "2.5", "+Inf", "-3", "1e300"};
      return std::string(kValues[below(6)]) + "\n";
    };
    std::string body;
    if (is_operator) {
      body = "cozy_cluster_info{v=\"" + std::to_string(below(2)) + "\"} 1\n";
      for (int n = below(4); n > 0; --n) {
        body += "cozy_nodes_count{os=\"" + std::to_string(n) + "\"} " + value();
      }
    } else {
      for (const char* kind : {"Tenant", "Redis", "Kafka"}) {
        body += std::string("cozy_application_count{kind=\"") + kind + "\"} " + value();
      }
    }
    ASSERT_TRUE(rollcall.Report(id, body).ok());
  }
  rollcall.SetTime("2026-12-30");
}

std::string Overviews(Harness& rollcall) {
  std::string text;
  for (Month month = Month::FromYearMonth(2025, 10); month <= Month::FromYearMonth(2026, 12);
       month = month.Plus(1)) {
    text += rollcall.OverviewAt(month) + "\n";
  }
  return text;
}

TEST(ExportRoundTripTest, RandomHistoriesGiveTheSameOverviewsAndTheSameBytes) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    Harness original;
    RandomHistory(seed, original);
    const std::string text = Export(original);
    const std::string json = Export(original, All(ExportFormat::kJsonLines));
    ASSERT_GT(text.size(), 10'000u);
    for (const std::string& exported : {text, json}) {
      Harness fresh;
      fresh.SetTime("2026-12-30");
      Import(fresh, exported);
      ASSERT_EQ(Export(fresh), text);
      ASSERT_EQ(Export(fresh, All(ExportFormat::kJsonLines)), json);
      ASSERT_EQ(Overviews(fresh), Overviews(original));
      ASSERT_EQ(fresh.Verify(), "");
    }
  }
}

}  // namespace
}  // namespace rollcall::test
