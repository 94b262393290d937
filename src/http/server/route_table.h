// The table of an application's routes. What methods a path takes, Allow, the answer to OPTIONS,
// 405 and 404 follow from its rows. Owned by the application; rows are added before the first
// Judge, which any thread may call then.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "http/server/route.h"

namespace rollcall::http {

class RouteTable {
 public:
  // `registry` outlives the table.
  explicit RouteTable(metrics::Registry& registry);
  RouteTable(const RouteTable&) = delete;
  RouteTable& operator=(const RouteTable&) = delete;

  void Add(Route row);

  // Finds the row of a request by its head; it stands as long as the table. What is answered
  // instead is counted under the metric of the path, or as "unknown".
  HeadVerdict Judge(const HttpRequest& head);

 private:
  // A verdict, and the metric under which it is counted where it is an answer.
  struct Decision {
    HeadVerdict verdict;
    std::string_view metric;
  };
  Decision Decide(const HttpRequest& head) const;
  // Made at the first call.
  RouteUse& UseOf(std::string_view metric);

  metrics::Registry& registry_;
  std::deque<Route> rows_;
  std::map<std::string, RouteUse, std::less<>> uses_;
};

}  // namespace rollcall::http
