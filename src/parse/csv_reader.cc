#include "parse/csv_reader.h"

#include <utility>

namespace rollcall {

Status CsvReader::Wrong(const char* what) const {
  return Status::InvalidArgument("line " + std::to_string(line_) + ": " + what);
}

Status CsvReader::Feed(std::string_view piece) {
  for (const char c : piece) {
    if (++bytes_ > kMaxRowBytes) return Wrong("the row is too large");
    ROLLCALL_RETURN_IF_ERROR(Take(c));
    if (c == '\n') ++line_;
    if (bytes_ == 0) row_line_ = line_;
  }
  return Status::Ok();
}

Status CsvReader::Take(char c) {
  switch (state_) {
    case State::kQuoted:
      if (c == '"') {
        state_ = State::kQuote;
      } else {
        cell_ += c;
      }
      return Status::Ok();
    case State::kQuote:  // the end of the quoted text, unless another follows
      if (c == '"') {
        cell_ += c;
        state_ = State::kQuoted;
        return Status::Ok();
      }
      if (c != ',' && c != '\n' && c != '\r') return Wrong("text behind a closing quote");
      break;
    case State::kBegin:
      if (c == '"') {
        state_ = State::kQuoted;
        return Status::Ok();
      }
      break;
    case State::kPlain:
      if (c == '"') return Wrong("a quote within a cell that does not begin with one");
      break;
  }
  if (c == ',') {
    EndCell();
  } else if (c == '\n') {
    EndRow();
  } else if (c != '\r') {
    cell_ += c;
    state_ = State::kPlain;
  }
  return Status::Ok();
}

void CsvReader::EndCell() {
  cells_.push_back(std::exchange(cell_, {}));
  state_ = State::kBegin;
}

void CsvReader::EndRow() {
  const bool is_empty = cells_.empty() && cell_.empty() && state_ == State::kBegin;
  if (!is_empty) {
    EndCell();
    row_(cells_, row_line_);
  }
  cells_.clear();
  bytes_ = 0;
}

Status CsvReader::Finish() {
  if (state_ == State::kQuoted) return Wrong("a quote is not closed");
  EndRow();
  return Status::Ok();
}

}  // namespace rollcall
