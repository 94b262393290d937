// Reads an import that comes as series in JSON lines (parse/series_json_reader.h), in pieces of any
// size. A bad line is told and passed over as a whole; of a good one the values whose time is
// refused are left out, and it is told how many. Owned by the importer; one thread.
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

  // Append what was read to `out`.
  void Read(std::string_view piece, std::vector<ImportSample>& out);
  // The last line needs no newline.
  void Finish(std::vector<ImportSample>& out);

  uint64_t lines() const { return reader_.lines(); }
  uint64_t not_numbers() const { return not_numbers_; }  // NaN: dropped, not refused

 private:
  void Take(SeriesJsonReader::Event event, std::vector<ImportSample>& out);
  // What is wrong with the series, or nothing.
  std::string TakeSeries(std::vector<ImportSample>& out);

  const ImportReaderOptions options_;
  const ResolveSeries resolve_;
  const RefuseLine refuse_;
  SeriesJsonReader reader_;
  bool ended_ = false;
  std::vector<Label> labels_;  // scratch, as the next
  std::string label_set_;
  uint64_t not_numbers_ = 0;
};

}  // namespace rollcall::ingest
