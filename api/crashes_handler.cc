#include "api/crashes_handler.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/record_view_answer.h"
#include "base/civil_time.h"
#include "base/text.h"
#include "parse/function_name.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

constexpr unsigned kMostTopCrashes = 1'000;
constexpr unsigned kUsualTopCrashes = 10;
constexpr size_t kMostBacktraces = 50;
constexpr size_t kMostChanges = 100;

constexpr const char* kCrashRule =
    "Crashes of the last 7 days by the machines' clocks, on the last 8 builds that crashed. A "
    "machine-day is a machine id that was seen on a day with that build. A frame is new in the "
    "lowest build that it was ever seen on, and gone in the first build above the highest, where "
    "at "
    "the same rate at least 3 crashes would have been seen on the other side.";

Json NameJson(const CrashFrameName& frame) {
  return {{"function", frame.function}, {"module", frame.module}};
}

// Crashes for each 1,000 machine-days; nullopt: there are no such days.
std::optional<double> RateOf(uint64_t crashes, uint64_t machine_days) {
  if (machine_days == 0) return std::nullopt;
  const double rate = static_cast<double>(crashes) * 1'000 / static_cast<double>(machine_days);
  return std::round(rate * 1'000) / 1'000;
}

Json GuiltyJson(const records::GuiltyCrashes& guilty, const records::Crashes& crashes) {
  Json json = NameJson(guilty.frame);
  json["crashes"] = guilty.crashes;
  json["machine_ids"] = guilty.machines;
  json["by_build"] = guilty.by_build;
  json["per_1000_machine_days"] = Json::array();
  for (size_t i = 0; i < guilty.by_build.size(); ++i) {
    const auto rate = RateOf(guilty.by_build[i], crashes.builds[i].machine_days);
    json["per_1000_machine_days"].push_back(rate ? Json(*rate) : Json());
  }
  json["first_seen"] = FormatRfc3339(guilty.first_seen);
  json["last_seen"] = FormatRfc3339(guilty.last_seen);
  json["new_in"] = guilty.new_in ? Json(*guilty.new_in) : Json();
  json["gone_in"] = guilty.gone_in ? Json(*guilty.gone_in) : Json();
  json["comment"] = guilty.note.comment;
  json["hidden"] = guilty.note.hidden;
  return json;
}

Json CrashesJson(const records::Crashes& crashes) {
  Json json{{"rule", kCrashRule},
            {"crashes", crashes.crashes},
            {"without_backtrace", crashes.without_guilty},
            {"hidden", crashes.hidden},
            {"builds", Json::array()},
            {"guilties", Json::array()}};
  for (const records::CrashBuild& build : crashes.builds) {
    json["builds"].push_back(
        {{"build", build.build}, {"crashes", build.crashes}, {"machine_days", build.machine_days}});
  }
  for (const records::GuiltyCrashes& guilty : crashes.guilties) {
    json["guilties"].push_back(GuiltyJson(guilty, crashes));
  }
  return json;
}

std::string CrashesCsv(const records::Crashes& crashes) {
  CsvWriter csv = QuotedCsv({"function", "module", "build", "crashes", "machine_days",
                             "per_1000_machine_days", "machine_ids", "first_seen", "last_seen",
                             "new_in", "gone_in", "comment", "hidden"});
  const auto number = [&](const auto& value) {
    value ? csv.Number(static_cast<int64_t>(*value)) : csv.Nothing();
  };
  for (const records::GuiltyCrashes& guilty : crashes.guilties) {
    for (size_t i = 0; i < guilty.by_build.size(); ++i) {
      const records::CrashBuild& build = crashes.builds[i];
      csv.Text(guilty.frame.function).Text(guilty.frame.module).Number(int64_t{build.build});
      csv.Number(static_cast<int64_t>(guilty.by_build[i]));
      csv.Number(static_cast<int64_t>(build.machine_days));
      const auto rate = RateOf(guilty.by_build[i], build.machine_days);
      rate ? csv.Number(*rate) : csv.Nothing();
      csv.Number(static_cast<int64_t>(guilty.machines));
      csv.Text(FormatRfc3339(guilty.first_seen)).Text(FormatRfc3339(guilty.last_seen));
      number(guilty.new_in);
      number(guilty.gone_in);
      csv.Text(guilty.note.comment).Text(guilty.note.hidden ? "yes" : "no").EndRow();
    }
  }
  return csv.Take();
}

const char* KindName(FrameKind kind) {
  switch (kind) {
    case FrameKind::kSymbol:
      return "symbol";
    case FrameKind::kGuess:
      return "guess";
    case FrameKind::kNoSymbol:
      return "no symbol";
    case FrameKind::kFiltered:
      return "filtered";
  }
  return "";
}

Json BacktraceJson(const records::Backtrace& backtrace) {
  Json json{{"crashes", backtrace.crashes},
            {"machine_ids", backtrace.machines},
            {"first_seen", FormatRfc3339(backtrace.first_seen)},
            {"last_seen", FormatRfc3339(backtrace.last_seen)},
            {"newest_record", backtrace.newest.value},
            {"process", backtrace.stack.process},
            {"signal", backtrace.stack.signal},
            {"guilty", backtrace.guilty ? Json(*backtrace.guilty) : Json()},
            {"frames", Json::array()}};
  for (size_t i = 0; i < backtrace.stack.frames.size(); ++i) {
    const CrashFrame& frame = backtrace.stack.frames[i];
    json["frames"].push_back({{"function", ReadableFunction(frame.function)},
                              {"module", frame.module},
                              {"kind", KindName(backtrace.kinds[i])}});
  }
  return json;
}

Json BacktracesJson(const records::Backtraces& all) {
  Json json{{"backtraces", Json::array()}, {"others", all.others}};
  for (const records::Backtrace& one : all.backtraces) {
    json["backtraces"].push_back(BacktraceJson(one));
  }
  return json;
}

std::string BacktracesCsv(const records::Backtraces& all) {
  CsvWriter csv =
      QuotedCsv({"backtrace", "crashes", "machine_ids", "first_seen", "last_seen", "newest_record",
                 "process", "signal", "frame", "function", "module", "kind"});
  for (size_t b = 0; b < all.backtraces.size(); ++b) {
    const records::Backtrace& one = all.backtraces[b];
    for (size_t i = 0; i < one.stack.frames.size(); ++i) {
      csv.Number(static_cast<int64_t>(b)).Number(static_cast<int64_t>(one.crashes));
      csv.Number(static_cast<int64_t>(one.machines)).Text(FormatRfc3339(one.first_seen));
      csv.Text(FormatRfc3339(one.last_seen)).Number(static_cast<int64_t>(one.newest.value));
      csv.Text(one.stack.process).Text(one.stack.signal).Number(static_cast<int64_t>(i));
      csv.Text(ReadableFunction(one.stack.frames[i].function)).Text(one.stack.frames[i].module);
      csv.Text(KindName(one.kinds[i])).EndRow();
    }
  }
  return csv.Take();
}

Json FilterJson(const std::vector<CrashFrameName>& frames) {
  Json json{{"frames", Json::array()}};
  for (const CrashFrameName& frame : frames) json["frames"].push_back(NameJson(frame));
  return json;
}

Json PreviewJson(const records::FilterPreview& preview) {
  Json json{{"crashes", preview.crashes}, {"changed", preview.changed}};
  json["changes"] = Json::array();
  for (const records::GuiltyChange& change : preview.changes) {
    json["changes"].push_back({{"before", NameJson(change.before)},
                               {"after", NameJson(change.after)},
                               {"crashes", change.crashes}});
  }
  return json;
}

// The frame that a request is about; an empty function where it names none.
CrashFrameName FrameOf(const http::ApiRequest& request) {
  return {request.Param("function").value_or(""), request.Param("module").value_or("")};
}

void AnswerStatus(const char* what, const Status& status, http::HttpResponse& response) {
  if (status.code() == Code::kInvalidArgument) {
    return AnswerProblem(400, {status.message(), {}}, response);
  }
  AnswerFailure(what, status, response);
}

}  // namespace

