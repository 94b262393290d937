#include "api/badge_handler.h"

#include <span>

#include "api/badge_svg.h"
#include "api/data_answer.h"
#include "api/image_figures.h"
#include "api/svg_text.h"

namespace rollcall::api {
namespace {

constexpr std::string_view kBadgePeriods[] = {kLast30Days, "month", "quarter", "year"};
// Of a month that is named: by Span.
constexpr std::span<const std::string_view> kPeriodsOfMonth = std::span(kBadgePeriods).subspan(1);
constexpr size_t kMostLabelBytes = 200;

int64_t ValueOf(const ImageFigure& shown, const Fleet& fleet, const PeriodCounts& counts) {
  if (shown.figure == nullptr) return counts.sources;
  const auto index = static_cast<size_t>(shown.figure - fleet.figures.data());
  const FigureCount& count = counts.figures[index];
  return shown.is_peak ? count.report_total.value_or(0) : count.total;
}

// `period`: of kBadgePeriods. nullopt: nothing was reported.
Result<std::optional<PeriodCounts>> ReadCounts(const DataServices& services, const Fleet& fleet,
                                               std::optional<Month> month, size_t period,
                                               const std::stop_token& stop) {
  if (period == 0) {
    const auto last = services.comparisons.ReadLast30Days(fleet);
    if (!last.ok()) return last.status();
    if (!last->has_value()) return std::optional<PeriodCounts>();
    return std::optional((*last)->period.counts);
  }
  const auto overview =
      services.overviews.Read(fleet, month.value_or(Month::Of(services.clock.Now())), stop);
  if (!overview.ok()) return overview.status();
  if (!overview->has_value()) return std::optional<PeriodCounts>();
  return std::optional((*overview)->periods[period - 1]);
}

void AnswerBadge(const DataServices& services, const http::ApiRequest& request,
                 http::HttpResponse& response) {
  DataParams params(request, services.catalog.current());
  const Fleet& fleet = params.OfFleet();
  const auto shown = FindImageFigure(fleet, request.path());
  if (params.ok() && !shown) {
    return AnswerProblem(404, {"badge: there is no such figure", ImageNames(fleet)}, response);
  }
  const auto label = params.Text("label", kMostLabelBytes);
  const std::optional<Month> month = params.OfMonth("month");
  const size_t choice = params.Choice("period", month ? kPeriodsOfMonth : std::span(kBadgePeriods));
  const size_t period = month ? choice + 1 : choice;
  const auto theme = static_cast<Theme>(params.Choice("theme", kThemes));
  if (!params.ok()) return AnswerProblem(400, params.problem(), response);
  const auto counts = ReadCounts(services, fleet, month, period, request.stop());
  if (!counts.ok()) return AnswerFailure("badge", counts.status(), response);
  const std::string message =
      counts->has_value() ? ShortNumber(ValueOf(*shown, fleet, **counts)) : "no data";
  AnswerImage(request, BadgeSvg(label.value_or(shown->unit), message, theme), response);
}

}  // namespace

http::ApiHandler BadgeHandler(const DataServices& services) {
  return [services](const http::ApiRequest& request, http::HttpResponse& response) {
    AnswerBadge(services, request, response);
  };
}

}  // namespace rollcall::api
