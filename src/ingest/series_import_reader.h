// The reader of an import that comes as series in JSON lines (parse/series_json_reader.h), in
// pieces of any size. A bad line is reported and skipped as a whole. In a good line, values whose
// time is refused are left out, and their number is reported. Owned by the importer; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/import_sample.h"
#include "ingest/import_series.h"
#include "parse/series_json_reader.h"

namespace rollcall::ingest {

class SeriesImportReader {
 public:
  SeriesImportReader(ImportReaderOptions options, ResolveSeries resolve, RefuseLine refuse)
      : options_(std::move(options)), resolve_(std::move(resolve)), refuse_(std::move(refuse)) {}

  // Reads a piece and appends its samples to `out`.
  void Read(std::string_view piece, std::vector<ImportSample>& out);
  // Reads what is left after the last piece. The last line needs no newline.
  void Finish(std::vector<ImportSample>& out);

  uint64_t lines() const { return reader_.lines(); }
  uint64_t not_numbers() const { return not_numbers_; }  // NaN: dropped, not refused

 private:
  void Take(SeriesJsonReader::Event event, std::vector<ImportSample>& out);
  // Takes the series; returns what is wrong with it, or an empty text.
  std::string TakeSeries(std::vector<ImportSample>& out);

  const ImportReaderOptions options_;
  const ResolveSeries resolve_;
  const RefuseLine refuse_;
  SeriesJsonReader reader_;
  bool ended_ = false;
  std::vector<Label> labels_;  // scratch, like the next field
  std::string label_set_;
  uint64_t not_numbers_ = 0;
};

}  // namespace rollcall::ingest
