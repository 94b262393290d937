// A route: one row of the application's table, which says which requests it serves, in which lane,
// and which handler answers them. Owned by a RouteTable; the front refers to it from a request's
// head until its answer. Immutable once in the table, but for `use`; any thread.
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

#include "http/access/tokens.h"
#include "http/server/lanes.h"
#include "http/server/message.h"
#include "metrics/registry.h"

namespace rollcall::http {

// Sets of listeners and of methods, as bit masks.
enum Listeners : unsigned { kAtPublic = 1, kAtPrivate = 2, kAtBoth = 3 };
using Methods = unsigned;
enum Method : Methods { kGet = 1, kHead = 2, kPost = 4, kDelete = 8 };

// Returns the names as an Allow header lists them: "GET, HEAD".
std::string MethodNames(Methods methods);

// What the front does with a request's body.
struct IgnoredBody {};  // received, up to 64 KiB, and discarded: a GET may have one
struct BoundedBody {
  size_t max_bytes = 0;  // inclusive, after inflating; over it: 413
};
// A body of any size. Where it is large, the request is handed on first, and the parts follow as
// they arrive and the worker takes them. It is handed on as sent, be it gzip, zstd or plain. Its
// only deadline is stall_timeout, between two bytes.
struct StreamedBody {};
using BodyRule = std::variant<IgnoredBody, BoundedBody, StreamedBody>;
// Returns how large a body may be, in bytes, inclusive. Does not hold for streamed bodies, whose
// parts FrontOptions::upload_part_bytes bounds.
size_t MaxBytesOf(const BodyRule& rule);

// The metrics of the routes that share one name in /metrics, and the expected size of their
// answers. Thread-safe.
class RouteUse {
 public:
  // `registry` must outlive this object.
  RouteUse(metrics::Registry& registry, std::string name);

  // Counts an answer of that status.
  void Count(int status);
  // Records the time from a complete request to its answer.
  void Time(std::chrono::steady_clock::duration taken);

  // Returns the size that the next answer is expected to have: that of the largest so far, reduced
  // by an eighth with each smaller one.
  size_t expected_bytes() const { return expected_bytes_.load(std::memory_order_relaxed); }
  // Notes the size of an answer, for expected_bytes.
  void Learn(size_t answer_bytes);

 private:
  static constexpr int kFirstStatus = 100;
  static constexpr int kStatuses = 500;

  metrics::Registry& registry_;
  const std::string name_;
  metrics::Histogram& seconds_;
  std::atomic<size_t> expected_bytes_{0};
  // By status, from kFirstStatus; null until the first answer of that status.
  std::array<std::atomic<metrics::Counter*>, kStatuses> answers_{};
};

struct Route {
  // Handles a request on one of the lane's threads. Answers through the Responder, or passes it to
  // someone who does.
  using Handler = std::function<void(HttpRequest&&, Responder&&)>;
  // Returns the answer to a request that its head alone decides, whose body is then not handed
  // on; nullopt where the handler is to answer. Runs on the front's loop: must be quick and must
  // not block.
  using Judge = std::function<std::optional<HttpResponse>(const HttpRequest& head)>;

  Listeners listeners{};
  // What a login must allow at the private listener, where one is required; the public one is open.
  Scope scope = kAdmin;
  Methods methods = 0;
  // Compared with the path as sent, not decoded. "/folder/*" matches each name in that
  // folder, and "/folder/*/*" each name in one of its folders. "*" matches every path that no other
  // row matches, provided that `matches` says so.
  std::string path;
  Lane lane = Lane::kQuery;
  BodyRule body;
  bool for_any_site = false;  // pages of other sites may read the answers, errors too
  std::string metric;         // the value of the label `route` in /metrics
  Handler handler;
  Judge judge = nullptr;
  // Where set, the row serves only the requests that it returns true for; a row whose path is "*"
  // has one. Runs on the front's loop, like a Judge.
  std::function<bool(const HttpRequest& head)> matches = nullptr;
  // Makes the answer where the lane is full; null: a 503 in plain text. Runs on the front's loop.
  std::function<HttpResponse()> busy = nullptr;
  RouteUse* use = nullptr;  // set by RouteTable::Add, owned by the table
};

// Adds the CORS headers that let a page of any site read the answer, with its ETag and Retry-After.
void AllowAnySite(HttpResponse& response);

// The decision about a request once its head is known: an answer to send now, without handing the
// body on, or the route that serves it.
using HeadVerdict = std::variant<HttpResponse, const Route*>;

}  // namespace rollcall::http
