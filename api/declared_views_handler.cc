#include "api/declared_views_handler.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/record_view_answer.h"
#include "base/civil_time.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;
using Per = records::ViewDeclaration::Per;

const char* PerName(Per per) {
  return per == Per::kDay ? "day" : per == Per::kWeek ? "week" : "build";
}

Json ViewJson(const records::ViewDeclaration& view) {
  return {{"name", view.name},
          {"title", view.title},
          {"about", view.about},
          {"by", view.capture ? "/" + view.capture->text() + "/"
                              : std::string(records::kFieldNames[static_cast<size_t>(view.by)])},
          {"per", PerName(view.per)},
          {"count", view.counts_machines ? "machines" : "records"},
          {"days", view.days},
          {"show", view.is_chart ? "chart" : "table"}};
}

Json RowJson(const records::DeclaredRow& row) {
  return {{"value", row.value}, {"total", row.total}, {"counts", row.counts}};
}

Json TableJson(const records::DeclaredTable& table) {
  Json json{{"columns", table.columns}, {"groups", table.groups}, {"rows", Json::array()}};
  for (const records::DeclaredRow& row : table.rows) json["rows"].push_back(RowJson(row));
  json["other"] = Json();
  if (table.other) {
    json["other"] = RowJson(*table.other);
    json["other"].erase("value");
  }
  json["read_back_to"] = table.read_back_to ? Json(FormatRfc3339(*table.read_back_to)) : Json();
  return json;
}

std::string TableCsv(const records::DeclaredTable& table) {
  std::vector<std::string_view> header{"value", "total"};
  header.insert(header.end(), table.columns.begin(), table.columns.end());
  CsvWriter csv(header, CsvWriter::Quotes::kAroundEach);
  const auto add = [&](std::string_view value, const records::DeclaredRow& row) {
    csv.Text(value).Number(static_cast<int64_t>(row.total));
    for (const uint64_t count : row.counts) csv.Number(static_cast<int64_t>(count));
    csv.EndRow();
  };
  for (const records::DeclaredRow& row : table.rows) add(row.value, row);
  if (table.other) add("(other)", *table.other);
  return csv.Take();
}

}  // namespace

http::ApiHandler DeclaredViewsHandler(records::RecordViews& views) {
  return [&views](const http::ApiRequest& request, http::HttpResponse& response) {
    const auto declared = views.declared();
    Json json{{"views", Json::array()}, {"faults", declared->faults}};
    for (const records::ViewDeclaration& view : declared->views) {
      json["views"].push_back(ViewJson(view));
    }
    AnswerJson(request, json, response);
  };
}

http::ApiHandler DeclaredViewHandler(records::RecordViews& views) {
  return [&views](const http::ApiRequest& request, http::HttpResponse& response) {
    const std::shared_ptr<const records::ViewDeclaration> view =
        views.FindDeclared(request.Param("name").value_or(""));
    if (!view) {
      DataParams::Problem problem{"name: there is no such view", {}};
      const auto declared = views.declared();
      for (const auto& one : declared->views) problem.allowed.push_back(one.name);
      return AnswerProblem(404, problem, response);
    }
    const std::string what = "view-" + view->name;
    AnswerView(
        request, what.c_str(),
        [&](DataParams&) { return [&views, view] { return views.Compute(*view); }; },
        [&](const records::DeclaredTable& table) {
          Json json = ViewJson(*view);
          json.update(TableJson(table));
          return json;
        },
        TableCsv, response);
  };
}

}  // namespace rollcall::api
