// Work that several threads share.
#pragma once

#include <cstddef>
#include <functional>

namespace rollcall {

// Returns how many threads one piece of work is worth: as many as there are processors, 4 at most.
unsigned ThreadsForWork();

// Calls work(i) for each i below `count`: work(0) on the caller's thread, and each other on a
// thread of its own, in the background if the caller is; where no more threads can be made, or
// memory is short, on the caller's too. Returns when all calls have. `work` must not throw.
void RunOnThreads(size_t count, const std::function<void(size_t)>& work);

}  // namespace rollcall
