#include "api/record_counts_handler.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "api/record_view_answer.h"
#include "base/civil_time.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;
using records::WordCount;

// Of classifications and platforms; the rest is one number.
constexpr size_t kMostWords = 1'000;
constexpr unsigned kMostMachines = 1'000;
constexpr unsigned kUsualMachines = 10;
constexpr unsigned kMostWeeks = 53;
constexpr unsigned kUsualWeeks = 5;

constexpr const char* kPopulationMethod =
    "A machine takes a new id every 3 days, so distinct ids over longer than that count it several "
    "times. The estimate: each machine that is there brings one new id every 3 days, so the "
    "machines "
    "that were there on average are the ids that were first seen in the window, times 3 days, "
    "divided by the window. A machine that was there for a part of the window counts as that part.";
constexpr const char* kSpikeRule =
    "A class is named when at least 20 records of it came in the last 24 hours, from at least 2 "
    "machine ids, and at least 10 times as many as on an average day of the 14 before. It goes by "
    "the time of reception. With fewer than 3 days before nothing is named.";

Json WordsJson(const std::vector<WordCount>& words, const char* name) {
  Json json = Json::array();
  for (size_t i = 0; i < std::min(words.size(), kMostWords); ++i) {
    json.push_back({{name, words[i].text}, {"records", words[i].records}});
  }
  return json;
}

uint64_t SumOf(const std::vector<WordCount>& words, size_t from) {
  uint64_t sum = 0;
  for (size_t i = from; i < words.size(); ++i) sum += words[i].records;
  return sum;
}

Json BuildsJson(const records::BuildCounts& counts) {
  Json json{{"builds", Json::array()}, {"others", counts.others}};
  for (const WordCount& build : counts.builds) {
    json["builds"].push_back({{"build", build.text}, {"records", build.records}});
  }
  return json;
}

std::string BuildsCsv(const records::BuildCounts& counts) {
  CsvWriter csv = QuotedCsv({"build", "records"});
  for (const WordCount& build : counts.builds) {
    csv.Text(build.text).Number(static_cast<int64_t>(build.records)).EndRow();
  }
  return csv.Take();
}

Json StatsJson(const records::Shares& shares) {
  Json json;
  json["records"] = SumOf(shares.classes, 0);
  json["classifications"] = WordsJson(shares.classes, "classification");
  json["other_classifications"] = SumOf(shares.classes, kMostWords);
  json["platforms"] = WordsJson(shares.platforms, "platform");
  json["other_platforms"] = SumOf(shares.platforms, kMostWords);
  return json;
}

void AddWords(const char* kind, const std::vector<WordCount>& words, uint64_t all, CsvWriter& csv) {
  for (const WordCount& word : words) {
    csv.Text(kind).Text(word.text).Number(static_cast<int64_t>(word.records));
    csv.Number(all == 0 ? 0 : static_cast<double>(word.records) / static_cast<double>(all));
    csv.EndRow();
  }
}

std::string StatsCsv(const records::Shares& shares) {
  CsvWriter csv = QuotedCsv({"by", "value", "records", "share"});
  const uint64_t all = SumOf(shares.classes, 0);
  AddWords("classification", shares.classes, all, csv);
  AddWords("platform", shares.platforms, all, csv);
  return csv.Take();
}

Json ChecksJson(const records::MachineChecks& checks) {
  Json json{{"records", checks.records}, {"classifications", Json::array()}};
  for (size_t i = 0; i < checks.classes.size(); ++i) {
    json["classifications"].push_back(
        {{"classification", records::kMachineCheckClasses[i]}, {"records", checks.classes[i]}});
  }
  json["weeks"] = Json::array();
  for (const records::MachineCheckWeek& week : checks.weeks) {
    json["weeks"].push_back({{"week", week.week.ToString()},
                             {"from", week.week.FirstDay().ToString()},
                             {"records", week.records}});
  }
  json["builds"] = WordsJson(checks.builds, "build");
  json["machines"] = WordsJson(checks.machines, "machine_id");
  json["machine_ids"] = checks.machine_count;
  json["statuses"] = WordsJson(checks.statuses, "status");
  json["without_status"] = checks.without_status;
  return json;
}

std::string ChecksCsv(const records::MachineChecks& checks) {
  CsvWriter csv = QuotedCsv({"by", "value", "classification", "records"});
  for (const records::MachineCheckWeek& week : checks.weeks) {
    for (size_t i = 0; i < week.records.size(); ++i) {
      csv.Text("week").Text(week.week.ToString()).Text(records::kMachineCheckClasses[i]);
      csv.Number(static_cast<int64_t>(week.records[i])).EndRow();
    }
  }
  const auto add = [&](const char* by, const std::vector<WordCount>& words) {
    for (const WordCount& word : words) {
      csv.Text(by).Text(word.text).Nothing().Number(static_cast<int64_t>(word.records)).EndRow();
    }
  };
  add("build", checks.builds);
  add("machine_id", checks.machines);
  add("status", checks.statuses);
  return csv.Take();
}

using ThermalWeeks = std::vector<records::ThermalWeek>;

Json ThermalJson(const ThermalWeeks& weeks) {
  Json json{{"classification", records::kThermalClass}, {"weeks", Json::array()}};
  for (const records::ThermalWeek& week : weeks) {
    json["weeks"].push_back({{"week", week.week.ToString()},
                             {"from", week.week.FirstDay().ToString()},
                             {"records", week.records},
                             {"machine_ids", week.machines}});
  }
  return json;
}

