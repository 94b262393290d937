// Crash reports: what is read from a payload, and which frame is the guilty one.
#include "parse/crash_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace rollcall {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kReport =
    "Process: /usr/bin/app\n"
    "PID: 812\n"
    "Signal: 11\n"
    "\n"
    "Backtrace (TID 812):\n"
    "#0 memcpy() - [libc.so.6] - memmove.c:120\n"
    "#1 do_work() - [libwork.so] work.c:7\n"
    "#2 main() - [app]\n"
    "#3 ??? - [app]\n"
    "#4 (no symbols)\n"
    "\n"
    "Backtrace (TID 813):\n"
    "#0 poll() - [libc.so.6] - poll.c:1\n";

// "function|module|source" of each frame.
std::vector<std::string> FramesOf(std::string_view payload) {
  std::vector<std::string> frames;
  for (const CrashFrame& frame : ReadCrashReport(payload).frames) {
    frames.push_back(std::string(frame.function) + "|" + std::string(frame.module) + "|" +
                     std::string(frame.source));
  }
  return frames;
}

// The guilty function where nothing, or what `filtered` says, is on the list.
std::string GuiltyOf(std::string_view payload, const std::set<std::string>& filtered = {}) {
  const CrashReport report = ReadCrashReport(payload);
  std::vector<FrameKind> kinds;
  for (const CrashFrame& frame : report.frames) {
    kinds.push_back(filtered.contains(std::string(frame.function)) ? FrameKind::kFiltered
                                                                   : KindOf(frame.function));
  }
  const std::optional<size_t> guilty = FindGuilty(kinds);
  return guilty ? std::string(report.frames[*guilty].function) : "none";
}

TEST(CrashReportTest, ReadsTheHeaderAndTheFirstBacktraceInAllItsForms) {
  const CrashReport report = ReadCrashReport(kReport);
  EXPECT_EQ(report.process, "/usr/bin/app");
  EXPECT_EQ(report.pid, "812");
  EXPECT_EQ(report.signal, "11");
  EXPECT_THAT(FramesOf(kReport),
              ElementsAre("memcpy()|libc.so.6|memmove.c:120", "do_work()|libwork.so|work.c:7",
                          "main()|app|", "???|app|", "(no symbols)||"));
}

TEST(CrashReportTest, TheFirstBacktraceEndsAtTheFirstLineThatIsNoFrame) {
  for (const char* const line :
       {"", "anything", "#", "#x f() - [m]", "# f() - [m]", "#1f() - [m]", "#1 f()", "#1 f() - [m",
        "#1  - [m]", " #1 f() - [m]", "Backtrace (TID 5):", "#1 (no symbols) "}) {
    const std::string payload = "#0 first() - [m]\n" + std::string(line) + "\n#2 last() - [m]\n";
    EXPECT_THAT(FramesOf(payload), ElementsAre("first()|m|")) << line;
  }
}

TEST(CrashReportTest, AnEmptyFirstBacktraceIsNotThatOfAnotherThread) {
  EXPECT_THAT(FramesOf("Backtrace (TID 1):\n\nBacktrace (TID 2):\n#0 f() - [m]\n"), IsEmpty());
}

TEST(CrashReportTest, AKernelsReportNeedsNoHeader) {
  EXPECT_THAT(FramesOf("BUG: unable to handle kernel paging request\r\n"
                       "#1 ? do_one_initcall - [kernel]\r\n#2 start_kernel - [kernel]\r\n"),
              ElementsAre("? do_one_initcall|kernel|", "start_kernel|kernel|"));
}

TEST(CrashReportTest, AFunctionMayHaveAnythingInItsName) {
  EXPECT_THAT(FramesOf("#12 operator[](int) - [clone .part.0] - [lib x.so] - a b.c:3"),
              ElementsAre("operator[](int) - [clone .part.0]|lib x.so|a b.c:3"));
}

