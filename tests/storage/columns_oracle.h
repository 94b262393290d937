// What the columns of a day have to say, worked out from a chunk's reports the plain way: every
// report is looked at on its own, and every pair of reports where pairs matter.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/chunk_codec.h"
#include "storage/day_columns.h"

namespace rollcall::test {

// (metric, label set) → the bits of the value.
using SpanContent = std::map<std::pair<uint32_t, uint32_t>, uint64_t>;

struct ToldSpan {
  storage::ReportSpan span;
  SpanContent content;
  bool operator==(const ToldSpan&) const = default;
};
// By slot, without slots that are not in use.
using ToldSource = std::vector<std::vector<ToldSpan>>;

class ColumnsOracle {
 public:
  // Returns what the source's columns say; nullopt where it is irregular, and then why() says why.
  std::optional<ToldSource> Tell(Day day, std::string_view chunk) {
    streams_.clear();
    why_.clear();
    if (!ReadAll(day, chunk)) return std::nullopt;
    if (HasLabelSetInTurn()) return Irregular("a label set in turn");
    ToldSource told;
    size_t spans = 0;
    for (const auto& [slot, reports] : streams_) {
      told.push_back(Spans(reports));
      spans += told.back().size();
    }
    if (spans > 64) return Irregular("spans");
    if (Items(told) > 4096) return Irregular("items");
    return told;
  }
  const std::string& why() const { return why_; }

 private:
  struct Report {
    int64_t second;
    SpanContent content;
  };

  std::nullopt_t Irregular(const char* why) {
    why_ = why;
    return std::nullopt;
  }

