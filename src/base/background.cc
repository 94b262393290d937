#include "base/background.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace rollcall {
namespace {

constexpr int kNicer = 5;    // a third of an ordinary thread's share
constexpr int kNicest = 19;  // of Linux
constexpr std::chrono::microseconds kWork{200};
constexpr std::chrono::microseconds kRest{100};

using Clocked = std::chrono::steady_clock;

thread_local bool in_background = false;
thread_local Clocked::time_point began;  // to work, after the last rest

}  // namespace

void EnterBackground() {
  // That of the first thread, which is the process': this one may have its own from a thread in the
  // background.
  const int ordinary = getpriority(PRIO_PROCESS, static_cast<id_t>(getpid()));
  // On Linux niceness is per thread; if it cannot be set, the thread is only less polite.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), std::min(ordinary + kNicer, kNicest));
  in_background = true;
  began = Clocked::now();
}

bool IsInBackground() { return in_background; }

void MakeWay() {
  if (!in_background || Clocked::now() - began < kWork) return;
  std::this_thread::sleep_for(kRest);
  began = Clocked::now();
}

}  // namespace rollcall
