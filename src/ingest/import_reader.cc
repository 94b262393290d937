#include "ingest/import_reader.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "parse/number.h"

namespace rollcall::ingest {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

std::string_view SkipBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  return text;
}

// Takes the word before the next blank off the front.
std::string_view TakeWord(std::string_view& text) {
  size_t size = 0;
  while (size < text.size() && !IsBlank(text[size])) ++size;
  const std::string_view word = text.substr(0, size);
  text.remove_prefix(size);
  return word;
}

// Returns the line up to and including the brace that closes the labels; empty if there is none.
std::string_view SeriesTextOf(std::string_view line) { return line.substr(0, line.rfind('}') + 1); }

// How the lines of `promtool tsdb dump` begin.
constexpr std::string_view kDumpStart = "{__name__=";
constexpr const char* kDumpReason =
    "a line of `promtool tsdb dump`; `promtool tsdb dump-openmetrics` writes lines that are taken";

}  // namespace

void ImportReader::Read(std::string_view piece, std::vector<ImportSample>& out) {
  while (!piece.empty() && !ended_) {
    if (held_.empty() && piece.size() >= block_bytes_) {
      piece.remove_prefix(ReadBlock(piece.substr(0, block_bytes_), false, out));
      // Nothing could be read, so the block is larger now and is gathered below.
      if (piece.size() >= block_bytes_) continue;
    }
    const size_t wanted = std::min(block_bytes_ - held_.size(), piece.size());
    held_ += piece.substr(0, wanted);
    piece.remove_prefix(wanted);
    ReadHeld(false, out);
  }
}

void ImportReader::Finish(std::vector<ImportSample>& out) { ReadHeld(true, out); }

void ImportReader::ReadHeld(bool is_last, std::vector<ImportSample>& out) {
  size_t done = 0;
  while (!ended_ && (held_.size() - done >= block_bytes_ || (is_last && done < held_.size()))) {
    const std::string_view rest = std::string_view(held_).substr(done);
    done += ReadBlock(rest.substr(0, block_bytes_), is_last && rest.size() <= block_bytes_, out);
  }
  held_.erase(0, done);
}

size_t ImportReader::ReadBlock(std::string_view block, bool is_last,
                               std::vector<ImportSample>& out) {
  size_t done = 0;
  if (skipping_) {
    const size_t line_end = block.find('\n');
    skipping_ = line_end == std::string_view::npos;
    if (skipping_) return block.size();
    done = line_end + 1;
  }
  // Whether the bytes after the last line end are a complete line is not known yet.
  const std::string_view lines = is_last ? block : block.substr(0, block.rfind('\n') + 1);
  while (done < lines.size() && !ended_) {
    const std::string_view rest = lines.substr(done);
    if (const size_t known = ReadKnownLines(rest, out); known > 0) {
      done += known;
      continue;
    }
    const size_t size = ParseEntry(rest, is_last, out);
    if (size == 0) break;
    const std::string_view read = rest.substr(0, size);
    lines_ += static_cast<uint64_t>(std::count(read.begin(), read.end(), '\n'));
    lines_ += read.back() != '\n';  // the last line of all
    done += size;
  }
  if (done == 0 && !ended_) return WaitForMore(block);
  block_bytes_ = kBlockBytes;
  return done;
}

size_t ImportReader::WaitForMore(std::string_view block) {
  if (block.size() <= kMaxEntryBytes) {
    // Doubles, so that the same bytes are not looked at again and again.
    block_bytes_ = std::min(block.size() * 2, kMaxEntryBytes + 1);
    return 0;
  }
  Refused(lines_ + 1, "longer than " + std::to_string(kMaxEntryBytes) + " bytes");
  ++lines_;
  block_bytes_ = kBlockBytes;
  const size_t line_end = block.find('\n');
  skipping_ = line_end == std::string_view::npos;
  return skipping_ ? block.size() : line_end + 1;
}

struct ImportReader::Line {
  std::string_view text;  // without its end
  size_t series_bytes;
  Hash128 series_hash;
};

