// Writes a table as CSV (RFC 4180) that a spreadsheet may open: a text that would be taken for a
// formula gets an apostrophe in front. A plain value; one thread.
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
  explicit CsvWriter(std::span<const std::string_view> header);
  explicit CsvWriter(std::initializer_list<std::string_view> header)
      : CsvWriter(std::span(header.begin(), header.size())) {}

  CsvWriter& Text(std::string_view text);
  CsvWriter& Number(int64_t number);
  CsvWriter& Number(double number);
  CsvWriter& Number(ExactSum sum);
  CsvWriter& Nothing();  // an empty cell
  void EndRow();

  std::string Take() { return std::move(out_); }

 private:
  void Cell(std::string_view text);

  std::string out_;
  bool row_began_ = false;
};

}  // namespace rollcall::api
