// Threads that work while nobody waits for them.
#pragma once

namespace rollcall {

// From here on the calling thread goes behind the others: it gets a third of their share where
// processors are short, and MakeWay rests.
void EnterBackground();

// Whether the calling thread has entered the background.
bool IsInBackground();

// Called often (every few microseconds) by work that may take long. On a thread in the background
// it rests for 100 us after every 200 us, elsewhere it does nothing. A priority alone does not do:
// a thread that is awakened waits until the one that runs has had its slice, which takes
// milliseconds, and a thread that is stopped in the middle may hold a lock that others need.
void MakeWay();

}  // namespace rollcall
