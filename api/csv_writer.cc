#include "api/csv_writer.h"

#include <charconv>

namespace rollcall::api {
namespace {

// A spreadsheet takes a cell for a formula by its first character; some pass over tab and return.
constexpr std::string_view kFormulaStarts = "=+-@\t\r";

}  // namespace

CsvWriter::CsvWriter(std::span<const std::string_view> header, Quotes quotes) : quotes_(quotes) {
  for (const std::string_view name : header) Cell(name);
  EndRow();
}

void CsvWriter::Cell(std::string_view text) {
  if (row_began_) out_ += ',';
  row_began_ = true;
  if (quotes_ == Quotes::kWhereNeeded && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out_ += text;
    return;
  }
  out_ += '"';
  for (const char c : text) {
    if (c == '"') out_ += '"';
    out_ += c;
  }
  out_ += '"';
}

CsvWriter& CsvWriter::Text(std::string_view text) {
  if (!text.empty() && kFormulaStarts.find(text.front()) != std::string_view::npos) {
    Cell("'" + std::string(text));
  } else {
    Cell(text);
  }
  return *this;
}

CsvWriter& CsvWriter::Number(int64_t number) {
  Cell(std::to_string(number));
  return *this;
}

CsvWriter& CsvWriter::Number(double number) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, number);
  Cell(error == std::errc() ? std::string_view(text, static_cast<size_t>(end - text)) : "");
  return *this;
}

CsvWriter& CsvWriter::Number(ExactSum sum) {
  return sum.IsWhole() ? Number(sum.ToInt64()) : Number(sum.ToShortest());
}

CsvWriter& CsvWriter::Nothing() {
  Cell("");
  return *this;
}

CsvWriter& CsvWriter::Exact(std::string_view text) {
  Cell(text);
  return *this;
}

void CsvWriter::EndRow() {
  out_ += "\r\n";
  row_began_ = false;
}

}  // namespace rollcall::api
