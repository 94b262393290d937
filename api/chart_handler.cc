#include "api/chart_handler.h"

#include <algorithm>

#include "api/chart_svg.h"
#include "api/data_answer.h"
#include "api/image_figures.h"
#include "counts/trend.h"

namespace rollcall::api {
namespace {

constexpr unsigned kMostChartMonths = 60;
constexpr unsigned kUsualChartMonths = 12;
constexpr unsigned kDays = 30;

std::optional<int64_t> ValueOf(const ImageFigure& shown, const counts::Trend& trend, size_t step) {
  const counts::TrendStep& of_step = trend.steps[step];
  if (!of_step.known) return std::nullopt;
  if (shown.figure == nullptr) return of_step.tally.sources;
  if (shown.is_peak) return of_step.tally.report_sum.ToInt64();
  if (shown.figure->label.empty()) return of_step.tally.sum.ToInt64();
  for (const counts::TrendValue& value : trend.values) {
    if (value.value == shown.figure->label_value) return value.steps[step].sum.ToInt64();
  }
  return 0;
}

// "Mar 2026", "Mar 7".
std::string ShortLabel(Period period) {
  const std::string month = period.last_month().Label().substr(0, 3);
  if (!period.is_day()) return month + " " + std::to_string(period.last_month().year());
  return month + " " + std::to_string(period.last - period.last_month().FirstDay().number + 1);
}

void Answer(const DataServices& services, const http::ApiRequest& request,
            http::HttpResponse& response) {
  DataParams params(request, services.catalog.current());
  const Fleet& fleet = params.OfFleet();
  const auto shown = FindImageFigure(fleet, request.path());
  if (params.ok() && !shown) {
    return AnswerProblem(404, {"chart: there is no such figure", ImageNames(fleet)}, response);
  }
  const bool by_day = params.WantsLast30Days({"months"});
  const unsigned months = params.Number("months", 1, kMostChartMonths, kUsualChartMonths);
  const auto theme = static_cast<Theme>(params.Choice("theme", kThemes));
  if (!params.ok()) return AnswerProblem(400, params.problem(), response);
  const UnixSeconds now = services.clock.Now();
  counts::TrendRequest wanted{fleet};
  wanted.stop = request.stop();
  wanted.metric = shown->figure == nullptr ? fleet.counted_metric : shown->figure->metric;
  wanted.by = shown->figure == nullptr ? "" : shown->figure->label;
  if (!wanted.by.empty()) wanted.only = shown->figure->label_value;
  wanted.kind = by_day ? Period::Kind::kDay : Period::Kind::kMonth;
  wanted.last = by_day ? Day::Of(now).number : Month::Of(now).number;
  wanted.first = wanted.last + 1 - (by_day ? kDays : months);
  const auto trend = counts::ReadTrend(services.stores, services.tallies, wanted);
  if (!trend.ok()) return AnswerFailure("chart", trend.status(), response);
  std::vector<ChartBar> bars;
  for (size_t i = 0; trend->has_value() && i < (*trend)->steps.size(); ++i) {
    const counts::TrendStep& step = (*trend)->steps[i];
    bars.push_back({ShortLabel(step.period), ValueOf(*shown, **trend, i), step.final});
  }
  std::string title = shown->unit + (by_day ? " by day" : " by month");
  title.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(title.front())));
  AnswerImage(request, ChartSvg(title, bars, theme), response);
}

}  // namespace

http::ApiHandler ChartHandler(const DataServices& services) {
  return [services](const http::ApiRequest& request, http::HttpResponse& response) {
    Answer(services, request, response);
  };
}

}  // namespace rollcall::api
