// The move from a VictoriaMetrics and back, with a real one.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "tests/e2e/rollcall_process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/victoria_metrics.h"

namespace rollcall::test {
namespace {

const char* const kMatch = "{__name__=~\"cozy_.*\"}";

// Four months of a few clusters: a report of two streams every six hours, most of it unchanged, and
// series that are none of ours.
std::string History() {
  std::mt19937 random(11);
  std::string text;
  constexpr long long kStart = 1'764'547'200;  // 2025-12-01
  for (int cluster = 0; cluster < 6; ++cluster) {
    const std::string id = "cluster_id=\"c-" + std::to_string(cluster) + "\"";
    int nodes = 3;
    for (int i = 0; i < 4 * 115; ++i) {
      const std::string at =
          " " + std::to_string(kStart + i * 21'600LL + static_cast<int>(random() % 900)) + "123\n";
      if (random() % 20 == 0) nodes = 1 + static_cast<int>(random() % 9);
      text += "cozy_cluster_info{" + id + ",cozystack_version=\"v1\"} 1" + at;
      text += "cozy_nodes_count{" + id + ",os=\"a \\\"b\\\" c\"} " + std::to_string(nodes) + at;
      text += "cozy_application_count{" + id + ",kind=\"Tenant\"} " + std::to_string(i % 5) + at;
      text += "cozy_application_count{" + id + ",kind=\"Redis\"} 0.5" + at;
    }
    text += "other_metric{" + id + "} 1 " + std::to_string(kStart) + "000\n";
  }
  return text;
}

class VictoriaMoveTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return dir_.path() + "/" + name; }

  Finished Pull(std::vector<std::string> args) const {
    args.insert(args.begin(), {"import", "--match", kMatch});
    ChildOptions options = RollcallOptions(std::move(args));
    options.variables["XDG_STATE_HOME"] = Path("state");
    return RunToEnd(options);
  }
  std::string Export(const std::string& store, const std::string& format = "text") const {
    const Finished run = RunToEnd({"export", "--data-dir", Path(store), "--format", format});
    EXPECT_EQ(run.code, 0) << run.err;
    return run.out;
  }
  // The same lines by way of a file.
  void ImportDirectly(const std::string& text, const std::string& store) const {
    std::ofstream(Path("h.txt")) << text;
    const Finished run = RunToEnd({"import", Path("h.txt"), "--data-dir", Path(store)});
    EXPECT_EQ(run.code, 0) << run.err << run.out;
  }
  std::string Overviews(const std::string& store) const {
    RollcallProcess server(RollcallProcess::Serving(Path(store)));
    std::string text;
    for (const char* month : {"2025&month=12", "2026&month=1", "2026&month=2", "2026&month=3"}) {
      std::string body = server.Public().Get(std::string("/api/overview?year=") + month).body;
      body.erase(0, body.find("\"periods\""));  // behind the time of the answer
      text += body;
    }
    return text;
  }
  static std::string OursOf(const std::string& text) {
    std::string ours;
    for (size_t at = 0; at < text.size();) {
      const size_t end = text.find('\n', at) + 1;
      if (text.compare(at, 5, "cozy_") == 0) ours += text.substr(at, end - at);
      at = end;
    }
    return ours;
  }
  static size_t Lines(const std::string& text) {
    return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  }

