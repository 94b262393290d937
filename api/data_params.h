// The reader of the parameters of requests for public numbers. Keeps the first problem that it
// finds, for the answer. A parameter that is given must not be empty. Owned by the handler's call;
// its thread only. `request` and `fleets` must outlive it.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "fleets/catalog.h"
#include "http/server/api_request.h"
#include "model/fleet.h"
#include "model/window.h"

namespace rollcall::api {

// The value of `period` for the last 30 days, and their name in JSON.
inline constexpr const char* kLast30Days = "30d";

class DataParams {
 public:
  struct Problem {
    std::string message;               // names the parameter and the rule
    std::vector<std::string> allowed;  // the allowed values, where they can be listed
  };

  DataParams(const http::ApiRequest& request, const fleets::FleetSet& fleets)
      : request_(request), fleets_(&fleets) {}
  // Of a request that has to do with no fleet: OfFleet must not be called.
  explicit DataParams(const http::ApiRequest& request) : request_(request) {}

  // Each of these reads one parameter and returns the default (or nullopt) where it is not given.
  // After a problem the result is valid but meaningless.
  const Fleet& OfFleet();
  // Years 1970 to 9999, both inclusive.
  std::optional<Month> OfMonth(const char* name);
  std::optional<Day> OfDay(const char* name);
  // At most `most_bytes` (inclusive) of UTF-8 without control characters.
  std::optional<std::string> Text(const char* name, size_t most_bytes);
  // From `least` to `most`, both inclusive; `otherwise` is the default.
  unsigned Number(const char* name, unsigned least, unsigned most, unsigned otherwise);
  // Returns the index of the value in `choices`; the first is the default.
  size_t Choice(const char* name, std::span<const std::string_view> choices);
  // Returns whether NAME=yes was given; no is the default.
  bool IsYes(const char* name);
  // Reads `periods`: how many months, 1, 3 or 12; 1 is the default.
  Span OfSpan();
  // Returns whether format=csv was given; format=json is the default.
  bool WantsCsv();
  // Returns whether period=30d was given: the last 30 days. None of the parameters `others` may be
  // given with it.
  bool WantsLast30Days(std::initializer_list<const char*> others);

  // Notes a problem, unless there was one before.
  void Refuse(std::string message, std::vector<std::string> allowed = {});
  bool ok() const { return !problem_; }
  // Returns the first problem. Requires !ok().
  const Problem& problem() const { return *problem_; }

 private:
  // Returns the parameter; nullopt where it is not given, or is empty and so refused with `rule`.
  std::optional<std::string> Given(const char* name, const std::string& rule);

  const http::ApiRequest& request_;
  const fleets::FleetSet* const fleets_ = nullptr;
  std::optional<Problem> problem_;
};

}  // namespace rollcall::api
