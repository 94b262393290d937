// One row of the application's table of routes: who may ask for what, where it is worked on, and by
// whom. Owned by a RouteTable; the front takes the row with the request from its head to its
// answer.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "http/server/lanes.h"
#include "http/server/message.h"
#include "metrics/registry.h"

namespace rollcall::http {

// Sets of listeners and of methods, as bits.
enum Listeners : unsigned { kAtPublic = 1, kAtPrivate = 2, kAtBoth = 3 };
using Methods = unsigned;
enum Method : Methods { kGet = 1, kHead = 2, kPost = 4 };

// "GET, HEAD"
std::string MethodNames(Methods methods);

// What becomes of a request's body.
struct IgnoredBody {};  // read, if it is not large, and thrown away: a GET may have one
struct BoundedBody {
  size_t max_bytes = 0;  // inclusive; after inflating; over it: 413
};
// Of any size: of a large one the request goes ahead, and the parts follow as they come in and are
// taken. It is handed on as it came, be it gzip, zstd or plain. It has no deadline but the time
// without a byte of it.
struct StreamedBody {};
using BodyRule = std::variant<IgnoredBody, BoundedBody, StreamedBody>;
// How much of it is held; of a streamed body the front's own options say.
size_t MaxBytesOf(const BodyRule& rule);

// What /metrics says of the requests that one metric name stands for. Thread-safe.
class RouteUse {
 public:
  // `registry` outlives it.
  RouteUse(metrics::Registry& registry, std::string name);

  void Count(int status);
  void Time(std::chrono::steady_clock::duration taken);

  // How large the next answer may be: as the largest so far, less with each smaller one.
  size_t expected_bytes() const { return expected_bytes_.load(std::memory_order_relaxed); }
  void Learn(size_t answer_bytes);

 private:
  static constexpr int kFirstStatus = 100;
  static constexpr int kStatuses = 500;

  metrics::Registry& registry_;
  const std::string name_;
  metrics::Histogram& seconds_;
  std::atomic<size_t> expected_bytes_{0};
  // By status; null until the first of it.
  std::array<std::atomic<metrics::Counter*>, kStatuses> answers_{};
};

struct Route {
  // Runs on a thread of the lane; it or whoever it hands the Responder to answers.
  using Handler = std::function<void(HttpRequest&&, Responder&&)>;
  // What the head alone decides: the answer to a request whose body is not wanted, or nullopt. Runs
  // on the front's loop: quick, no blocking.
  using Judge = std::function<std::optional<HttpResponse>(const HttpRequest& head)>;

  Listeners listeners{};
  Methods methods = 0;
  // As it is asked for, not decoded. One that ends with "/*" stands for each name in that folder;
  // "*" for every path that no other row has, where the request has `header`.
  std::string path;
  Lane lane = Lane::kQuery;
  BodyRule body;
  bool for_any_site = false;  // pages of other sites may ask, and are told why not
  std::string metric;         // its name in /metrics
  Handler handler;
  Judge judge = nullptr;
  std::string_view header = {};  // of a row "*"
  RouteUse* use = nullptr;       // the table's
};

// Lets a page of any site read the answer, and what a client goes by in it.
void AllowAnySite(HttpResponse& response);

// What becomes of a request, by its head: answered so, now, without its body; or its row.
using HeadVerdict = std::variant<HttpResponse, const Route*>;

}  // namespace rollcall::http
