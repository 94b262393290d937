#include "api/import_json.h"

#include <nlohmann/json.hpp>

#include "api/data_answer.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

std::string ImportJson(const ingest::ImportTally& tally) {
  Json json;
  json["lines"] = tally.lines;
  json["samples"] = tally.samples;
  json["refused"] = tally.refused;
  json["not_numbers"] = tally.not_numbers;
  json["sources"] = tally.sources;
  json["series"] = tally.series;
  json["reports_added"] = tally.reports_added;
  json["samples_added"] = tally.samples_added;
  json["samples_not_kept"] = tally.samples_not_kept;
  json["errors"] = tally.errors;
  return DumpJson(json);
}

Result<ingest::ImportTally> ParseImportJson(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  ingest::ImportTally tally;
  // The library throws where a member is not there, or of another type.
  try {
    tally.lines = json.at("lines");
    tally.samples = json.at("samples");
    tally.refused = json.at("refused");
    tally.not_numbers = json.at("not_numbers");
    tally.sources = json.at("sources");
    tally.series = json.at("series");
    tally.reports_added = json.at("reports_added");
    tally.samples_added = json.at("samples_added");
    tally.samples_not_kept = json.at("samples_not_kept");
    tally.errors = json.at("errors").get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception&) {
    return Status::InvalidArgument("not the answer to an import");
  }
  return tally;
}

}  // namespace rollcall::api