  TempDir dir_;
};

TEST_F(VictoriaMoveTest, WhatIsPulledEqualsTheSameLinesImported) {
  const std::string history = History();
  VictoriaMetrics victoria;
  ASSERT_EQ(victoria.Import(history), 204);
  victoria.Flush();
  const Finished run =
      Pull({"--from-victoriametrics", victoria.Url("/"), "--data-dir", Path("pulled")});
  EXPECT_EQ(run.code, 0) << run.err << run.out;
  const size_t samples = Lines(OursOf(history));
  EXPECT_TRUE(run.out.starts_with("2025-12: ")) << run.out;
  EXPECT_NE(run.out.find("\nin all: " + std::to_string(samples) + " samples; new: 2760 reports, " +
                         std::to_string(samples) + " samples\n"),
            std::string::npos)
      << run.out;
  EXPECT_NE(run.err.find("import: 100% "), std::string::npos) << run.err;

  ImportDirectly(OursOf(history), "direct");
  EXPECT_EQ(Export("pulled"), Export("direct"));
  EXPECT_EQ(Overviews("pulled"), Overviews("direct"));
  EXPECT_EQ(Verify(Path("pulled")), "");

  // Once more changes nothing, from a URL that ends in /prometheus too.
  const Finished again = Pull({"--from-victoriametrics", victoria.Url("/prometheus"), "--from",
                               "2025-12", "--to", "2026-02", "--data-dir", Path("pulled")});
  EXPECT_EQ(again.code, 0) << again.err << again.out;
  EXPECT_NE(again.out.find("new: 0 reports, 0 samples\n"), std::string::npos) << again.out;
  EXPECT_EQ(Lines(again.out), 4u) << again.out;
}

TEST_F(VictoriaMoveTest, AnInterruptedPullGoesOnWithTheMonthThatWasUnderWay) {
  const std::string history = History();
  VictoriaMetrics victoria;
  ASSERT_EQ(victoria.Import(history), 204);
  victoria.Flush();
  RollcallProcess server(RollcallProcess::Serving(Path("served")));
  const std::string url = "http://127.0.0.1:" + std::to_string(server.private_port());
  // A strict import fails in the month that has a line it cannot take: one of nobody's.
  ASSERT_EQ(victoria.Import("cozy_nodes_count 1 1770000000000\n"), 204);
  victoria.Flush();
  const std::vector<std::string> args = {"--from-victoriametrics", victoria.Url(), "--server", url,
                                         "--strict"};
  const Finished failed = Pull(args);
  EXPECT_EQ(failed.code, 1);
  EXPECT_NE(failed.err.find("rollcall import: pull 2026-02: "), std::string::npos) << failed.err;
  ASSERT_TRUE(failed.out.starts_with("2025-12: ")) << failed.out;
  EXPECT_EQ(Lines(failed.out), 4u) << failed.out;

  // What could not be taken goes away, and only the rest is asked for.
  ASSERT_EQ(victoria
                .Get("/api/v1/admin/tsdb/delete_series?match[]=" +
                     VictoriaMetrics::Escape("{__name__=\"cozy_nodes_count\",cluster_id=\"\"}"))
                .status,
            204);
  const Finished resumed = Pull(args);
  EXPECT_EQ(resumed.code, 0) << resumed.err << resumed.out;
  EXPECT_NE(resumed.err.find("goes on with 2026-02"), std::string::npos) << resumed.err;
  EXPECT_TRUE(resumed.out.starts_with("2026-02: ")) << resumed.out;
  EXPECT_TRUE(std::filesystem::is_empty(Path("state") + "/rollcall"));
  EXPECT_EQ(server.Stop(), 0);
  ImportDirectly(OursOf(history), "direct");
  EXPECT_EQ(Export("served"), Export("direct"));
  EXPECT_EQ(Verify(Path("served")), "");
}

TEST_F(VictoriaMoveTest, AKilledPullIsTakenUpAgain) {
  const std::string history = History();
  VictoriaMetrics victoria;
  ASSERT_EQ(victoria.Import(history), 204);
  victoria.Flush();
  const std::vector<std::string> args = {
      "import",       "--match",    kMatch,        "--from-victoriametrics",
      victoria.Url(), "--data-dir", Path("killed")};
  const auto has_state = [&] {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(Path("killed"), error)) {
      if (entry.path().extension() == ".state") return true;
    }
    return false;
  };
  {
    ChildProcess process(RollcallOptions(args));
    while (!has_state() && process.out().empty()) std::this_thread::yield();
    process.End(SIGKILL);
  }
  const Finished resumed = RunToEnd(args);
  EXPECT_EQ(resumed.code, 0) << resumed.err << resumed.out;
  EXPECT_FALSE(has_state());
  ImportDirectly(OursOf(history), "direct");
  EXPECT_EQ(Export("killed"), Export("direct"));
  EXPECT_EQ(Verify(Path("killed")), "");
}

TEST_F(VictoriaMoveTest, AnExportGoesIntoAVictoriaMetricsWithAllItsSamples) {
  const std::string history = OursOf(History());
  ImportDirectly(history, "direct");
  const std::string json = Export("direct", "jsonl");
  VictoriaMetrics victoria;
  test::RawClient client(victoria.port());
  ASSERT_TRUE(client.Send("POST /api/v1/import HTTP/1.0\r\nHost: x\r\nContent-Length: " +
                          std::to_string(json.size()) + "\r\n\r\n" + json));
  EXPECT_NE(client.ReadAll().find(" 204 "), std::string::npos);
  victoria.Flush();
  const std::string back = victoria.Export(kMatch);
  // Each timestamp has thirteen digits, and nothing else has.
  size_t samples = 0;
  for (size_t at = back.find("\"timestamps\":["); at != std::string::npos;
       at = back.find("\"timestamps\":[", at + 1)) {
    const std::string times = back.substr(at, back.find(']', at) - at);
    samples += 1 + static_cast<size_t>(std::count(times.begin(), times.end(), ','));
  }
  EXPECT_EQ(samples, Lines(history));
  // And what it exports is taken as it is.
  std::ofstream(Path("back.jsonl")) << back;
  EXPECT_EQ(RunToEnd({"import", Path("back.jsonl"), "--data-dir", Path("back")}).code, 0);
  EXPECT_EQ(Export("back"), Export("direct"));
}

TEST_F(VictoriaMoveTest, WhatIsNoVictoriaMetricsIsSaidToBeNone) {
  const Finished nobody =
      Pull({"--from-victoriametrics", "http://127.0.0.1:1", "--data-dir", Path("x")});
  EXPECT_EQ(nobody.code, 1);
  EXPECT_NE(nobody.err.find("cannot connect"), std::string::npos) << nobody.err;
  RollcallProcess other(RollcallProcess::Serving(Path("other")));
  const Finished wrong =
      Pull({"--from-victoriametrics", "http://127.0.0.1:" + std::to_string(other.public_port()),
            "--data-dir", Path("x")});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_NE(wrong.err.find(" answered 404"), std::string::npos) << wrong.err;
  VictoriaMetrics victoria;
  const Finished none = Pull({"--from-victoriametrics", victoria.Url(), "--data-dir", Path("x")});
  EXPECT_EQ(none.code, 0) << none.err;
  EXPECT_TRUE(none.out.starts_with("in all: 0 samples;")) << none.out;
}

}  // namespace
}  // namespace rollcall::test
