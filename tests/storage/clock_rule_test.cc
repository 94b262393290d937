#include "storage/clock_rule.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace rollcall::storage {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

// A machine that runs rollcall and whose clock is wrong now and then. What it did is said in words:
//
//   clock 800    from now on the clock is 800 days ahead of the truth; -3: behind
//   clock 1970   it starts from 1970, as one without a battery does
//   up 30        rollcall runs for 30 hours, and looks at the clock once an hour
//   off 10       it is off for 10 days, and starts again
//   accept       a person says that the clock is right
class Machine {
 public:
  Machine() { Look(std::nullopt); }

  // Does that, and says what came of it: whether the store's time follows, and by how many days it
  // is off the truth.
  std::string Do(const std::string& script) {
    std::istringstream words(script);
    std::string verb;
    long count = 0;
    while (words >> verb) {
      if (verb == "accept") {
        record_ = {Wall(), Wall(), seconds(0), true};
        state_ = ClockState::kFollowed;
        continue;
      }
      words >> count;
      if (verb == "clock") Set(count);
      if (verb == "up") Up(count);
      if (verb == "off") Off(count);
    }
    return Text();
  }
  bool settled() const { return record_.settled; }
  UnixSeconds time() const { return record_.time; }

 private:
  static constexpr hours kDay{24};

  UnixSeconds Wall() const { return truth_ + wrong_; }
  void Set(long days) {
    wrong_ = days == 1970 ? seconds(60) - truth_.time_since_epoch() : seconds(days * kDay);
    Look(seconds(0));
  }
  void Up(long count) {
    for (; count > 0; --count) {
      truth_ += hours(1);
      Look(hours(1));
    }
  }
  void Off(long days) {
    truth_ += days * kDay;
    Look(std::nullopt);
  }
  void Look(std::optional<seconds> elapsed) {
    const UnixSeconds before = record_.time;
    const bool settled = record_.settled;
    state_ = FollowClock(Wall(), elapsed, record_);
    EXPECT_TRUE(!settled || record_.time >= before) << "it never goes back by itself";
  }
  std::string Text() const {
    static const char* const kNames[] = {"followed", "ahead", "behind", "implausible"};
    if (record_.time == UnixSeconds()) return "none";
    return std::string(kNames[static_cast<int>(state_)]) + " " +
           std::to_string((record_.time - truth_) / kDay);
  }

  UnixSeconds truth_{std::chrono::sys_days(std::chrono::year(2026) / 11 / 26)};
  seconds wrong_{};
  ClockRecord record_;
  ClockState state_ = ClockState::kFollowed;
};

struct Case {
  const char* what;
  const char* script;
  const char* want;
};

TEST(ClockRule, ASettledStoreAgainstAClockThatJumps) {
  // Each machine was up for a week before.
  for (const Case& one : std::vector<Case>{
           {"nothing happens", "up 100", "followed 0"},
           {"a restart after a night", "off 0 up 1", "followed 0"},
           {"800 days ahead while it runs", "clock 800 up 1", "ahead 0"},
           {"for a month of uptime", "clock 800 up 720", "ahead 0"},
           {"and right again", "clock 800 up 720 clock 0 up 1", "followed 0"},
           {"800 days ahead at a start", "clock 800 off 0", "ahead 0"},
           {"at one start after another", "clock 800 off 0 up 30 off 0 up 30 off 0", "ahead 0"},
           {"2099", "clock 26500 up 48 off 1 up 48", "ahead -1"},
           {"30 days ahead for an hour", "clock 30 up 1", "ahead 0"},
           {"and right again", "clock 30 up 23 clock 0 up 1", "followed 0"},
           {"30 days ahead for more than a day is believed", "clock 30 up 25", "followed 30"},
           {"46 days never are", "clock 46 up 200", "ahead 0"},
           {"an hour of each of 30 clocks", "clock 2 up 20 clock 4 up 20 clock 6 up 20", "ahead 0"},
           {"a zone set wrong", "clock 0 up 1 off 0", "followed 0"},
           {"1970 while it runs", "clock 1970 up 5", "implausible 0"},
           {"1970 until the network is there", "clock 1970 off 0 up 1 clock 0", "followed 0"},
           {"1970 for a week", "clock 1970 up 168 clock 0 up 1", "ahead -7"},
           {"and a day later", "clock 1970 up 168 clock 0 up 25", "followed 0"},
           {"back by three days", "clock -3 up 1", "behind 0"},
           {"until they are over", "clock -3 up 80", "followed -3"},
           {"back by three months", "clock -90 up 1", "implausible 0"},
           {"and right again", "clock -90 up 1 clock 0", "followed 0"},
           {"off for three days", "off 3", "ahead -3"},
           {"and up for a day", "off 3 up 25", "followed 0"},
           {"up for eight hours on Mondays", "off 7 up 8 off 7 up 8 off 7 up 8", "followed 0"},
           {"off for three months", "off 90 up 300", "ahead -90"},
           {"and a person says so", "off 90 up 300 accept up 1", "followed 0"},
           {"a person errs, and says so", "clock 800 accept up 1 clock 0 up 1 accept up 1",
            "followed 0"},
           {"a person errs, and it waits", "clock 800 accept up 1 clock 0 up 100",
            "implausible 795"},
       }) {
    Machine machine;
    machine.Do("up 168");
    EXPECT_EQ(machine.Do(one.script), one.want) << one.what << ": " << one.script;
  }
}

TEST(ClockRule, ANewStoreTakesTheClockAsItFindsIt) {
  for (const Case& one : std::vector<Case>{
           {"as it is", "up 1", "followed 0"},
           {"and goes back with it", "clock 26500 up 1 clock 0 up 1", "followed 0"},
           {"by three days too", "clock 3 up 1 clock 0", "followed 0"},
           {"but not ahead with it", "clock 800 up 1", "ahead 0"},
           {"1970 is no time", "clock 1970 up 1", "implausible 0"},
       }) {
    Machine machine;
    EXPECT_EQ(machine.Do(one.script), one.want) << one.what << ": " << one.script;
  }
}

TEST(ClockRule, ATimeIsSettledAfterADayOfUptimeInWhichTheClockDidNotStep) {
  Machine machine;
  machine.Do("up 23");
  EXPECT_FALSE(machine.settled());
  machine.Do("up 1");
  EXPECT_TRUE(machine.settled());
  Machine stepping;
  stepping.Do("up 23 clock 3 up 23 clock 0 up 23");
  EXPECT_FALSE(stepping.settled());
}

TEST(ClockRule, ADayIsAnOrdinaryStepAndALittleMoreIsNot) {
  for (const auto& [step, want] :
       {std::pair(hours(24), ClockState::kFollowed), std::pair(hours(25), ClockState::kAhead),
        std::pair(hours(-24), ClockState::kFollowed), std::pair(hours(-25), ClockState::kBehind),
        std::pair(-kLargestStep, ClockState::kBehind),
        std::pair(-kLargestStep - hours(1), ClockState::kImplausible)}) {
    const UnixSeconds now = kEarliestClock + hours(24 * 400);
    ClockRecord record{now, now, seconds(0), true};
    EXPECT_EQ(FollowClock(now + step, seconds(1), record), want) << step.count();
    EXPECT_EQ(record.time, std::max(now, step == hours(24)   ? now + step
                                         : step == hours(25) ? now + seconds(1)
                                                             : now))
        << step.count();
  }
}

}  // namespace
}  // namespace rollcall::storage
