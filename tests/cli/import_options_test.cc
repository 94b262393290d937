// The options of `rollcall import` and `rollcall export`: where it comes from, and where it goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/options.h"

namespace rollcall::cli {
namespace {

using testing::HasSubstr;

using Args = std::vector<std::string>;

// "FILE DIRECTORY|SERVER LABEL strict?", or the refusal.
std::string ImportSays(const Args& args, const Environment& env = {}) {
  const Result<Options> options = ParseOptions("import", args, env);
  if (!options.ok()) return options.status().message();
  const MoveOptions& move = options->move;
  return move.file + " " + (move.through_server ? move.server : options->store.directory) + " " +
         move.source_label + (move.strict ? " strict" : "");
}

TEST(ImportOptionsTest, TheFileStandsAnywhereAndTheServerIsTheDefault) {
  const std::string server = "http://127.0.0.1:8082";
  EXPECT_EQ(ImportSays({"f"}), "f " + server + " ");
  EXPECT_EQ(ImportSays({"-"}), "- " + server + " ");
  EXPECT_EQ(ImportSays({"--strict", "f", "--source-label=i"}), "f " + server + " i strict");
  EXPECT_EQ(ImportSays({"f", "--strict=false"}, {{"ROLLCALL_STRICT", "1"}}), "f " + server + " ");
  EXPECT_EQ(ImportSays({"f"}, {{"ROLLCALL_STRICT", "1"}, {"ROLLCALL_SOURCE_LABEL", "i"}}),
            "f " + server + " i strict");
}

TEST(ImportOptionsTest, ADataDirectoryStandsAgainstTheServer) {
  EXPECT_EQ(ImportSays({"f", "--data-dir", "d"}), "f d ");
  EXPECT_EQ(ImportSays({"f"}, {{"ROLLCALL_DATA_DIR", "d"}}), "f d ");
  EXPECT_EQ(ImportSays({"f", "--data-dir", "d"}, {{"ROLLCALL_SERVER", "http://x"}}), "f d ");
  EXPECT_EQ(ImportSays({"f", "--server", "http://x"}, {{"ROLLCALL_DATA_DIR", "d"}}), "f http://x ");
  EXPECT_THAT(ImportSays({"f", "--data-dir", "d", "--server", "http://x"}),
              HasSubstr("one of them"));
}

TEST(ImportOptionsTest, AVictoriaMetricsStandsInPlaceOfTheFile) {
  const Args pull = {"--from-victoriametrics", "http://vm:8428", "--match", "m", "--from", "2026"};
  const Result<Options> options = ParseOptions("import", pull, {});
  ASSERT_TRUE(options.ok()) << options.status().message();
  EXPECT_EQ(options->move.file, "");
  EXPECT_EQ(options->move.from_victoriametrics, "http://vm:8428");
  EXPECT_EQ(options->move.match, "m");
  EXPECT_EQ(options->move.from, "2026");
  EXPECT_EQ(options->move.to, "");
  EXPECT_THAT(ImportSays({"f", "--from-victoriametrics", "http://vm", "--match", "m"}),
              HasSubstr("--from-victoriametrics and the file 'f': one of them"));
  EXPECT_THAT(ImportSays({"--from-victoriametrics", "http://vm"}), HasSubstr("--match is missing"));
  EXPECT_THAT(ImportSays({"f", "--match", "m"}), HasSubstr("a file is read whole"));
  EXPECT_THAT(ImportSays({"f", "--to", "2026"}), HasSubstr("--to goes with"));
}

// "OUTPUT DIRECTORY|SERVER FORMAT FROM TO MATCH FLEET", or the refusal.
std::string ExportSays(const Args& args, const Environment& env = {}) {
  const Result<Options> options = ParseOptions("export", args, env);
  if (!options.ok()) return options.status().message();
  const MoveOptions& move = options->move;
  return move.output + " " + (move.through_server ? move.server : options->store.directory) + " " +
         move.format + " [" + move.from + " " + move.to + ") " + move.match + " " + move.fleet;
}

TEST(ExportOptionsTest, EverythingHasADefaultAndTheOutputAShortFlag) {
  EXPECT_EQ(ExportSays({}), "- http://127.0.0.1:8082 auto [ )  ");
  EXPECT_EQ(ExportSays({"-o", "f", "--data-dir", "d", "--format", "jsonl", "--from", "2026-01",
                        "--to", "2026-02", "--match", "m", "--fleet", "cozystack"}),
            "f d jsonl [2026-01 2026-02) m cozystack");
  EXPECT_EQ(ExportSays({"-o", "-"}, {{"ROLLCALL_DATA_DIR", "d"}, {"ROLLCALL_OUTPUT", "x"}}),
            "- d auto [ )  ");
  EXPECT_EQ(
      ExportSays({"--output=f"}, {{"ROLLCALL_DATA_DIR", "d"}, {"ROLLCALL_SERVER", "http://x"}}),
      "f http://x auto [ )  ");
}

TEST(ExportOptionsTest, WhatIsWrongIsRefused) {
  EXPECT_THAT(ExportSays({"f"}), HasSubstr("rollcall export: unexpected argument 'f'"));
  EXPECT_THAT(ExportSays({"--from", "monday"}), HasSubstr("'monday' is not a time"));
  EXPECT_THAT(ExportSays({"--match", "{a="}), HasSubstr("a value in quotes is wanted"));
  EXPECT_THAT(ExportSays({"--format", "csv"}), HasSubstr("is not one of auto, text, jsonl"));
  EXPECT_THAT(ExportSays({"--fleet", "X y"}), HasSubstr("is not the name of a fleet"));
  EXPECT_THAT(ExportSays({"-o", ""}), HasSubstr("is not a file's name"));
  EXPECT_THAT(ExportSays({"--data-dir", "d", "--server", "http://x"}), HasSubstr("one of them"));
}

TEST(ExportOptionsTest, AStretchThatEndsBeforeItBeginsIsRefused) {
  EXPECT_THAT(ExportSays({"--from", "2026-03", "--to", "2026-01"}),
              HasSubstr("--from 2026-03 and --to 2026-01: nothing lies between"));
  EXPECT_THAT(ExportSays({"--from", "2026-03", "--to", "2026-02-28"}),
              HasSubstr("nothing lies between"));
  EXPECT_THAT(ExportSays({"--from", "2026-03"}, {{"ROLLCALL_TO", "2026"}}),
              HasSubstr("nothing lies between"));
  EXPECT_THAT(ImportSays({"--from-victoriametrics", "http://vm", "--match", "m", "--from", "2026",
                          "--to", "2025"}),
              HasSubstr("nothing lies between"));
}

TEST(ImportOptionsTest, WhatIsWrongIsRefused) {
  EXPECT_THAT(ImportSays({}), HasSubstr("a file is missing"));
  EXPECT_THAT(ImportSays({"a", "b"}), HasSubstr("unexpected argument 'b'"));
  EXPECT_THAT(ImportSays({"a", "--nope"}), HasSubstr("'--nope' is not a flag"));
  EXPECT_THAT(ImportSays({"a", "--source-label=a-b"}), HasSubstr("is not the name of a label"));
}

}  // namespace
}  // namespace rollcall::cli
