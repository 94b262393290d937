// Syncthing's declaration beside a report that Debian's syncthing 1.19.2 posted.
#include <gtest/gtest.h>

#include "tests/fleets/mapped_text.h"
#include "tests/support/file_tree.h"

namespace rollcall::fleets {
namespace {

std::string MappedReport(const std::string& body) {
  return MappedText(test::FileBytes(ROLLCALL_SOURCE_DIR "/packaging/fleets/syncthing.json"), body);
}

TEST(SyncthingTest, ARealReportIsCountedByVersionPlatformAndFolderTypes) {
  EXPECT_EQ(MappedReport(test::FileBytes(ROLLCALL_TESTDATA "/fleets/syncthing_report.json")),
            R"(tQ7D2Eec
syncthing_cpus 2
syncthing_device_range{devices="1"} 1
syncthing_devices 1
syncthing_file_system{type="basic"} 2
syncthing_folder_type{type="receiveonly"} 1
syncthing_folder_type{type="sendreceive"} 1
syncthing_folders 2
syncthing_info{platform="linux-amd64",version="v1.19.2-ds1"} 1
syncthing_memory_mib 24105
syncthing_nat{type="unknown"} 1
syncthing_release{release="v1.19"} 1
dropped /announce
dropped /blockStats
dropped /customReleaseURL
dropped /deviceUses
dropped /deviceUsesV3
dropped /folderUsesV3/blockPullOrder
dropped /folderUsesV3/conflictsDisabled
dropped /folderUsesV3/copyRangeMethod
dropped /folderUsesV3/fsWatcherDelays
dropped /folderUsesV3/maxConcurrentWrites
dropped /folderUsesV3/modTimeWindowS
dropped /folderUsesV3/pullOrder
dropped /guiStats
dropped /hashPerf
dropped /ignoreStats
dropped /longVersion
dropped /memoryUsageMiB
dropped /progressEmitterEnabled
dropped /relays
dropped /rescanIntvs
dropped /restartOnWakeup
dropped /sha256Perf
dropped /uptime
dropped /urVersion
)");
}

TEST(SyncthingTest, AReportWithoutAnIdIsRefused) {
  EXPECT_EQ(MappedReport(R"({"version": "v1.19.2", "platform": "linux-amd64"})"),
            "there is no /uniqueID");
}

}  // namespace
}  // namespace rollcall::fleets
