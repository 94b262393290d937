#include "api/series_handler.h"

#include <chrono>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/json_text.h"
#include "api/promql_json.h"
#include "api/promql_params.h"
#include "base/log.h"
#include "parse/utf8.h"
#include "query/promql/text.h"
#include "query/series_lists.h"

namespace rollcall::api {
namespace {

using http::ApiRequest;
using http::HttpResponse;

// A list that is written piece by piece, and kept with its charge until the peer has taken it.
template <typename List>
class ListWriter final : public http::BodyStream {
 public:
  ListWriter(List list, bool is_cut, http::BudgetCharge charge)
      : list_(std::move(list)), is_cut_(is_cut), charge_(std::move(charge)) {}

  // Makes a piece that Next gave the next one again.
  void PutBack(std::string piece) { piece_ = std::move(piece); }

  Result<bool> Next(std::string& out) override {
    constexpr size_t kPieceBytes = 64 * 1024;
    if (!piece_.empty()) {
      out = std::exchange(piece_, {});
      return true;
    }
    if (!begun_) out += "{\"status\":\"success\",\"data\":[";
    while (out.size() < kPieceBytes) {
      const size_t before = out.size();
      if (begun_) out += ',';
      if (!list_.AppendNext(out)) {
        out.resize(before);
        out += ']';
        if (is_cut_) out += ",\"warnings\":[\"results truncated due to limit\"]";
        out += "}\n";
        return false;
      }
      begun_ = true;
    }
    return true;
  }

 private:
  List list_;
  const bool is_cut_;
  const http::BudgetCharge charge_;
  std::string piece_;
  bool begun_ = false;
};

// What a ListWriter writes: names, or values.
class Texts {
 public:
  explicit Texts(std::vector<std::string> texts) : texts_(std::move(texts)) {}

  size_t Bytes() const {
    size_t bytes = 0;
    for (const std::string& text : texts_) bytes += sizeof(std::string) + text.capacity();
    return bytes;
  }
  // Returns false behind the last.
  bool AppendNext(std::string& out) {
    if (next_ == texts_.size()) return false;
    AppendJsonString(texts_[next_++], out);
    return true;
  }

 private:
  std::vector<std::string> texts_;
  size_t next_ = 0;
};

// The same of series.
class Series {
 public:
  explicit Series(std::vector<query::SeriesGroup> groups) : groups_(std::move(groups)) {}

  size_t Bytes() const {
    size_t bytes = 0;
    for (const query::SeriesGroup& group : groups_) {
      bytes += group.of->wanted->bytes + group.items.capacity() * sizeof(group.items[0]);
      for (const auto& source : group.of->sources) bytes += sizeof source + source.id.capacity();
    }
    return bytes;
  }
  bool AppendNext(std::string& out) {
    while (group_ < groups_.size() && item_ == groups_[group_].items.size()) {
      ++group_;
      item_ = 0;
    }
    if (group_ == groups_.size()) return false;
    const query::SeriesChoice& of = *groups_[group_].of;
    const auto [source, label_set] = groups_[group_].items[item_++];
    AppendLabelsWith(of.wanted->labels[label_set], of.id_label, of.sources[source].id, out);
    return true;
  }