std::string ThermalCsv(const ThermalWeeks& weeks) {
  CsvWriter csv = QuotedCsv({"week", "from", "records", "machine_ids"});
  for (const records::ThermalWeek& week : weeks) {
    csv.Text(week.week.ToString()).Text(week.week.FirstDay().ToString());
    csv.Number(static_cast<int64_t>(week.records)).Number(static_cast<int64_t>(week.machines));
    csv.EndRow();
  }
  return csv.Take();
}

Json IdsJson(const records::IdCounts& ids) {
  return {{"internal", ids.internal}, {"external", ids.external}};
}

Json EstimateJson(const records::PopulationEstimate& estimate) {
  Json json{{"days", estimate.window.count()}, {"known", estimate.is_known}};
  if (!estimate.is_known) return json;
  json["new_ids"] = {{"internal", estimate.new_internal}, {"external", estimate.new_external}};
  json["machines"] = {{"internal", estimate.internal}, {"external", estimate.external}};
  return json;
}

Json PopulationJson(const records::Population& population) {
  Json json{{"windows", Json::array()}};
  for (const auto window : records::kPopulationWindows) {
    json["windows"].push_back(std::to_string(window.count()) + "d");
  }
  json["windows"].push_back("all");
  json["id_life_days"] = records::kMachineIdLife.count();
  json["id_lives"] = {{"ids", population.lives.ids},
                      {"median_seconds", population.lives.median.count()},
                      {"most_seconds", population.lives.most.count()}};
  json["ids"] = IdsJson(population.all);
  json["estimates"] = Json::array();
  for (const auto& estimate : population.estimates) {
    json["estimates"].push_back(EstimateJson(estimate));
  }
  json["method"] = kPopulationMethod;
  json["builds"] = Json::array();
  for (const records::BuildPopulation& build : population.builds) {
    Json one{{"build", build.build}};
    one.update(IdsJson(build.ids));
    json["builds"].push_back(std::move(one));
  }
  return json;
}

std::string PopulationCsv(const records::Population& population) {
  CsvWriter csv = QuotedCsv({"build", "machines", "1d", "3d", "7d", "14d", "all"});
  for (const records::BuildPopulation& build : population.builds) {
    for (const bool external : {false, true}) {
      csv.Text(build.build).Text(external ? "external" : "internal");
      for (const uint64_t ids : external ? build.ids.external : build.ids.internal) {
        csv.Number(static_cast<int64_t>(ids));
      }
      csv.EndRow();
    }
  }
  return csv.Take();
}

double PerDay(const records::Spike& spike, const records::Spikes& spikes) {
  const double mean =
      static_cast<double>(spike.records_before) / static_cast<double>(spikes.days_before);
  return std::round(mean * 100) / 100;
}

Json SpikesJson(const records::Spikes& spikes) {
  Json json{{"rule", kSpikeRule}, {"days_before", spikes.days_before}, {"spikes", Json::array()}};
  for (const records::Spike& spike : spikes.spikes) {
    json["spikes"].push_back({{"classification", spike.classification},
                              {"records", spike.records},
                              {"machine_ids", spike.machines},
                              {"before_per_day", PerDay(spike, spikes)}});
  }
  return json;
}

std::string SpikesCsv(const records::Spikes& spikes) {
  CsvWriter csv = QuotedCsv({"classification", "records", "machine_ids", "before_per_day"});
  for (const records::Spike& spike : spikes.spikes) {
    csv.Text(spike.classification).Number(static_cast<int64_t>(spike.records));
    csv.Number(static_cast<int64_t>(spike.machines)).Number(PerDay(spike, spikes)).EndRow();
  }
  return csv.Take();
}

}  // namespace

http::ApiHandler RecordBuildsHandler(records::RecordViews& views) {
  return [&views](const http::ApiRequest& request, http::HttpResponse& response) {
    AnswerView(
        request, "builds", [&](DataParams&) { return [&] { return views.Builds(); }; }, BuildsJson,
        BuildsCsv, response);
  };
}

http::ApiHandler RecordStatsHandler(records::RecordViews& views) {
  return [&views](const http::ApiRequest& request, http::HttpResponse& response) {
    AnswerView(
        request, "stats", [&](DataParams&) { return [&] { return views.Stats(); }; }, StatsJson,
        StatsCsv, response);
  };
}

http::ApiHandler MachineChecksHandler(records::RecordViews& views) {
  return [&views](const http::ApiRequest& request, http::HttpResponse& response) {
    AnswerView(
        request, "machine-checks",
        [&](DataParams& params) {
          const unsigned top = params.Number("top", 1, kMostMachines, kUsualMachines);
          return [&views, top] { return views.ChecksOfYear(top); };
        },
        ChecksJson, ChecksCsv, response);
  };
}

http::ApiHandler ThermalHandler(records::RecordViews& views) {
  return [&views](const http::ApiRequest& request, http::HttpResponse& response) {
    AnswerView(
        request, "thermal",
        [&](DataParams& params) {
          const unsigned weeks = params.Number("weeks", 1, kMostWeeks, kUsualWeeks);
          return [&views, weeks] { return views.Thermal(weeks); };
        },
        ThermalJson, ThermalCsv, response);
  };
}

http::ApiHandler PopulationHandler(records::RecordViews& views) {
  return [&views](const http::ApiRequest& request, http::HttpResponse& response) {
    AnswerView(
        request, "population",
        [&](DataParams&) { return [&] { return views.MachinePopulation(); }; }, PopulationJson,
        PopulationCsv, response);
  };
}

http::ApiHandler SpikesHandler(records::RecordViews& views) {
  return [&views](const http::ApiRequest& request, http::HttpResponse& response) {
    AnswerView(
        request, "spikes", [&](DataParams&) { return [&] { return views.SpikesOfToday(); }; },
        SpikesJson, SpikesCsv, response);
  };
}

}  // namespace rollcall::api
