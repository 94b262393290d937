// Overviews from a VictoriaMetrics that is a table in the test: it answers what the test says,
// notes what it was asked, and fails where it is told to. The clock stands where the test puts it.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "query/vmselect_overviews.h"
#include "tests/query/rendered_overview.h"
#include "tests/support/cozystack.h"
#include "tests/support/instant.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace rollcall::query {

class VmselectTest : public ::testing::Test {
 protected:
  void SetUp() override { Restart(); }

  // As another process with the same directory.
  void Restart(const std::string& snapshot_dir = "the same") {
    overviews_.reset();
    registry_ = std::make_unique<metrics::Registry>();
    VmselectOptions options;
    options.url = "http://vm";
    options.snapshot_dir = snapshot_dir == "the same" ? dir_.path() : snapshot_dir;
    options.timeout = timeout_;
    overviews_ = std::make_unique<VmselectOverviews>(
        options,
        [this](const std::string& url, std::chrono::milliseconds timeout) {
          return Answer(url, timeout);
        },
        [this] { return known_names_; }, clock_, store_time_, *registry_);
  }
  void SetTime(const std::string& rfc3339) {
    SetClock(rfc3339);
    store_time_.Set(clock_.Now());
  }
  // What the clock alone says.
  void SetClock(const std::string& rfc3339) { clock_.Set(test::InstantAt(rfc3339)); }
  std::string Read(const std::string& month) {
    return Rendered(overviews_->Read(CozystackFleet(), *Month::Parse(month)));
  }
  // The queries since the last call, "query @ time".
  std::vector<std::string> Asked() {
    const std::lock_guard lock(mutex_);
    return std::exchange(asked_, {});
  }

  // What it has: by the month of the evaluation. The range does not matter.
  struct MonthNumbers {
    std::string clusters, nodes, tenants;     // "": no sample
    std::map<std::string, std::string> apps;  // by kind
  };

  // The answer to a query, where the test does not say otherwise. mutex_ is held.
  std::string Numbers(const std::string& query, const MonthNumbers& has) const {
    std::string elements;
    const auto add = [&](const std::string& metric, const std::string& value) {
      if (value.empty()) return;
      elements += std::string(elements.empty() ? "" : ",") + "{\"metric\":{" + metric +
                  "},\"value\":[1,\"" + value + "\"]}";
    };
    if (query.starts_with("count(")) {
      add("", has.clusters);
    } else if (query.find("cozy_nodes_count") != std::string::npos) {
      add("", has.nodes);
    } else if (query.find("Tenant") != std::string::npos) {
      add("", has.tenants);
    } else {
      for (const auto& [kind, value] : has.apps) {
        add(kind.empty() ? "" : "\"kind\":\"" + kind + "\"", value);
      }
    }
    return "{\"status\":\"success\",\"isPartial\":false,\"data\":{\"resultType\":\"vector\","
           "\"result\":[" +
           elements + "]}}";
  }

  virtual Result<FetchedPage> Answer(const std::string& url, std::chrono::milliseconds) {
    const std::lock_guard lock(mutex_);
    const std::string start = "http://vm/select/0/prometheus/api/v1/query?query=";
    EXPECT_TRUE(url.starts_with(start)) << url;
    const size_t time_at = url.find("&time=");
    const std::string query = Decode(url.substr(start.size(), time_at - start.size()));
    const UnixSeconds time{std::chrono::seconds(std::stoll(url.substr(time_at + 6)))};
    asked_.push_back(query + " @ " + FormatRfc3339(time));
    ++queries_;
    if (const auto at = instead_.find(queries_); at != instead_.end()) return at->second;
    return FetchedPage{200, Numbers(query, months_[Month::Of(time).ToString()])};
  }

  static std::string Decode(const std::string& text) {
    std::string decoded;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '%') {
        decoded += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
        i += 2;
      } else {
        decoded += text[i];
      }
    }
    return decoded;
  }
  std::string Metric(const std::string& series) const {
    const std::string text = "\n" + registry_->WriteText();
    const size_t at = text.find("\n" + series + " ");
    if (at == std::string::npos) return "not there";
    const size_t value = at + series.size() + 2;
    return text.substr(value, text.find('\n', value) - value);
  }

  test::TempDir dir_;
  test::ManualClock clock_{test::InstantAt("2026-04-10T12:00:00Z")};
  test::ManualClock store_time_{test::InstantAt("2026-04-10T12:00:00Z")};
  std::chrono::milliseconds timeout_{30'000};
  std::vector<std::string> known_names_;
  std::mutex mutex_;                            // guards what follows
  std::map<std::string, MonthNumbers> months_;  // "2026-03" → its numbers
  std::map<int, Result<FetchedPage>> instead_;  // by the query's number, from 1 on
  int queries_ = 0;
  std::vector<std::string> asked_;
  std::unique_ptr<metrics::Registry> registry_;
  std::unique_ptr<VmselectOverviews> overviews_;
};

}  // namespace rollcall::query
