#include "http/server/inflate.h"

#include <algorithm>

#include "base/gunzip.h"

namespace rollcall::http {
namespace {

constexpr size_t kStepBytes = size_t{1} << 20;

}  // namespace

InflateResult InflateGzip(std::string_view gzip, BodyBuffer& out) {
  Gunzip gunzip;
  for (;;) {
    std::span<char> tail;
    char beyond = 0;  // at the cap: shows whether there would be one byte more
    const BodyBuffer::Room room = out.Tail(kStepBytes, tail);
    if (room == BodyBuffer::Room::kBudgetExhausted) {
      return InflateResult::kBudgetExhausted;
    }
    const bool at_cap = room == BodyBuffer::Room::kTooLarge;
    if (at_cap) {
      tail = std::span<char>(&beyond, 1);
    }
    const Gunzip::Step step = gunzip.Run(gzip.substr(0, kStepBytes), tail);
    gzip.remove_prefix(step.taken);
    if (at_cap && step.made > 0) {
      return InflateResult::kTooLarge;
    }
    out.Commit(step.made);
    switch (step.state) {
      case Gunzip::State::kNoMemory:
        return InflateResult::kBudgetExhausted;
      case Gunzip::State::kDamaged:
        return InflateResult::kMalformed;
      case Gunzip::State::kMemberEnd:
        if (gzip.empty()) return InflateResult::kOk;
        break;
      case Gunzip::State::kMore:
        if (gzip.empty() && step.made == 0) return InflateResult::kMalformed;
        break;
    }
  }
}

}  // namespace rollcall::http
