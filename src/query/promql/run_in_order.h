// Work on numbered pieces by several threads, whose results are put together in the order of the
// numbers: so the outcome does not depend on how many threads there are.
#pragma once

#include <cstddef>
#include <functional>

#include "base/status.h"

namespace rollcall::promql {

// Calls work(i) for each i below `count`, on up to `threads` threads, the caller's among them, and
// merge(i) after it: in the order of i, never two at once. The threads are in the background if the
// caller is. After a failure nothing more is begun;
// of several, that of the smallest i is returned. Unavailable: also where memory runs out.
Status RunInOrder(size_t count, unsigned threads, const std::function<Status(size_t)>& work,
                  const std::function<Status(size_t)>& merge);

}  // namespace rollcall::promql
