#include "base/log_stderr.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>
#include <string>

#include "base/log.h"

namespace rollcall::log {
namespace {

constexpr int kProcesses = 4;
constexpr int kLines = 200;

// Logs to `fd` as a process of its own.
void LogTo(int fd, char letter) {
  dup2(fd, STDERR_FILENO);
  WriteToStderr("info");
  for (int i = 0; i < kLines; ++i) Info("{}", std::string(i % 2 == 0 ? 3000 : 9000, letter));
  Info("{}\n{}", letter, letter);
  _exit(0);
}

std::string ReadAll(int fd) {
  std::string text;
  char piece[65536];
  for (ssize_t n; (n = read(fd, piece, sizeof piece)) > 0;) {
    text.append(piece, static_cast<size_t>(n));
  }
  return text;
}

TEST(LogStderrTest, LinesOfProcessesThatShareStderrStayWhole) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  for (int i = 0; i < kProcesses; ++i) {
    if (fork() == 0) LogTo(ends[1], static_cast<char>('a' + i));
  }
  close(ends[1]);
  std::istringstream text(ReadAll(ends[0]));
  close(ends[0]);
  for (int i = 0; i < kProcesses; ++i) wait(nullptr);
  int lines = 0;
  for (std::string line; std::getline(text, line); ++lines) {
    ASSERT_LT(line.size(), kMaxLineBytes);
    const size_t head = line.find(" info ");
    ASSERT_EQ(head, std::string("2026-01-01T00:00:00.000Z").size()) << line.substr(0, 80);
    const char letter = line[head + 6];
    const std::string said = line.substr(head + 6);
    const std::string one(1, letter);
    const std::string cut(said.size() > 3 ? said.size() - 3 : 0, letter);
    EXPECT_TRUE(said == std::string(3000, letter) || said == cut + "..." || said == one + " " + one)
        << said.substr(0, 40);
  }
  EXPECT_EQ(lines, kProcesses * (kLines + 1));
}

// What a process says in this format.
std::string InJson(const std::function<void()>& say) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  if (fork() == 0) {
    dup2(ends[1], STDERR_FILENO);
    WriteToStderr("info", Format::kJson);
    say();
    _exit(0);
  }
  close(ends[1]);
  const std::string text = ReadAll(ends[0]);
  close(ends[0]);
  wait(nullptr);
  return text;
}

TEST(LogStderrTest, AsJsonALineIsAnObjectWhateverItSays) {
  const std::string line = InJson([] {
    Warn("{}",
         "quotes \" and \\, a break\n, \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80 and \xff\xc0\x80");
  });
  ASSERT_EQ(line.find("{\"time\":\"20"), 0U) << line;
  EXPECT_EQ(line.substr(line.find("Z\",")),
            "Z\",\"level\":\"warning\",\"message\":\"quotes \\\" and \\\\, a break\\u000a, "
            "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80 and ???\"}\n");
}

TEST(LogStderrTest, AsJsonALongLineIsCutAndStaysAnObject) {
  const std::string line = InJson([] { Info("{}", std::string(9'000, '"')); });
  EXPECT_LE(line.size(), kMaxLineBytes);
  EXPECT_GT(line.size(), kMaxLineBytes - 20);
  EXPECT_TRUE(line.ends_with("\\\"...\"}\n"));
}

}  // namespace
}  // namespace rollcall::log