size_t ImportReader::ReadKnownLines(std::string_view lines, std::vector<ImportSample>& out) {
  std::array<Line, kMostLinesAhead> ahead;
  size_t done = 0;
  for (;;) {
    size_t count = 0;
    for (size_t begin = done; count < lines_ahead_; ++count) {
      const size_t end = lines.find('\n', begin);
      if (end == std::string_view::npos) break;
      const std::string_view text = lines.substr(begin, end - begin);
      const std::string_view series_text = SeriesTextOf(text);
      if (series_text.empty()) break;
      ahead[count] = {text, series_text.size(), HashBytes(series_text, options_.hash_seed)};
      cache_.Prefetch(ahead[count].series_hash);
      begin = end + 1;
    }
    for (size_t i = 0; i < count; ++i) {
      if (!ReadKnown(ahead[i], out)) {
        // The lines after it may be part of its entry.
        lines_ahead_ = std::max<size_t>(1, lines_ahead_ / 2);
        return done;
      }
      ++lines_;
      done += ahead[i].text.size() + 1;
    }
    if (count < lines_ahead_) return done;
    lines_ahead_ = std::min(lines_ahead_ * 2, kMostLinesAhead);
  }
}

// Reads only well-formed lines, the way the parser would; the rest is left to the parser.
bool ImportReader::ReadKnown(const Line& line, std::vector<ImportSample>& out) {
  const std::optional<uint32_t> series = cache_.Find(line.series_hash);
  if (!series) return false;
  std::string_view rest = SkipBlanks(line.text.substr(line.series_bytes));
  double value = 0;
  if (ParseValue(TakeWord(rest), value) != NumberError::kNone) return false;
  rest = SkipBlanks(rest);
  int64_t milliseconds = 0;
  if (ParseTimestampOrSeconds(TakeWord(rest), milliseconds) != NumberError::kNone) return false;
  if (!IsImportable(SecondsOf(milliseconds), options_)) return false;
  if (!SkipBlanks(rest).empty()) return false;
  Take(*series, milliseconds, value, out);
  return true;
}

size_t ImportReader::ParseEntry(std::string_view rest, bool is_last,
                                std::vector<ImportSample>& out) {
  TextParser parser(rest, TextParser::Timestamps::kOrSeconds);
  const TextParser::Event event = parser.Next();
  if (event == TextParser::Event::kEnd) return rest.size();
  const size_t begin = parser.entry_offset();
  if (event == TextParser::Event::kSample) {
    const size_t end = parser.end_offset();
    const std::string wrong = TakeSample(parser, rest.substr(begin, end - begin), out);
    if (!wrong.empty()) Refused(lines_ + parser.line(), wrong);
    return std::min(end + 1, rest.size());
  }
  if (parser.cut_short() && !is_last) {
    // The lines before the entry are done.
    return rest.substr(0, begin).rfind('\n') + 1;
  }
  Refused(lines_ + parser.line(),
          rest.substr(begin).starts_with(kDumpStart) ? std::string(kDumpReason) : parser.reason());
  return std::min(rest.find('\n', begin), rest.size() - 1) + 1;
}

std::string ImportReader::TakeSample(TextParser& parser, std::string_view entry,
                                     std::vector<ImportSample>& out) {
  if (!parser.timestamp_ms()) return "no timestamp";
  const UnixSeconds time = SecondsOf(*parser.timestamp_ms());
  if (!IsImportable(time, options_)) return WrongTime(time, options_);
  if (std::isnan(parser.value())) {
    ++not_numbers_;
    return {};
  }
  const Result<uint32_t> series =
      ResolveLabels(parser.metric(), parser.labels(), options_, resolve_, label_set_);
  if (!series.ok()) return series.status().message();
  if (!parser.spans_lines()) {
    cache_.Remember(HashBytes(SeriesTextOf(entry), options_.hash_seed), *series);
  }
  Take(*series, *parser.timestamp_ms(), parser.value(), out);
  return {};
}

void ImportReader::Take(uint32_t series, int64_t milliseconds, double value,
                        std::vector<ImportSample>& out) {
  if (std::isnan(value)) {
    ++not_numbers_;
    return;
  }
  out.push_back(MakeImportSample(series, milliseconds, value));
}

void ImportReader::Refused(uint64_t line, const std::string& reason) {
  ended_ = !refuse_(line, reason);
}

}  // namespace rollcall::ingest
