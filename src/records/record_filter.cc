#include "records/record_filter.h"

#include <re2/re2.h>

#include "base/text.h"

namespace rollcall::records {
namespace {

// Of one pattern, with what it remembers between two payloads.
constexpr int64_t kMaxPatternMemory = 4 * 1024 * 1024;
// A payload of 1 MiB takes up to a millisecond for each; a pattern that people write has some
// hundred.
constexpr int kMostSteps = 2'000;

}  // namespace

Result<PayloadPattern> PayloadPattern::Make(std::string_view text) {
  if (text.size() > kMaxPatternBytes) {
    return Status::InvalidArgument("a pattern of " + std::to_string(text.size()) +
                                   " bytes, at most " + std::to_string(kMaxPatternBytes));
  }
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(kMaxPatternMemory);
  auto pattern = std::make_shared<const RE2>(re2::StringPiece(text.data(), text.size()), options);
  if (!pattern->ok()) {
    return Status::InvalidArgument("the pattern " + QuoteForMessage(text) + ": " +
                                   pattern->error());
  }
  if (pattern->ProgramSize() > kMostSteps) {
    return Status::InvalidArgument("the pattern " + QuoteForMessage(text) + ": it has " +
                                   std::to_string(pattern->ProgramSize()) + " steps, at most " +
                                   std::to_string(kMostSteps));
  }
  return PayloadPattern(std::move(pattern));
}

const std::string& PayloadPattern::text() const { return pattern_->pattern(); }

int PayloadPattern::groups() const { return pattern_->NumberOfCapturingGroups(); }

bool PayloadPattern::Finds(std::string_view payload) const {
  return RE2::PartialMatch(re2::StringPiece(payload.data(), payload.size()), *pattern_);
}

std::optional<std::string_view> PayloadPattern::Capture(std::string_view payload) const {
  re2::StringPiece found[2];
  const re2::StringPiece text(payload.data(), payload.size());
  if (!pattern_->Match(text, 0, payload.size(), RE2::UNANCHORED, found, 2)) return std::nullopt;
  if (found[1].data() == nullptr) return std::nullopt;
  return std::string_view(found[1].data(), found[1].size());
}

bool MatchesClassification(std::string_view asked, std::string_view classification) {
  if (asked.empty()) return true;
  if (!asked.ends_with('*')) return asked == classification;
  return classification.starts_with(asked.substr(0, asked.size() - 1));
}

}  // namespace rollcall::records
