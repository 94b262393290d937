// The table of an application's routes. The answers 404 and 405, the Allow header and the answer to
// OPTIONS follow from its rows. Owned by the application. All rows must be added before the first
// Judge; after that, any thread may call Judge.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "http/access/login.h"
#include "http/server/route.h"

namespace rollcall::http {

class RouteTable {
 public:
  // `registry` must outlive the table, and so must `login`, which decides who may ask the private
  // listener; null: everyone.
  explicit RouteTable(metrics::Registry& registry, Login* login = nullptr);
  RouteTable(const RouteTable&) = delete;
  RouteTable& operator=(const RouteTable&) = delete;

  // Adds a row and sets its `use`. Where a login is required for it, its handler is called once
  // that is checked.
  void Add(Route row);

  // Returns whether a row other than "*" has that path, whatever its methods.
  bool Has(Listeners listeners, std::string_view path) const;

  // Returns the row that serves the request with this head, valid as long as the table; or the
  // answer to send instead, which is counted under the metric of its path, or as "unknown" where no
  // row has that path. A request without the login that its row requires gets the login's answer.
  HeadVerdict Judge(const HttpRequest& head);

 private:
  // A verdict, and the metric under which it is counted if it is an answer.
  struct Decision {
    HeadVerdict verdict;
    std::string_view metric;
  };
  Decision Decide(const HttpRequest& head) const;
  // Returns the metrics of that name; makes them at the first call.
  RouteUse& UseOf(std::string_view metric);

  metrics::Registry& registry_;
  Login* const login_;
  std::deque<Route> rows_;
  std::map<std::string, RouteUse, std::less<>> uses_;
};

}  // namespace rollcall::http
