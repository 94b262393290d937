#include "ingest/series_import_reader.h"

#include <cmath>

namespace rollcall::ingest {

using Event = SeriesJsonReader::Event;

void SeriesImportReader::Read(std::string_view piece, std::vector<ImportSample>& out) {
  while (!ended_ && !piece.empty()) Take(reader_.Next(piece), out);
}

void SeriesImportReader::Finish(std::vector<ImportSample>& out) {
  for (Event event = Event::kSeries; !ended_ && event != Event::kMore;) {
    event = reader_.Finish();
    Take(event, out);
  }
}

void SeriesImportReader::Take(Event event, std::vector<ImportSample>& out) {
  if (event == Event::kMore) return;
  const std::string wrong = event == Event::kError ? reader_.reason() : TakeSeries(out);
  if (!wrong.empty()) ended_ = !refuse_(reader_.line(), wrong);
}

std::string SeriesImportReader::TakeSeries(std::vector<ImportSample>& out) {
  std::string_view metric;
  labels_.clear();
  for (const auto& [name, value] : reader_.labels()) {
    if (name == "__name__") {
      metric = value;
    } else {
      labels_.push_back({name, value});
    }
  }
  if (metric.empty()) return "no __name__";
  const Result<uint32_t> series = ResolveLabels(metric, labels_, options_, resolve_, label_set_);
  if (!series.ok()) return series.status().message();

  const std::vector<double>& values = reader_.values();
  size_t untimely = 0;
  UnixSeconds first_untimely{};
  for (size_t i = 0; i < values.size(); ++i) {
    const UnixSeconds time = SecondsOf(reader_.timestamps_ms()[i]);
    if (!IsImportable(time, options_)) {
      if (untimely++ == 0) first_untimely = time;
    } else if (std::isnan(values[i])) {
      ++not_numbers_;
    } else {
      out.push_back(MakeImportSample(*series, reader_.timestamps_ms()[i], values[i]));
    }
  }
  if (untimely == 0) return {};
  return std::to_string(untimely) + " of " + std::to_string(values.size()) +
         " values left out: " + WrongTime(first_untimely, options_);
}

}  // namespace rollcall::ingest
