// Histories of reports, posted live and as an import has them.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "ingest/importer.h"
#include "tests/support/cozystack.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {

using ingest::ImportOptions;
using ingest::ImportTally;

struct Post {
  UnixSeconds time;
  std::string id;
  std::map<std::string, double> series;  // label set as text, without braces where it has no labels
};

inline std::string ValueText(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.17g", value);
  return std::isinf(value) ? (value > 0 ? "+Inf" : "-Inf") : text;
}

inline std::string BodyOf(const Post& post) {
  std::string body;
  for (const auto& [series, value] : post.series) body += series + " " + ValueText(value) + "\n";
  return body;
}

// The post's lines as an import has them, in the order of their series.
inline std::vector<std::string> LinesOf(const Post& post, const std::string& label = "cluster_id") {
  std::vector<std::string> lines;
  for (const auto& [series, value] : post.series) {
    const std::string source = label + "=\"" + post.id + "\"";
    std::string line = series.ends_with('}')
                           ? series.substr(0, series.size() - 1) + "," + source + "}"
                           : series + "{" + source + "}";
    const auto ms =
        post.time.time_since_epoch().count() * 1000 + post.time.time_since_epoch().count() % 1000;
    lines.push_back(line + " " + ValueText(value) + " " + std::to_string(ms) + "\n");
  }
  return lines;
}

// Clusters that report over some months, in two streams, with changes, gaps and metrics that come
// and go.
inline std::vector<Post> RandomHistory(unsigned seed, UnixSeconds start, int posts) {
  std::mt19937 random(seed);
  const auto below = [&](size_t n) { return static_cast<size_t>(random() % n); };
  std::vector<Post> history;
  UnixSeconds now = start;
  for (int i = 0; i < posts; ++i) {
    now += std::chrono::seconds(below(3) == 0 ? below(200) + 1 : below(40 * 3600) + 1);
    const Month next = Month::Of(now).Plus(1);
    if (below(30) == 0) now = next.Start() - std::chrono::seconds(1);
    if (below(30) == 0) now = next.Start();
    Post post{now, "cluster-" + std::to_string(below(6)), {}};
    const auto value = [&] {
      const size_t kind = below(14);
      return kind == 0   ? INFINITY
             : kind == 1 ? -3.5
             : kind == 2 ? 0.25
                         : static_cast<double>(below(30));
    };
    if (below(2) == 0) {
      post.series["cozy_cluster_info{cozystack_version=\"v1." + std::to_string(below(3)) + "\"}"] =
          1;
      for (size_t n = below(3); n <= 2; ++n) {
        post.series["cozy_nodes_count{kernel=\"6." + std::to_string(below(4)) + "\",os=\"os" +
                    std::to_string(n) + "\"}"] = value();
      }
      if (below(4) == 0) post.series["cozy_loadbalancers_count"] = value();
    } else {
      for (const char* kind : {"Tenant", "Postgres", "Redis"}) {
        if (below(4) != 0) {
          post.series[std::string("cozy_application_count{kind=\"") + kind + "\"}"] = value();
        }
      }
      if (post.series.empty() || below(8) == 0) post.series["cozy_cluster_info"] = 1;
    }
    history.push_back(std::move(post));
  }
  return history;
}

class ImportHistory : public ::testing::Test {
 protected:
  static constexpr const char* kNow = "2026-03-31 23:59:59";

  void PostLive(Harness& rollcall, const std::vector<Post>& posts) {
    for (const Post& post : posts) {
      rollcall.SetTime(post.time);
      const Status status = rollcall.Report(post.id, BodyOf(post));
      ASSERT_TRUE(status.ok()) << status.message();
    }
    rollcall.SetTime(kNow);
  }

  static std::string TextOf(const std::vector<Post>& posts) {
    std::string text;
    for (const Post& post : posts) {
      for (const std::string& line : LinesOf(post)) text += line;
    }
    return text;
  }

  // Beside the harness's ingester; `status` null: it must succeed.
  ImportTally Import(Harness& rollcall, const std::string& text,
                     size_t max_buffered_samples = 100'000, ImportOptions options = {},
                     Status* status = nullptr) {
    options.fleet = kFirstFleet;
    options.id_label = CozystackFleet().id_label;
    options.latest = At(kNow);
    options.max_buffered_samples = max_buffered_samples;
    auto importer = ingest::Importer::Start(rollcall.stores(), &rollcall.ingester(), options);
    EXPECT_TRUE(importer.ok());
    // Small pieces, so that a small buffer is full often.
    Status result;
    for (size_t at = 0; at < text.size() && result.ok(); at += 5000) {
      result = (*importer)->Feed(std::string_view(text).substr(at, 5000));
    }
    if (result.ok()) result = (*importer)->Finish();
    if (status != nullptr) {
      *status = result;
    } else {
      EXPECT_TRUE(result.ok()) << result.message();
    }
    return (*importer)->tally();
  }

  static std::string Overviews(Harness& rollcall, Month first, Month last) {
    std::string text;
    for (Month month = first; month <= last; month = month.Plus(1)) {
      text += rollcall.OverviewAt(month) + "\n";
    }
    return text;
  }

  void ExpectSame(Harness& live, Harness& imported) {
    const Month first = Month::FromYearMonth(2025, 1);
    const Month last = Month::FromYearMonth(2026, 4);
    ASSERT_EQ(Overviews(imported, first, last), Overviews(live, first, last));
    ASSERT_EQ(live.Verify(), "");
    ASSERT_EQ(imported.Verify(), "");
  }
};

}  // namespace rollcall::test
