#include "api/distribution_handler.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "api/csv_writer.h"
#include "api/data_answer.h"
#include "api/period_params.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

// As kPercentiles.
constexpr const char* kPercentileNames[] = {"p25", "median", "p75", "p90", "p99"};
static_assert(std::size(kPercentileNames) == kPercentiles.size());

struct Answered {
  const Fleet& fleet;
  const Figure& figure;
  Period period;
  bool final = false;
  std::optional<storage::PeriodRows> rows{};         // nullopt: nothing is known of the period
  std::optional<FigureDistribution> distribution{};  // nullopt: nor of this
};

Json TimeOfCountJson(const Answered& answered) {
  if (!answered.rows) return Json();
  return FormatRfc3339(answered.rows->head().computed_at);
}

// A name and a number, in order; no number where there is none.
using Statistics = std::vector<std::pair<const char*, std::optional<ExactSum>>>;

Statistics StatisticsOf(const FigureDistribution& of, const Distribution& one) {
  const auto number = [&](double value) {
    return one.sources > 0 ? std::optional(ExactSum::Of(value)) : std::nullopt;
  };
  const auto sources = static_cast<double>(one.sources);
  const auto rest = static_cast<double>(of.counted - one.sources);
  Statistics all{{"known", ExactSum::Of(sources)},
                 {"unknown", ExactSum::Of(rest)},
                 {"sum", one.sum},
                 {"average", number(std::round(one.sum.ToDouble() / sources * 10) / 10)},
                 {"min", number(one.least)}};
  for (size_t i = 0; i < kPercentiles.size(); ++i) {
    all.emplace_back(kPercentileNames[i], number(one.percentiles[i]));
  }
  all.emplace_back("max", number(one.most));
  return all;
}

Json OneJson(const FigureDistribution& of, const Distribution& one) {
  Json json;
  for (const auto& [name, number] : StatisticsOf(of, one)) {
    json[name] = number ? NumberJson(*number) : Json();
  }
  json["bins"] = Json::array();
  for (const DistributionBin& bin : one.bins) {
    json["bins"].push_back({{"from", NumberJson(ExactSum::Of(bin.from))},
                            {"to", NumberJson(ExactSum::Of(bin.to))},
                            {"sources", bin.sources}});
  }
  return json;
}

Json DistributionJson(const Answered& answered) {
  Json json;
  json["fleet"] = answered.fleet.name;
  json["figure"] = answered.figure.name;
  AddPeriodJson(answered.period, json);
  json["final"] = answered.final;
  json["generated_at"] = TimeOfCountJson(answered);
  const auto& distribution = answered.distribution;
  json["sources"] = distribution ? Json(distribution->counted) : Json();
  json["peak"] = distribution ? OneJson(*distribution, distribution->peak) : Json();
  const bool has_latest = distribution && distribution->latest;
  json["latest"] = has_latest ? OneJson(*distribution, *distribution->latest) : Json();
  return json;
}

std::string Csv(const Answered& answered) {
  CsvWriter csv({"month", "periods", "figure", "by", "kind", "from", "to", "value"});
  const auto begin = [&](const char* by, const char* kind) -> CsvWriter& {
    if (answered.period.is_window()) {
      csv.Text(answered.period.last_month().ToString()).Number(int64_t{answered.period.months()});
    } else {
      csv.Nothing().Nothing();
    }
    return csv.Text(answered.figure.name).Text(by).Text(kind);
  };
  const auto add = [&](const char* by, const Distribution& one) {
    for (const auto& [name, number] : StatisticsOf(*answered.distribution, one)) {
      begin(by, name).Nothing().Nothing();
      number ? csv.Number(*number) : csv.Nothing();
      csv.EndRow();
    }
    for (const DistributionBin& bin : one.bins) {
      begin(by, "bin").Number(ExactSum::Of(bin.from)).Number(ExactSum::Of(bin.to));
      csv.Number(bin.sources).EndRow();
    }
  };
  if (answered.distribution) {
    add("peak", answered.distribution->peak);
    if (answered.distribution->latest) add("latest", *answered.distribution->latest);
  }
  return csv.Take();
}

const Figure* ReadFigure(const Fleet& fleet, DataParams& params) {
  if (fleet.figures.empty()) {
    params.Refuse("figure: the fleet has none");
    return nullptr;
  }
  std::vector<std::string_view> names;
  for (const Figure& figure : fleet.figures) names.push_back(figure.name);
  return &fleet.figures[params.Choice("figure", names)];
}

Status ReadRows(const DataServices& services, Answered& answered) {
  answered.final = services.tallies.IsClosed(answered.period);
  if (answered.period.kind == Period::Kind::k30Days) {
    auto rolling = services.tallies.Last30Days(answered.fleet);
    if (!rolling.ok()) return rolling.status();
    answered.period = rolling->period;
    answered.rows = std::move(rolling->rows);
  } else {
    auto rows = services.tallies.Get(answered.fleet, answered.period);
    if (!rows.ok()) return rows.status();
    answered.rows = std::move(*rows);
  }
  if (!answered.rows) return Status::Ok();
  auto distribution = answered.rows->DistributionOf(answered.figure);
  if (!distribution.ok()) return distribution.status();
  answered.distribution = std::move(*distribution);
  return Status::Ok();
}

void AnswerDistribution(const DataServices& services, const http::ApiRequest& request,
                        http::HttpResponse& response) {
  DataParams params(request, services.catalog.current());
  const Fleet& fleet = params.OfFleet();
  const Figure* const figure = ReadFigure(fleet, params);
  const AskedPeriod asked = ReadPeriod(services.clock, params);
  const bool wants_csv = params.WantsCsv();
  if (!params.ok()) return AnswerProblem(400, params.problem(), response);
  const Result<Period> period = ResolvePeriod(services, fleet, asked);
  if (!period.ok()) return AnswerFailure("distribution", period.status(), response);
  Answered answered{fleet, *figure, *period};
  if (const Status status = ReadRows(services, answered); !status.ok()) {
    return AnswerFailure("distribution", status, response);
  }
  if (wants_csv) return AnswerCsv(request, "distribution", Csv(answered), response);
  AnswerJson(request, DistributionJson(answered), response);
}

}  // namespace

http::ApiHandler DistributionHandler(const DataServices& services) {
  return [services](const http::ApiRequest& request, http::HttpResponse& response) {
    AnswerDistribution(services, request, response);
  };
}

}  // namespace rollcall::api
