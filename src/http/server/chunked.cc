#include "http/server/chunked.h"

#include <algorithm>

#include "base/hex.h"
#include "base/text.h"
#include "http/server/text.h"

namespace rollcall::http {
namespace {

// 15 digits hold any size that can be sent, and leave no room for an overflow.
constexpr uint8_t kMaxSizeDigits = 15;

}  // namespace

ChunkedDecoder::Step ChunkedDecoder::Next(std::string_view input) {
  Step step;
  while (step.used < input.size()) {
    if (state_ == State::kData) {
      const size_t n = static_cast<size_t>(
          std::min<uint64_t>(chunk_left_, static_cast<uint64_t>(input.size() - step.used)));
      step.data = input.substr(step.used, n);
      step.used += n;
      chunk_left_ -= n;
      if (chunk_left_ == 0) {
        state_ = State::kDataReturn;
      }
      return step;
    }
    step.result = TakeByte(input[step.used]);
    ++step.used;
    if (step.result != Result::kMore) {
      return step;
    }
  }
  return step;
}

ChunkedDecoder::Result ChunkedDecoder::TakeByte(char c) {
  const auto expect = [&](char wanted, State next) {
    state_ = next;
    return c == wanted ? Result::kMore : Result::kMalformed;
  };
  switch (state_) {
    case State::kSizeFirst:
    case State::kSize:
      return TakeSizeByte(c);
    case State::kExtension:
      return TakeSkippedByte(c, State::kSizeFeed);
    case State::kSizeFeed:
      return expect('\n', chunk_left_ == 0 ? State::kTrailerFirst : State::kData);
    case State::kDataReturn:
      return expect('\r', State::kDataFeed);
    case State::kDataFeed:
      digits_ = 0;
      return expect('\n', State::kSizeFirst);
    case State::kTrailerFirst:
      if (c == '\r') {
        state_ = State::kLastFeed;
        return Result::kMore;
      }
      state_ = State::kTrailer;
      return IsTokenByte(c) ? TakeSkippedByte(c, State::kTrailerFeed) : Result::kMalformed;
    case State::kTrailer:
      return TakeSkippedByte(c, State::kTrailerFeed);
    case State::kTrailerFeed:
      return expect('\n', State::kTrailerFirst);
    case State::kLastFeed:
      return c == '\n' ? Result::kDone : Result::kMalformed;
    case State::kData:
      break;
  }
  return Result::kMalformed;
}

ChunkedDecoder::Result ChunkedDecoder::TakeSizeByte(char c) {
  const int digit = HexDigit(AsciiLower(c));
  if (digit >= 0) {
    if (++digits_ > kMaxSizeDigits) {
      return Result::kMalformed;
    }
    chunk_left_ = chunk_left_ * 16 + static_cast<uint64_t>(digit);
    state_ = State::kSize;
    return Result::kMore;
  }
  if (state_ == State::kSizeFirst) {
    return Result::kMalformed;
  }
  if (c == ';') {
    state_ = State::kExtension;
    return TakeSkippedByte(c, State::kSizeFeed);
  }
  state_ = State::kSizeFeed;
  return c == '\r' ? Result::kMore : Result::kMalformed;
}

ChunkedDecoder::Result ChunkedDecoder::TakeSkippedByte(char c, State after_return) {
  if (c == '\r') {
    state_ = after_return;
    return Result::kMore;
  }
  if (!IsValueByte(c)) {
    return Result::kMalformed;
  }
  if (overhead_left_ == 0) {
    return Result::kOverhead;
  }
  --overhead_left_;
  return Result::kMore;
}

}  // namespace rollcall::http
