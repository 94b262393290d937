#include "api/badge_handler.h"

#include "api/badge_svg.h"
#include "api/data_answer.h"
#include "api/image_figures.h"
#include "api/svg_text.h"

namespace rollcall::api {
namespace {

constexpr std::string_view kPeriods[] = {"month", "quarter", "year"};  // by Span
constexpr size_t kMostLabelBytes = 200;

int64_t ValueOf(const ImageFigure& shown, const Fleet& fleet, const PeriodCounts& counts) {
  if (shown.figure == nullptr) return counts.sources;
  const auto index = static_cast<size_t>(shown.figure - fleet.figures.data());
  const FigureCount& count = counts.figures[index];
  return shown.is_peak ? count.report_total.value_or(0) : count.total;
}

void Answer(const DataServices& services, const http::ApiRequest& request,
            http::HttpResponse& response) {
  DataParams params(request);
  const Fleet& fleet = params.OfFleet();
  const auto shown = FindImageFigure(fleet, request.path());
  if (params.ok() && !shown) {
    return AnswerProblem(404, {"badge: there is no such figure", ImageNames(fleet)}, response);
  }
  const auto label = params.Text("label", kMostLabelBytes);
  const size_t period = params.Choice("period", kPeriods);
  const auto theme = static_cast<Theme>(params.Choice("theme", kThemes));
  const Month month = params.OfMonth("month").value_or(Month::Of(services.clock.Now()));
  if (!params.ok()) return AnswerProblem(400, params.problem(), response);
  const auto overview = services.overviews.Read(fleet, month);
  if (!overview.ok()) return AnswerFailure("badge", overview.status(), response);
  const std::string message =
      overview->has_value() ? ShortNumber(ValueOf(*shown, fleet, (*overview)->periods[period]))
                            : "no data";
  AnswerImage(request, BadgeSvg(label.value_or(shown->unit), message, theme), response);
}

}  // namespace

http::ApiHandler BadgeHandler(const DataServices& services) {
  return [services](const http::ApiRequest& request, http::HttpResponse& response) {
    Answer(services, request, response);
  };
}

}  // namespace rollcall::api
