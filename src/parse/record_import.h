// Records as they come out of another store: JSON lines, as rollcall exports them and /api/records
// gives them out, or CSV whose first row names the columns: the old server's CSV, or its table by
// PostgreSQL's COPY … TO … CSV HEADER. The first byte shows which. Plain or packed.
//
// Owned by an import; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/record.h"
#include "parse/csv_reader.h"
#include "parse/json_reader.h"

namespace rollcall {

class RecordImportReader {
 public:
  // Called with each record. A failure ends the import.
  using Sink = std::function<Status(Record&& record)>;

  struct Tally {
    uint64_t rows = 0;                // with those that are refused
    uint64_t refused = 0;             // that are no record
    std::vector<std::string> errors;  // the first of them: "line 3: severity: "x" is …"

    static constexpr size_t kMaxErrors = 10;
  };

  explicit RecordImportReader(Sink sink);

  // Reads a piece. InvalidArgument: nothing of what follows can be read. A failure of the sink is
  // returned as it is.
  Status Feed(std::string_view piece);
  Status Finish();
  const Tally& tally() const { return tally_; }

 private:
  Status TakePiece(std::string_view piece);
  void TakeJsonLine(std::string_view line);
  void TakeCsvRow(std::vector<std::string>& cells, uint64_t line);
  void Pass(uint64_t line, Result<Record> record);

  const Sink sink_;
  Status status_;  // of the sink
  Tally tally_;
  bool is_chosen_ = false;
  bool is_csv_ = false;
  CsvReader csv_;
  std::vector<std::string> columns_;  // of CSV; empty: the first row is still to come
  std::string rest_;                  // of JSON lines: a line that has not ended
  uint64_t line_ = 0;
  JsonReader json_;
};

}  // namespace rollcall
