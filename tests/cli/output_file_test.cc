#include "cli/output_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/file_tree.h"
#include "tests/support/temp_dir.h"

namespace rollcall::cli {
namespace {

class OutputFileTest : public ::testing::Test {
 protected:
  std::string Read(const std::string& name) { return test::FileBytes(dir_.path() + "/" + name); }
  // The names in the directory, each followed by a blank.
  std::string Names() {
    std::string names;
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
      names += entry.path().filename().string() + " ";
    }
    return names;
  }

  test::TempDir dir_;
};

TEST_F(OutputFileTest, NothingHasANameBeforeItIsWholeSoThatNoEndLeavesAnything) {
  auto file = OutputFile::Open(dir_.path() + "/out");
  ASSERT_TRUE(file.ok()) << file.status().message();
  ASSERT_TRUE((*file)->Write("half").ok());
  EXPECT_EQ(Names(), "");
  ASSERT_TRUE((*file)->Write(" and half").ok());
  ASSERT_TRUE((*file)->Finish().ok());
  EXPECT_EQ(Names(), "out ");
  EXPECT_EQ(Read("out"), "half and half");
}

TEST_F(OutputFileTest, AFileThatIsThereIsReplacedAtOnceOrLeftAlone) {
  std::ofstream(dir_.path() + "/out") << "before";
  {
    auto dropped = OutputFile::Open(dir_.path() + "/out");
    ASSERT_TRUE((*dropped)->Write("not finished").ok());
  }
  EXPECT_EQ(Read("out"), "before");
  auto file = OutputFile::Open(dir_.path() + "/out");
  ASSERT_TRUE((*file)->Write("after").ok());
  ASSERT_TRUE((*file)->Finish().ok());
  EXPECT_EQ(Names(), "out ");
  EXPECT_EQ(Read("out"), "after");
}

}  // namespace
}  // namespace rollcall::cli
