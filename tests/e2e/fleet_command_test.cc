// rollcall fleet: what it says of declarations and samples, and with which exit code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/e2e/rollcall_process.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;

class FleetCommandTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = directory_.path() + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  TempDir directory_;
};

TEST_F(FleetCommandTest, ACheckSaysWhatBecomesOfSamplesAndWhatTheOverviewWouldSay) {
  const std::string a =
      Write("a.json", R"({"uniqueID": "A1", "version": "v1.19.2-ds1", "platform": "linux-amd64",
      "numFolders": 3, "numDevices": 5, "folderUses": {"sendonly": 1}, "uptime": 7})");
  const std::string b =
      Write("b.json", R"({"uniqueID": "B2", "version": "v1.27.0", "platform": "linux-amd64",
      "numFolders": 2, "numDevices": null})");
  const Finished run =
      RunToEnd({"fleet", "check", ROLLCALL_SOURCE_DIR "/packaging/fleets/syncthing.json", a, b});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.out, R"(fleet syncthing: POST /newdata, JSON, the id at /uniqueID
counts installations that report syncthing_info
keeps 12 metrics

)" + a + R"(: 6 series of A1
  syncthing_info{platform="linux-amd64",version="v1.19.2-ds1"} 1
  syncthing_release{release="v1.19"} 1
  syncthing_folders 3
  syncthing_devices 5
  syncthing_device_range{devices="4-10"} 1
  syncthing_folder_type{type="sendonly"} 1
  dropped: /uptime

)" + b + R"(: 3 series of B2
  syncthing_info{platform="linux-amd64",version="v1.27.0"} 1
  syncthing_release{release="v1.27"} 1
  syncthing_folders 2

the overview would say
  installations: 2
  total_folders: 5, avg_folders_per_installation: 2.5, peak_folders: 5
  total_devices: 5, avg_devices_per_installation: 2.5, peak_devices: 5
  total_files: 0, avg_files_per_installation: 0.0, peak_files: 0
  total_data_mib: 0, avg_data_mib_per_installation: 0.0, peak_data_mib: 0
  versions: "v1.19.2-ds1" 1 "v1.27.0" 1
  platforms: "linux-amd64" 2
  folder_types: "sendonly" 1
  device_ranges: "4-10" 1
)");
}

TEST_F(FleetCommandTest, WhatInitWritesIsAGoodDeclarationAndIsNotWrittenOver) {
  const std::string path = directory_.path() + "/mine.json";
  EXPECT_EQ(RunToEnd({"fleet", "init", "-o", path}).code, 0);
  const Finished check = RunToEnd({"fleet", "check", path, Write("r.txt", "myapp_info 1\n")});
  EXPECT_EQ(check.code, 0) << check.err;
  EXPECT_THAT(check.out, HasSubstr("\n  installations: 1\n"));
  const Finished again = RunToEnd({"fleet", "init", "-o", path});
  EXPECT_EQ(again.code, 1);
  EXPECT_EQ(again.err,
            "rollcall fleet: " + path + " is there already; nothing is written over it\n");
  EXPECT_EQ(RunToEnd({"fleet", "init"}).out.substr(0, 3), "// ");
}

TEST_F(FleetCommandTest, ABadDeclarationAndARefusedSampleAreTold) {
  const std::string bad = Write("bad.json", "{\"nam\": 1}");
  Finished run = RunToEnd({"fleet", "check", bad});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.err, HasSubstr("rollcall fleet: " + bad +
                                 ": the name \"nam\" stands there; did you mean name?"));
  const std::string sample = Write("s.json", "{\"instance\": {}}");
  run = RunToEnd({"fleet", "check", "coroot", sample});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, HasSubstr(sample + ": refused: there is no /instance/uuid\n"));
  EXPECT_EQ(run.err, "rollcall fleet: " + sample + ": there is no /instance/uuid\n");
  EXPECT_EQ(RunToEnd({"fleet", "check", directory_.path() + "/none.json"}).code, 1);
}

TEST_F(FleetCommandTest, WhatItIsNotToldRightIsAnsweredWithWhatIsAllowed) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"fleet"}, "rollcall fleet: a word is missing; allowed: check, init\n"},
      {{"fleet", "chek"},
       "rollcall fleet: 'chek' is not known; did you mean check?; allowed: check, init\n"},
      {{"fleet", "check"},
       "rollcall fleet: a file is missing; write rollcall fleet check FILE [SAMPLE...]\n"},
      {{"fleet", "init", "x"},
       "rollcall fleet: init: unexpected argument 'x'; --output names the file\n"}};
  for (const auto& [args, line] : cases) {
    const Finished run = RunToEnd(args);
    EXPECT_EQ(run.code, 2);
    EXPECT_EQ(run.err, line);
  }
}

}  // namespace
}  // namespace rollcall::test