http::ApiHandler CrashesHandler(records::RecordViews& views) {
  return [&views](const http::ApiRequest& request, http::HttpResponse& response) {
    AnswerView(
        request, "crashes",
        [&](DataParams& params) {
          const unsigned top = params.Number("top", 1, kMostTopCrashes, kUsualTopCrashes);
          const bool hidden = params.IsYes("hidden");
          return [&views, top, hidden] { return views.TopCrashes(top, hidden); };
        },
        CrashesJson, CrashesCsv, response);
  };
}

http::ApiHandler BacktracesHandler(records::RecordViews& views) {
  return [&views](const http::ApiRequest& request, http::HttpResponse& response) {
    AnswerView(
        request, "backtraces",
        [&](DataParams& params) {
          const CrashFrameName frame = FrameOf(request);
          if (frame.function.empty()) params.Refuse("function: want that of a guilty frame");
          const unsigned build = params.Number("build", 1, UINT32_MAX, 0);
          return [&views, frame, build] {
            return views.BacktracesOf(frame, build == 0 ? std::nullopt : std::optional(build),
                                      kMostBacktraces);
          };
        },
        BacktracesJson, BacktracesCsv, response);
  };
}

http::ApiHandler CrashFilterHandler(records::RecordViews& views) {
  return [&views](const http::ApiRequest& request, http::HttpResponse& response) {
    DataParams params(request);
    const bool wants_csv = params.WantsCsv();
    if (!params.ok()) return AnswerProblem(400, params.problem(), response);
    const std::vector<CrashFrameName> frames = views.notes().filter();
    if (!wants_csv) return AnswerJson(request, FilterJson(frames), response);
    CsvWriter csv = QuotedCsv({"function", "module"});
    for (const CrashFrameName& frame : frames) {
      csv.Text(frame.function).Text(frame.module).EndRow();
    }
    AnswerCsv(request, "filter", csv.Take(), response);
  };
}

