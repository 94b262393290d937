// Reads the parameters of the public numbers. The first that breaks a rule is what the caller is
// told of; a parameter that is given must not be empty. Lives as long as the handler's call.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "http/server/api_request.h"
#include "model/fleet.h"

namespace rollcall::api {

class DataParams {
 public:
  struct Problem {
    std::string message;               // names the parameter and the rule
    std::vector<std::string> allowed;  // where that is a list
  };

  explicit DataParams(const http::ApiRequest& request) : request_(request) {}

  // Each gives the default, or anything valid, after a problem.
  const Fleet& OfFleet();
  // Of the years 1970 to 9999.
  std::optional<Month> OfMonth(const char* name);
  std::optional<Day> OfDay(const char* name);
  // At most `most_bytes` of UTF-8; control characters are refused.
  std::optional<std::string> Text(const char* name, size_t most_bytes);
  // `most` is inclusive.
  unsigned Number(const char* name, unsigned least, unsigned most, unsigned otherwise);
  // The first choice is the default.
  size_t Choice(const char* name, std::span<const std::string_view> choices);
  bool WantsCsv();
  // period=30d: the last 30 days; none of `others` may be named then.
  bool WantsLast30Days(std::initializer_list<const char*> others);

  void Refuse(std::string message, std::vector<std::string> allowed = {});
  bool ok() const { return !problem_; }
  const Problem& problem() const { return *problem_; }

 private:
  // nullopt: not given, or refused.
  std::optional<std::string> Given(const char* name, const std::string& rule);

  const http::ApiRequest& request_;
  std::optional<Problem> problem_;
};

}  // namespace rollcall::api