  bool ReadAll(Day day, std::string_view chunk) {
    std::vector<std::pair<unsigned, Report>> all;
    storage::ChunkReader reader(day, chunk);
    while (reader.Next()) {
      Report report{(reader.time() - day.Start()).count(), {}};
      for (const SeriesValue& s : reader.series()) {
        report.content[{s.metric.value, s.label_set.value}] = std::bit_cast<uint64_t>(s.value);
      }
      all.emplace_back(reader.slot(), report);
    }
    if (!reader.status().ok()) why_ = "damaged";
    if (all.empty()) why_ = "empty";
    for (size_t i = 0; i < all.size(); ++i) {
      const int64_t second = all[i].second.second;
      if (second < 0 || second >= 86'400) why_ = "another day";
      if (i > 0 && second < all[i - 1].second.second) why_ = "set back";
      for (size_t j = i; j-- > 0 && all[j].second.second == second;) {
        if (all[i].first == all[j].first || Share(all[i].second, all[j].second)) why_ = "a second";
      }
      streams_[all[i].first].push_back(all[i].second);
    }
    return why_.empty();
  }

  static bool Share(const Report& a, const Report& b) {
    std::set<uint32_t> metrics;
    for (const auto& [key, _] : a.content) metrics.insert(key.first);
    return std::any_of(b.content.begin(), b.content.end(),
                       [&](const auto& one) { return metrics.contains(one.first.first); });
  }

  // The first and last second of each stretch of a stream's reports that have a label set.
  static std::vector<std::pair<int64_t, int64_t>> Stretches(const std::vector<Report>& reports,
                                                            std::pair<uint32_t, uint32_t> key) {
    std::vector<std::pair<int64_t, int64_t>> stretches;
    bool had = false;
    for (const Report& report : reports) {
      const bool has = report.content.contains(key);
      if (has && !had) stretches.emplace_back(report.second, report.second);
      if (has) stretches.back().second = report.second;
      had = has;
    }
    return stretches;
  }

  bool HasLabelSetInTurn() const {
    std::map<std::pair<uint32_t, uint32_t>, std::set<unsigned>> slots;
    for (const auto& [slot, reports] : streams_) {
      for (const Report& report : reports) {
        for (const auto& [key, _] : report.content) slots[key].insert(slot);
      }
    }
    for (const auto& [key, having] : slots) {
      for (const unsigned a : having) {
        for (const unsigned b : having) {
          if (a >= b) continue;
          for (const auto& [from, to] : Stretches(streams_.at(a), key)) {
            for (const auto& [other_from, other_to] : Stretches(streams_.at(b), key)) {
              if (other_from <= to && from <= other_to) return true;
            }
          }
        }
      }
    }
    return false;
  }

  static std::vector<ToldSpan> Spans(const std::vector<Report>& reports) {
    std::vector<int64_t> gaps;
    for (size_t i = 1; i < reports.size(); ++i) {
      gaps.push_back(reports[i].second - reports[i - 1].second);
    }
    std::sort(gaps.begin(), gaps.end());
    const double median = gaps.empty() ? 0 : static_cast<double>(gaps[(gaps.size() - 1) / 2]);
    std::vector<ToldSpan> spans;
    for (size_t i = 0; i < reports.size(); ++i) {
      const auto second = static_cast<uint32_t>(reports[i].second);
      const double gap =
          i == 0 ? 0 : static_cast<double>(reports[i].second - reports[i - 1].second);
      if (i == 0 || reports[i].content != reports[i - 1].content ||
          (gap > 60 && gap > 1.5 * median)) {
        spans.push_back({{second, second, 0, 1}, reports[i].content});
        continue;
      }
      storage::ReportSpan& span = spans.back().span;
      span.last = second;
      span.longest_gap = std::max(span.longest_gap, static_cast<uint32_t>(gap));
      ++span.reports;
    }
    return spans;
  }

  static size_t Items(const ToldSource& told) {
    size_t items = 0;
    for (const auto& spans : told) {
      for (size_t i = 0; i < spans.size(); ++i) {
        for (const auto& [key, bits] : spans[i].content) {
          const auto before =
              i == 0 ? SpanContent::const_iterator() : spans[i - 1].content.find(key);
          items += i == 0 || before == spans[i - 1].content.end() || before->second != bits;
        }
      }
    }
    return items;
  }

  std::map<unsigned, std::vector<Report>> streams_;  // by slot
  std::string why_;
};

// Reads the columns of all sources back out of a day's rows; irregular ones are nullopt. Fails the
// test where an item is not as long as it can be, or a row is damaged.
inline std::map<uint32_t, std::optional<ToldSource>> ReadColumns(const storage::TallyRows& rows) {
  std::map<uint32_t, std::optional<ToldSource>> sources;
  std::map<uint32_t, std::vector<ToldSpan*>> spans;
  for (const auto& [suffix, row] : rows) {
    const auto key = storage::DecodeTallyKey(suffix);
    if (key->metric != storage::kDayColumns) continue;
    storage::Reader label(key->label);
    const uint32_t metric = label.BigEndian32();
    const uint32_t block = label.BigEndian32();
    EXPECT_TRUE(label.ok() && label.AtEnd());
    if (metric == 0) {
      storage::StreamsColumn column;
      EXPECT_TRUE(storage::DecodeColumn(row, block, column).ok());
      size_t stream = 0;
      size_t span = 0;
      for (const auto& source : column.sources) {
        auto& told = sources[source.source.value];
        if (stream < source.streams_end) told.emplace();
        for (; stream < source.streams_end; ++stream) {
          auto& of_stream = told->emplace_back();
          for (; span < column.streams[stream]; ++span)
            of_stream.push_back({column.spans[span], {}});
        }
        if (!told) continue;
        for (auto& of_stream : *told) {
          for (ToldSpan& one : of_stream) spans[source.source.value].push_back(&one);
        }
      }
      continue;
    }
    storage::MetricColumn column;
    EXPECT_TRUE(storage::DecodeColumn(row, block, column).ok());
    EXPECT_FALSE(column.items.empty());
    for (const auto& item : column.items) {
      const std::vector<ToldSpan*>& of_source = spans[item.source.value];
      const std::pair<uint32_t, uint32_t> name{metric, item.label_set.value};
      const auto bits = std::bit_cast<uint64_t>(item.value);
      if (item.end_span > of_source.size()) {
        ADD_FAILURE() << "source " << item.source.value << " has no such span";
        continue;
      }
      for (uint32_t s = item.first_span; s < item.end_span; ++s) {
        EXPECT_TRUE(of_source[s]->content.emplace(name, bits).second) << "twice in a span";
      }
      // Neighbours in memory are neighbours of one stream.
      const auto is_neighbour = [&](uint32_t a, uint32_t b) {
        return of_source[a] + 1 == of_source[b];
      };
      for (uint32_t s = item.first_span; s + 1 < item.end_span; ++s) {
        EXPECT_TRUE(is_neighbour(s, s + 1)) << "an item of two streams";
      }
      if (item.first_span > 0 && is_neighbour(item.first_span - 1, item.first_span)) {
        const auto& before = of_source[item.first_span - 1]->content;
        const auto at = before.find(name);
        EXPECT_TRUE(at == before.end() || at->second != bits) << "two items for one";
      }
    }
  }
  return sources;
}

}  // namespace rollcall::test