http::ApiHandler SetCrashFilterHandler(records::RecordViews& views) {
  return [&views](const http::ApiRequest& request, http::HttpResponse& response) {
    DataParams params(request);
    const bool is_preview = params.IsYes("preview");
    const std::vector<std::string> functions = request.AllOf("function");
    const std::vector<std::string> modules = request.AllOf("module");
    if (functions.size() != modules.size()) {
      params.Refuse("function, module: want as many of the one as of the other");
    }
    // An empty list is an order; a body that was not read is none.
    const std::string type = AsciiLower(request.Header("Content-Type").value_or(""));
    if (!request.body().empty() && !type.starts_with("application/x-www-form-urlencoded")) {
      params.Refuse("want a form: function=F&module=M for each frame");
    }
    if (!params.ok()) return AnswerProblem(400, params.problem(), response);
    std::vector<CrashFrameName> frames;
    for (size_t i = 0; i < functions.size(); ++i) frames.push_back({functions[i], modules[i]});
    if (is_preview) {
      const auto preview = views.Preview(frames, kMostChanges);
      if (!preview.ok()) return AnswerStatus("preview a filter", preview.status(), response);
      return AnswerJson(request, PreviewJson(*preview), response);
    }
    const Status set = views.notes().SetFilter(frames);
    if (!set.ok()) return AnswerStatus("set the filter", set, response);
    AnswerJson(request, FilterJson(views.notes().filter()), response);
  };
}

http::ApiHandler CrashNoteHandler(records::RecordViews& views) {
  return [&views](const http::ApiRequest& request, http::HttpResponse& response) {
    DataParams params(request);
    const bool hidden = params.IsYes("hidden");
    if (!params.ok()) return AnswerProblem(400, params.problem(), response);
    const CrashFrameName frame = FrameOf(request);
    const GuiltyNote note{request.Param("comment").value_or(""), hidden};
    const Status set = views.notes().SetNote(frame, note);
    if (!set.ok()) return AnswerStatus("note a crash", set, response);
    Json json = NameJson(frame);
    json["comment"] = note.comment;
    json["hidden"] = note.hidden;
    AnswerJson(request, json, response);
  };
}

}  // namespace rollcall::api