TEST(CrashReportTest, HostilePayloadsAreCutAndNeverKill) {
  const std::string zeros(1024 * 1024, '\0');
  EXPECT_THAT(FramesOf(zeros), IsEmpty());
  std::string deep;
  for (size_t i = 0; i < 50'000; ++i) deep += "#" + std::to_string(i) + " f() - [m]\n";
  EXPECT_EQ(ReadCrashReport(deep).frames.size(), kMaxCrashFrames);
  const std::string wide = "Process: " + std::string(500'000, 'p') + "\n#0 " +
                           std::string(500'000, 'f') + " - [" + std::string(5'000, 'm') + "]";
  const CrashReport report = ReadCrashReport(wide);
  EXPECT_EQ(report.process.size(), kMaxCrashTextBytes);
  ASSERT_EQ(report.frames.size(), 1u);
  EXPECT_EQ(report.frames[0].function.size(), kMaxCrashTextBytes);
  EXPECT_EQ(report.frames[0].module.size(), kMaxCrashTextBytes);
  std::mt19937_64 random(7);
  const std::string alphabet =
      "#0 ?()[]-\n\r\0Fx:"
      "TID";
  for (int i = 0; i < 2'000; ++i) {
    std::string noise(random() % 200, ' ');
    for (char& c : noise) c = alphabet[random() % alphabet.size()];
    const CrashReport read = ReadCrashReport(noise);
    EXPECT_EQ(PackCrashStack(UnpackCrashStack(PackCrashStack(read))), PackCrashStack(read));
    UnpackCrashStack(noise);
  }
}

TEST(CrashReportTest, OnlyTheFourClassesHaveBacktraces) {
  for (const char* const name :
       {"org.clearlinux/crash/clr", "org.clearlinux/kernel/bug",
        "org.clearlinux/kernel/stackoverflow", "org.clearlinux/kernel/warning"}) {
    EXPECT_TRUE(IsCrashClass(name)) << name;
  }
  EXPECT_FALSE(IsCrashClass("org.clearlinux/crash/unknown"));
  EXPECT_FALSE(IsCrashClass(""));
}

TEST(CrashReportTest, CrashesThatDifferInPidThreadAndLineOnlyAreTheSameStack) {
  const std::string one = PackCrashStack(ReadCrashReport(kReport));
  std::string other = kReport;
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"812", "99"}, {"812", "99"}, {"memmove.c:120", "memmove.c:121"}}) {
    other.replace(other.find(from), from.size(), to);
  }
  EXPECT_EQ(PackCrashStack(ReadCrashReport(other)), one);
  other.replace(other.find("Signal: 11"), 10, "Signal: 06");
  EXPECT_NE(PackCrashStack(ReadCrashReport(other)), one);
  EXPECT_EQ(PackCrashStack(ReadCrashReport("Process: a\nno frames")), "");
}

TEST(CrashReportTest, AStackGivesBackWhatItWasMadeOf) {
  const CrashReport read = ReadCrashReport(kReport);
  const std::string bytes = PackCrashStack(read);
  const CrashReport back = UnpackCrashStack(bytes);
  EXPECT_EQ(back.process, read.process);
  EXPECT_EQ(back.signal, read.signal);
  ASSERT_EQ(back.frames.size(), read.frames.size());
  for (size_t i = 0; i < read.frames.size(); ++i) {
    EXPECT_EQ(back.frames[i].function, read.frames[i].function);
    EXPECT_EQ(back.frames[i].module, read.frames[i].module);
  }
}

TEST(CrashReportTest, TheFirstFrameWithASymbolThatIsNotFilteredIsGuilty) {
  EXPECT_EQ(GuiltyOf(kReport), "memcpy()");
  EXPECT_EQ(GuiltyOf(kReport, {"memcpy()"}), "do_work()");
  EXPECT_EQ(GuiltyOf("#0 ??? - [a]\n#1 (no symbols)\n#2 f() - [a]"), "f()");
}

TEST(CrashReportTest, OnlyTheFirstGuessOfAKernelDoesNotCount) {
  EXPECT_EQ(GuiltyOf("#0 ? a - [k]\n#1 ? b - [k]\n#2 c - [k]"), "? b");
  EXPECT_EQ(GuiltyOf("#0 ? a - [k]\n#1 c - [k]"), "c");
  EXPECT_EQ(GuiltyOf("#0 ??? - [k]\n#1 ? a - [k]"), "???");
  EXPECT_EQ(GuiltyOf("#0 ? a - [k]\n#1 ??? - [k]"), "? a");
  // A filtered one is not the first.
  EXPECT_EQ(GuiltyOf("#0 ? a - [k]\n#1 ? b - [k]\n#2 c - [k]", {"? a"}), "c");
}

TEST(CrashReportTest, FailingASymbolTheFirstFrameWithoutOneAndThenTheLastFilteredOneIsGuilty) {
  EXPECT_EQ(GuiltyOf(kReport, {"memcpy()", "do_work()", "main()"}), "???");
  EXPECT_EQ(GuiltyOf("#0 f() - [a]\n#1 ??? - [b]\n#2 g() - [a]", {"f()", "g()", "???"}), "g()");
  EXPECT_EQ(GuiltyOf("#0 f() - [a]\n#1 (no symbols)\n#2 g() - [a]", {"f()", "g()"}),
            "(no symbols)");
  EXPECT_EQ(GuiltyOf("nothing"), "none");
}

