// The routes of both listeners: one table says what has a meaning where, one function mounts it
// all.
//
//   public    POST /, POST of anything else that has X-Cluster-ID     a report
//             GET  /, and the page's files                            the page
//             GET  /api/overview                                      the numbers
//             GET  /api/v1/{fleets,overview,trend,breakdown}          the same, and what they are
//             made of GET  /badge/FIGURE.svg, /chart/FIGURE.svg               the same as images
//             GET  /healthz, /readyz                                  is it up, can it store
//   private   GET  /metrics, /healthz, /readyz
//             POST /api/v1/import/prometheus                        history
//             GET  /api/v1/export                                   the stored reports
//             GET  /api/v1/outbox/parked                            what a receiver refused
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "counts/comparison.h"
#include "counts/overview.h"
#include "counts/period_tallies.h"
#include "http/server/front.h"
#include "http/server/httplib_engine.h"
#include "ingest/ingester.h"
#include "metrics/registry.h"
#include "model/overview.h"
#include "storage/stores.h"

namespace rollcall::api {

// What handlers work with. All of it outlives the routes.
struct Services {
  ingest::Ingester& ingester;
  OverviewSource& overviews;
  bool overviews_are_remote;  // they wait for another server
  counts::OverviewReader& stored_overviews;
  counts::ComparisonReader& comparisons;
  counts::PeriodTallies& tallies;
  metrics::Registry& registry;
  std::function<bool()> is_ready;
  size_t max_report_bytes;
  storage::Stores& stores;
  const Clock& clock;
  std::stop_token stop_imports;
};

// Judges heads and handles requests for the front. Thread-safe.
class Routes {
 public:
  explicit Routes(const Services& services);
  ~Routes();

  http::HeadVerdict Judge(const http::HttpRequest& head);
  void Handle(http::Lane lane, http::HttpRequest&& request, http::Responder&& responder);

 private:
  struct Route;
  class RouteMetrics;

  enum class Takes { kGet, kGetAndHead, kUpload };

  void Mount(http::Listener listener, const std::string& path, const std::string& name, Takes takes,
             http::ApiHandler handler);
  // Public numbers: any site may read them, and learn why not.
  void MountData(const std::string& path, const std::string& name, http::ApiHandler handler);
  void MountAll();
  const Route* Find(http::Listener listener, std::string_view path) const;
  http::HeadVerdict JudgeUnknownPath(const http::HttpRequest& head, std::string_view& name) const;

  Services services_;
  http::HttplibEngine engine_;
  std::vector<Route> routes_;
  std::unique_ptr<RouteMetrics> metrics_;
};

}  // namespace rollcall::api
