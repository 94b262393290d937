// A reader of CSV as RFC 4180 and PostgreSQL's COPY write it, in pieces: cells between commas,
// quoted where they hold a comma, a quote (doubled) or a line's end. Owned by whoever reads; one
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace rollcall {

class CsvReader {
 public:
  // Called with the cells of each row and the line that it begins on, counted from 1.
  using Row = std::function<void(std::vector<std::string>& cells, uint64_t line)>;

  // Bytes of a row, inclusive.
  static constexpr size_t kMaxRowBytes = 16 * 1024 * 1024;

  explicit CsvReader(Row row) : row_(std::move(row)) {}

  // Reads a piece. InvalidArgument: a row is too large, or a quote stands where none may; the rest
  // cannot be read.
  Status Feed(std::string_view piece);
  // Reads a last row that does not end with its line. InvalidArgument: a quote is still open.
  Status Finish();

 private:
  enum class State { kBegin, kPlain, kQuoted, kQuote };

  Status Take(char c);
  void EndCell();
  void EndRow();
  Status Wrong(const char* what) const;

  const Row row_;
  State state_ = State::kBegin;  // of a cell
  std::vector<std::string> cells_;
  std::string cell_;
  size_t bytes_ = 0;  // of the row
  uint64_t line_ = 1;
  uint64_t row_line_ = 1;
};

}  // namespace rollcall
