#include "parse/uptime_json.h"

#include <optional>
#include <string>

#include "base/text.h"
#include "parse/json_reader.h"
#include "parse/json_walk.h"
#include "parse/number.h"

namespace rollcall {
namespace {

using Event = JsonReader::Event;

constexpr double kMicrosecondsOfAMillisecond = 1000;

struct Backend {
  double requests = 0;
  double failures = 0;
  double latencies = 0;  // how many
  double p99_us = 0;
  bool alive = true;
  std::optional<std::string> health;

  // A backend whose health nobody tells is as alive as it is said to be.
  bool IsActive() const {
    if (!health) return alive;
    return !EqualsIgnoringCase(*health, "Dead") && !EqualsIgnoringCase(*health, "Unhealthy");
  }
};

struct Host {
  HostCounters counters;
  std::optional<double> requests;
  double requests_of_backends = 0;
  double p99_sum_us = 0;
  uint32_t with_latencies = 0;

  void Add(const Backend& backend) {
    requests_of_backends += backend.requests;
    counters.errors += backend.failures;
    if (backend.IsActive()) ++counters.active_backends;
    if (backend.latencies <= 0) return;
    p99_sum_us += backend.p99_us;
    ++with_latencies;
  }

  HostCounters Counters() && {
    counters.requests = requests.value_or(requests_of_backends);
    if (with_latencies > 0) {
      counters.p99_ms = p99_sum_us / with_latencies / kMicrosecondsOfAMillisecond;
    }
    return std::move(counters);
  }
};

class UptimeParser {
 public:
  Result<CountersByHost> Run(std::string_view body) {
    reader_.Begin(body);
    bool has_hosts = false;
    CountersByHost hosts;
    ROLLCALL_RETURN_IF_ERROR(
        Members(reader_.Next(), "the body", [&](const std::string& name, Event event) {
          if (name != "hosts") return SkipJson(reader_, event);
          has_hosts = true;
          return Members(event, "hosts", [&](const std::string& host, Event value) {
            if (hosts.size() == kMostHostsOfAnswer) return TooManyHosts();
            return TakeHost(value, hosts[host]).WithContext("host " + QuoteForMessage(host));
          });
        }));
    if (reader_.Next() == Event::kError) return reader_.status();
    if (!has_hosts) return Status::InvalidArgument("hosts is missing");
    return hosts;
  }

 private:
  // Where a server writes null it has none: of members, and of items.
  template <typename Visit>
  Status Members(Event event, const std::string& what, Visit visit) {
    if (event == Event::kNull) return Status::Ok();
    if (event == Event::kError) return reader_.status();
    if (event != Event::kBeginObject) return Status::InvalidArgument(what + " is not an object");
    return ForEachMember(reader_, visit);
  }
  template <typename Visit>
  Status Items(Event event, const std::string& what, Visit visit) {
    if (event == Event::kNull) return Status::Ok();
    if (event != Event::kBeginArray) return Status::InvalidArgument(what + " is not an array");
    return ForEachItem(reader_, visit);
  }
  static Status TooManyHosts() {
    return Status::InvalidArgument("more than " + std::to_string(kMostHostsOfAnswer) + " hosts");
  }
  Status TakeNumber(Event event, const std::string& name, double& out) {
    if (event == Event::kNumber && ParseValue(reader_.token(), out) == NumberError::kNone &&
        out >= 0) {
      return Status::Ok();
    }
    return Status::InvalidArgument(name + " is not a number from 0 on");
  }

  Status TakeHost(Event event, HostCounters& counters) {
    Host host;
    ROLLCALL_RETURN_IF_ERROR(Members(event, "it", [&](const std::string& name, Event value) {
      if (name == "total_reqs") return TakeNumber(value, name, host.requests.emplace());
      if (name != "routes") return SkipJson(reader_, value);
      return Items(value, name, [&](Event route) { return TakeRoute(route, host); });
    }));
    counters = std::move(host).Counters();
    return Status::Ok();
  }

  Status TakeRoute(Event event, Host& host) {
    return Members(event, "a route", [&](const std::string& name, Event value) {
      if (name != "backends") return SkipJson(reader_, value);
      return Items(value, name, [&](Event item) {
        Backend backend;
        ROLLCALL_RETURN_IF_ERROR(TakeBackend(item, backend));
        host.Add(backend);
        return Status::Ok();
      });
    });
  }

  Status TakeBackend(Event event, Backend& backend) {
    return Members(event, "a backend", [&](const std::string& name, Event value) {
      if (name == "total_reqs") return TakeNumber(value, name, backend.requests);
      if (name == "failures") return TakeNumber(value, name, backend.failures);
      if (name == "alive") backend.alive = value != Event::kFalse;
      if (name == "latency_us") {
        return Members(value, name, [&](const std::string& figure, Event number) {
          if (figure == "p99") return TakeNumber(number, figure, backend.p99_us);
          if (figure == "count") return TakeNumber(number, figure, backend.latencies);
          return SkipJson(reader_, number);
        });
      }
      if (name == "health") {
        return Members(value, name, [&](const std::string& figure, Event text) {
          if (figure == "status" && text == Event::kText) backend.health = TextOfToken(reader_);
          return SkipJson(reader_, text);
        });
      }
      return SkipJson(reader_, value);
    });
  }

  JsonReader reader_;
};

}  // namespace

Result<CountersByHost> ParseUptimeJson(std::string_view body) { return UptimeParser().Run(body); }

}  // namespace rollcall