// The contract's words, line by line, by regular expressions and without any of the code above.
class Reader {
 public:
  explicit Reader(const std::string& payload) {
    static const std::regex with_module("^#\\d+ (.+) - \\[([^\\]]*)\\].*$");
    static const std::regex without_symbols("^#\\d+ \\(no symbols\\)$");
    std::istringstream lines(payload);
    bool in_backtrace = false;
    for (std::string line; std::getline(lines, line);) {
      std::smatch match;
      if (std::regex_match(line, match, with_module)) {
        frames_.push_back({match[1], match[2]});
        in_backtrace = true;
      } else if (std::regex_match(line, without_symbols)) {
        frames_.push_back({"(no symbols)", ""});
        in_backtrace = true;
      } else if (in_backtrace) {
        break;
      }
    }
  }

  std::string Guilty(const std::set<std::pair<std::string, std::string>>& filter) const {
    std::vector<std::pair<std::string, std::string>> candidates;
    for (const auto& frame : frames_) {
      if (!filter.contains(frame)) candidates.push_back(frame);
    }
    const auto first_guess =
        std::find_if(candidates.begin(), candidates.end(),
                     [](const auto& frame) { return frame.first.rfind("? ", 0) == 0; });
    for (auto at = candidates.begin(); at != candidates.end(); ++at) {
      const bool has_symbol = at->first != "???" && at->first != "(no symbols)";
      if (has_symbol && at != first_guess) return at->first + " in " + at->second;
    }
    if (!candidates.empty()) return candidates[0].first + " in " + candidates[0].second;
    return frames_.empty() ? "none" : frames_.back().first + " in " + frames_.back().second;
  }

 private:
  std::vector<std::pair<std::string, std::string>> frames_;
};

TEST(CrashReportTest, AThousandPayloadsHaveTheGuiltyThatABruteForceReadingFinds) {
  std::mt19937_64 random(20260307);
  const auto pick = [&](const std::vector<std::string>& from) {
    return from[random() % from.size()];
  };
  const std::vector<std::string> functions{"???",         "???",       "? one",   "? two",
                                           "abort()",     "f()",       "raise()", "g()",
                                           "_ZN1a1bEv()", "h(int, x)", "?odd",    "start_kernel"};
  const std::vector<std::string> modules{"libc.so.6", "app", "kernel", "lib x.so"};
  const std::vector<std::string> tails{"", " - a.c:1", " b.c:2", " - dir/c d.c:33"};
  std::set<std::string> kinds_seen;
  for (int i = 0; i < 1'000; ++i) {
    std::string payload = "Process: app\nPID: 1\nSignal: 6\n\n";
    if (random() % 4 != 0) payload += "Backtrace (TID 1):\n";
    const size_t frames = random() % 9 + 1;
    for (size_t f = 0; f < frames; ++f) {
      payload += "#" + std::to_string(f) + " ";
      payload += random() % 6 == 0 ? "(no symbols)"
                                   : pick(functions) + " - [" + pick(modules) + "]" + pick(tails);
      payload += "\n";
      if (random() % 25 == 0) payload += pick({"\n", "[cut]\n", "#9 broken\n"});
    }
    payload += "\nBacktrace (TID 2):\n#0 never() - [app]\n";
    std::set<std::pair<std::string, std::string>> filter;
    const size_t filtered = random() % 30;
    for (size_t f = 0; f < filtered; ++f) filter.insert({pick(functions), pick(modules)});

    const CrashReport report = ReadCrashReport(payload);
    std::vector<FrameKind> kinds;
    for (const CrashFrame& frame : report.frames) {
      const bool is_filtered =
          filter.contains({std::string(frame.function), std::string(frame.module)});
      kinds.push_back(is_filtered ? FrameKind::kFiltered : KindOf(frame.function));
    }
    const std::optional<size_t> guilty = FindGuilty(kinds);
    ASSERT_TRUE(guilty) << payload;
    const CrashFrame& frame = report.frames[*guilty];
    EXPECT_EQ(std::string(frame.function) + " in " + std::string(frame.module),
              Reader(payload).Guilty(filter))
        << payload;
    kinds_seen.insert(kinds[*guilty] == FrameKind::kFiltered ? "filtered"
                      : kinds[*guilty] == FrameKind::kSymbol ? "symbol"
                                                             : "none");
  }
  EXPECT_THAT(kinds_seen, ElementsAre("filtered", "none", "symbol"));
}

}  // namespace
}  // namespace rollcall
