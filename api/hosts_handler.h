// The handlers of the host history, at the private listener. Any thread.
//
//   GET  /telemetry/hosts                     {"hosts":["a.example","rollcall"]}
//   GET  /telemetry/history?host=H&range=1h   {"host":"H","range":"1 hour","samples":[{"ts":…,
//                                              "requests_sec":…,"p99_ms":…,"error_rate":…,
//                                              "active_backends":…},…]}, oldest first
//   POST /telemetry/samples                   parse/host_samples_json.h
#pragma once

#include <chrono>
#include <cstddef>

#include "base/clock.h"
#include "hosts/sample_writer.h"
#include "http/server/api_request.h"
#include "http/server/route.h"
#include "storage/stores.h"

namespace rollcall::api {

// Of one push, both inclusive: more than a day of a host's minutes, or a minute of that many hosts,
// and room to write it prettily.
inline constexpr size_t kMaxPushedSamples = 2'000;
inline constexpr size_t kMaxPushBytes = 1024 * 1024;
// How far ahead of ours a sender's clock may be.
inline constexpr std::chrono::seconds kMaxPushedAhead{60};

// What the handlers work with. All of it must outlive them.
struct HostServices {
  storage::Stores& stores;
  const Clock& clock;
  hosts::SampleWriter& writer;
  std::chrono::milliseconds retention;  // older samples are not taken, and not shown
};

// 503: the store cannot be read.
http::ApiHandler HostListHandler(const HostServices& services);
// 400: no host, or no such range; 503 as above.
http::ApiHandler HostHistoryHandler(const HostServices& services);
// 204: all of it is stored, durably; 400: the body is wrong, and nothing of it is stored; 429:
// there are too many hosts, and of some nothing is; 503: it cannot be stored now.
http::Route::Handler PushHandler(const HostServices& services);

}  // namespace rollcall::api
