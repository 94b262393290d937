#include "base/heap_growth.h"

#include <malloc.h>

namespace rollcall {
namespace {

constexpr int kBegin = 8 << 20;
// Once one of the three is set, glibc no longer works out the others by itself.
constexpr int kLeastOfOwnMapping = 4 << 20;
constexpr int kMostUnusedAtEnd = 12 << 20;

}  // namespace

void BeginHeapsLarge() {
  mallopt(M_TOP_PAD, kBegin);
  mallopt(M_MMAP_THRESHOLD, kLeastOfOwnMapping);
  mallopt(M_TRIM_THRESHOLD, kMostUnusedAtEnd);
}

}  // namespace rollcall
