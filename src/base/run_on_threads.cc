#include "base/run_on_threads.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#include "base/background.h"
#include "base/mutex.h"

namespace rollcall {
namespace {

// Moves a new thread to another processor than the caller's, where there is one. Linux may put it
// behind the thread that made it, and leaves it there for tens of milliseconds while another
// processor is idle: as long as a whole query takes. From then on it goes where the system likes.
void MoveAway(std::jthread& thread) {
  cpu_set_t allowed;
  const int processor = sched_getcpu();
  if (processor < 0 || sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  cpu_set_t others = allowed;
  CPU_CLR(static_cast<size_t>(processor), &others);
  if (CPU_COUNT(&others) == 0) return;
  pthread_setaffinity_np(thread.native_handle(), sizeof others, &others);
  pthread_setaffinity_np(thread.native_handle(), sizeof allowed, &allowed);
}

}  // namespace

unsigned ThreadsForWork() {
  static const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
  return threads;
}

void RunOnThreads(size_t count, const std::function<void(size_t)>& work) {
  Mutex beginning;
  std::vector<std::jthread> others;
  try {
    const MutexLock lock(beginning);
    for (size_t i = 1; i < count; ++i) {
      others.emplace_back([&work, &beginning, i, background = IsInBackground()] {
        if (background) EnterBackground();
        work(i);
        // What MoveAway does to a thread that has ended it does to its caller.
        const MutexLock until_begun(beginning);
      });
      MoveAway(others.back());
    }
  } catch (const std::system_error&) {  // no more threads
  } catch (const std::bad_alloc&) {
  }
  if (count > 0) work(0);
  for (size_t i = others.size() + 1; i < count; ++i) work(i);
}

}  // namespace rollcall
