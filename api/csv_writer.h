// A writer of tables as CSV (RFC 4180) that are safe to open in a spreadsheet: a text that it would
// take for a formula is preceded by an apostrophe. Owned by its handler's call; one thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "model/exact_sum.h"

namespace rollcall::api {

class CsvWriter {
 public:
  enum class Quotes { kWhereNeeded, kAroundEach };

  // Begins a table with this row of column names.
  explicit CsvWriter(std::span<const std::string_view> header,
                     Quotes quotes = Quotes::kWhereNeeded);
  explicit CsvWriter(std::initializer_list<std::string_view> header,
                     Quotes quotes = Quotes::kWhereNeeded)
      : CsvWriter(std::span(header.begin(), header.size()), quotes) {}

  // Append a cell to the current row.
  CsvWriter& Text(std::string_view text);
  CsvWriter& Number(int64_t number);
  CsvWriter& Number(double number);
  CsvWriter& Number(ExactSum sum);
  CsvWriter& Nothing();  // appends an empty cell
  // Appends a text as it is, for programs that read it back: a formula stays one.
  CsvWriter& Exact(std::string_view text);
  void EndRow();

  // Returns the table. The writer cannot be used afterwards.
  std::string Take() { return std::move(out_); }

 private:
  void Cell(std::string_view text);

  const Quotes quotes_;
  std::string out_;
  bool row_began_ = false;
};

}  // namespace rollcall::api