 private:
  std::vector<query::SeriesGroup> groups_;
  size_t group_ = 0;
  size_t item_ = 0;
};

template <typename List>
void AnswerList(const PromqlService& service, List list, bool is_cut, const promql::Budget& budget,
                HttpResponse& response) {
  auto charge = service.ChargeAnswer(list.Bytes());
  if (!charge) return service.AnswerFailure(TooManyAnswers(), budget, response);
  response.headers.push_back({"Content-Type", "application/json"});
  auto writer = std::make_shared<ListWriter<List>>(std::move(list), is_cut, *std::move(charge));
  // One piece is a body.
  if (*writer->Next(response.body)) {
    writer->PutBack(std::exchange(response.body, {}));
    response.stream = std::move(writer);
  }
}

// Of /…/label/NAME/values; nullopt: it ends otherwise.
std::optional<std::string> LabelOfPath(std::string_view path) {
  constexpr std::string_view kFolder = "/label/";
  constexpr std::string_view kEnd = "/values";
  const size_t at = path.rfind(kFolder);
  if (at == std::string_view::npos || !path.ends_with(kEnd)) return std::nullopt;
  path.remove_prefix(at + kFolder.size());
  path.remove_suffix(kEnd.size());
  return std::string(path);
}

// Calls find(lists, request) and answers with what it returns, as a List.
template <typename List, typename Find>
void Answer(PromqlService& service, QueryKind kind, const ApiRequest& request,
            HttpResponse& response, const Find& find) {
  const auto begun = std::chrono::steady_clock::now();
  promql::Budget budget(service.options().limits, request.stop());
  try {
    Result<LabelParams> params = ReadLabelParams(request);
    if (params.ok() && kind == QueryKind::kSeries && params->selectors.empty()) {
      params = Status::InvalidArgument("no match[] parameter provided");
    }
    if (params.ok()) {
      const auto view = service.series().Now();
      query::SeriesLists lists = view->Lists(budget);
      auto listed =
          find(lists, query::SeriesListRequest{std::move(params->selectors), params->start,
                                               params->end, static_cast<size_t>(params->limit)});
      if (listed.ok()) {
        AnswerList(service, List(std::move(listed->values)), listed->is_cut, budget, response);
      } else {
        service.AnswerFailure(listed.status(), budget, response);
      }
    } else {
      AnswerPromqlError(400, "bad_data", params.status().message(), response);
    }
  } catch (const std::bad_alloc&) {
    response = HttpResponse();
    service.AnswerFailure(Status::Unavailable("out of memory"), budget, response);
  }
  std::string asked;
  for (const std::string& selector : request.AllOf("match[]")) asked += selector + " ";
  service.Account(kind, asked, budget, std::chrono::steady_clock::now() - begun, response);
}

}  // namespace

http::ApiHandler SeriesHandler(PromqlService& service) {
  return [&service](const ApiRequest& request, HttpResponse& response) {
    Answer<Series>(service, QueryKind::kSeries, request, response,
                   [](query::SeriesLists& lists, const query::SeriesListRequest& asked) {
                     return lists.Series(asked);
                   });
  };
}

http::ApiHandler LabelNamesHandler(PromqlService& service) {
  return [&service](const ApiRequest& request, HttpResponse& response) {
    Answer<Texts>(service, QueryKind::kLabelNames, request, response,
                  [](query::SeriesLists& lists, const query::SeriesListRequest& asked) {
                    return lists.LabelNames(asked);
                  });
  };
}

http::ApiHandler LabelValuesHandler(PromqlService& service) {
  return [&service](const ApiRequest& request, HttpResponse& response) {
    const std::optional<std::string> label = LabelOfPath(request.path());
    if (!label) {
      return AnswerPromqlError(404, "not_found", "no such path; /label/NAME/values is one",
                               response);
    }
    if (label->empty() || !IsUtf8(*label)) {
      return AnswerPromqlError(
          400, "bad_data", "invalid label name: " + promql::Quote(label->substr(0, 200)), response);
    }
    Answer<Texts>(service, QueryKind::kLabelValues, request, response,
                  [&](query::SeriesLists& lists, const query::SeriesListRequest& asked) {
                    return lists.LabelValues(*label, asked);
                  });
  };
}

http::ApiHandler MetadataHandler(PromqlService& service, const fleets::Catalog& catalog) {
  return [&service, &catalog](const ApiRequest& request, HttpResponse& response) {
    const Result<uint64_t> limit = LimitParam(request);
    if (!limit.ok()) {
      return AnswerPromqlError(400, "bad_data", limit.status().message(), response);
    }
    const auto names = service.series().Now()->MetricNames();
    if (!names.ok()) {
      log::Error("list metrics: {}", names.status().message());
      return AnswerPromqlError(500, "internal", names.status().message(), response);
    }
    const std::string wanted = request.Param("metric").value_or("");
    std::string data = "{";
    uint64_t listed = 0;
    for (const std::string& name : *names) {
      if (!wanted.empty() && name != wanted) continue;
      if (*limit > 0 && listed == *limit) break;
      std::string_view help;
      for (const auto& declared : catalog.current().all()) {
        const fleets::MetricDescription* const metric = declared->declaration().FindMetric(name);
        if (metric != nullptr) help = metric->description;
      }
      if (listed++ > 0) data += ',';
      AppendJsonString(name, data);
      // Every value is of one instant: nothing that is reported adds up.
      data += ":[{\"type\":\"gauge\",\"help\":";
      AppendJsonString(help, data);
      data += ",\"unit\":\"\"}]";
    }
    AnswerPromqlData(data + "}", response);
  };
}

}  // namespace rollcall::api
