// The options of `rollcall import`: its file, and where it goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/options.h"

namespace rollcall::cli {
namespace {

using testing::HasSubstr;

using Args = std::vector<std::string>;

// "FILE DIRECTORY|SERVER LABEL strict?", or the refusal.
std::string ImportSays(const Args& args, const Environment& env = {}) {
  const Result<ImportOptions> options = ParseImportOptions(args, env);
  if (!options.ok()) return options.status().message();
  return options->file + " " + (options->data_dir.empty() ? options->server : options->data_dir) +
         " " + options->source_label + (options->strict ? " strict" : "");
}

TEST(ImportOptionsTest, TheFileStandsAnywhereAndTheServerIsTheDefault) {
  const std::string server = "http://127.0.0.1:8082";
  EXPECT_EQ(ImportSays({"f"}), "f " + server + " cluster_id");
  EXPECT_EQ(ImportSays({"-"}), "- " + server + " cluster_id");
  EXPECT_EQ(ImportSays({"--strict", "f", "--source-label=i"}), "f " + server + " i strict");
  EXPECT_EQ(ImportSays({"f", "--strict=false"}, {{"ROLLCALL_STRICT", "1"}}),
            "f " + server + " cluster_id");
  EXPECT_EQ(ImportSays({"f"}, {{"ROLLCALL_STRICT", "1"}, {"ROLLCALL_SOURCE_LABEL", "i"}}),
            "f " + server + " i strict");
}

TEST(ImportOptionsTest, ADataDirectoryStandsAgainstTheServer) {
  EXPECT_EQ(ImportSays({"f", "--data-dir", "d"}), "f d cluster_id");
  EXPECT_EQ(ImportSays({"f"}, {{"ROLLCALL_DATA_DIR", "d"}}), "f d cluster_id");
  EXPECT_EQ(ImportSays({"f", "--data-dir", "d"}, {{"ROLLCALL_SERVER", "http://x"}}),
            "f d cluster_id");
  EXPECT_EQ(ImportSays({"f", "--server", "http://x"}, {{"ROLLCALL_DATA_DIR", "d"}}),
            "f http://x cluster_id");
  EXPECT_THAT(ImportSays({"f", "--data-dir", "d", "--server", "http://x"}),
              HasSubstr("one of them"));
}

TEST(ImportOptionsTest, WhatIsWrongIsRefused) {
  EXPECT_THAT(ImportSays({}), HasSubstr("a file is missing"));
  EXPECT_THAT(ImportSays({"a", "b"}), HasSubstr("unexpected argument 'b'"));
  EXPECT_THAT(ImportSays({"a", "--nope"}), HasSubstr("'--nope' is not a flag"));
  EXPECT_THAT(ImportSays({"a", "--source-label="}), HasSubstr("is not the name of a label"));
}

}  // namespace
}  // namespace rollcall::cli
