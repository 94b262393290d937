// Where hosts' counters come from: what a target is asked, and how its answer is read.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "base/status.h"
#include "metrics/registry.h"
#include "model/host_counters.h"
#include "storage/store.h"

namespace rollcall::hosts {

// Another server, whose answer to GET is the JSON of agbero's /uptime or the text of its /metrics.
struct Target {
  std::string name;  // 1 to 64 of A-Z a-z 0-9 . _ -
  std::string url;
  bool operator==(const Target&) const = default;
};

// Something that is asked for counters again and again, by one thread at a time.
struct Source {
  std::string name;  // in the log and in /metrics
  // InvalidArgument, Unavailable: no answer, or not such an answer.
  std::function<Result<CountersByHost>(std::stop_token)> read;
};

// The largest answer that is read, in bytes: some 20,000 hosts.
inline constexpr size_t kMaxAnswerBytes = 32 * 1024 * 1024;

// Which of the two it is shows in the first byte. In the text, what has no label `host` counts for
// the target's name.
Result<CountersByHost> ReadAnswer(const std::string& body, const std::string& target_name);

// `timeout`: of the whole answer. Redirects are not followed.
Source SourceOf(Target target, std::chrono::milliseconds timeout);
// rollcall itself: its requests, and as its one backend the store, which is active while it can be
// written. Both must outlive the source.
Source OwnSource(const metrics::Registry& registry, const storage::Store& store);

}  // namespace rollcall::hosts
