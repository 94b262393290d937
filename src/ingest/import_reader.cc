#include "ingest/import_reader.h"

#include <algorithm>
#include <cmath>

#include "parse/normalize.h"

namespace rollcall::ingest {

void ImportReader::Read(std::string_view piece) {
  // Only what ends with a line's end is read; the rest waits.
  const size_t last_end = piece.rfind('\n');
  if (last_end == std::string_view::npos) {
    held_ += piece;
  } else if (held_.empty()) {
    const std::string_view block = piece.substr(0, last_end + 1);
    held_ = piece.substr(ReadBlock(block, false));
  } else {
    const size_t block_size = held_.size() + last_end + 1;
    held_ += piece;
    held_.erase(0, ReadBlock(std::string_view(held_).substr(0, block_size), false));
  }
  if (held_.size() > kMaxEntryBytes) {
    refuse_(lines_ + 1, "longer than " + std::to_string(kMaxEntryBytes) + " bytes");
    const size_t line_end = held_.find('\n');
    // A line without an end so far: its rest will be refused as what it looks like.
    lines_ += 1;
    held_.erase(0, line_end == std::string::npos ? held_.size() : line_end + 1);
  }
}

void ImportReader::Finish() {
  ReadBlock(held_, true);
  held_.clear();
}

size_t ImportReader::ReadBlock(std::string_view block, bool is_last) {
  TextParser parser(block);
  size_t done = block.size();
  for (bool more = true; more;) {
    switch (parser.Next()) {
      case TextParser::Event::kSample:
        if (const std::string wrong = ReadSample(parser); !wrong.empty()) {
          refuse_(lines_ + parser.line(), wrong);
        }
        break;
      case TextParser::Event::kError:
        if (parser.cut_short() && !is_last && block.size() - parser.entry_offset() < kMaxEntryBytes) {
          done = parser.entry_offset();
          more = false;
        } else {
          refuse_(lines_ + parser.line(), parser.reason());
        }
        break;
      case TextParser::Event::kEnd:
        more = false;
        break;
    }
  }
  const std::string_view read = block.substr(0, done);
  lines_ += static_cast<uint64_t>(std::count(read.begin(), read.end(), '\n'));
  if (is_last && !read.empty() && read.back() != '\n') ++lines_;
  return done;
}

std::string ImportReader::ReadSample(TextParser& parser) {
  if (!parser.timestamp_ms()) return "no timestamp";
  const auto time = UnixSeconds(std::chrono::seconds(*parser.timestamp_ms() / 1000));
  if (time > latest_) return "the timestamp is in the future";
  if (std::isnan(parser.value())) {
    ++not_numbers_;
    return {};
  }
  std::vector<Label>& labels = parser.labels();
  NormalizeLabels(labels);
  const auto source = std::find_if(labels.begin(), labels.end(),
                                   [&](const Label& l) { return l.name == source_label_; });
  if (source == labels.end()) return "no label " + source_label_;
  const std::string_view source_id = source->value;
  labels.erase(source);
  label_set_.clear();
  AppendLabelSet(parser.metric(), labels, label_set_);
  std::string wrong = take_({source_id, label_set_, time, parser.value()});
  samples_ += wrong.empty();
  return wrong;
}

}  // namespace rollcall::ingest
