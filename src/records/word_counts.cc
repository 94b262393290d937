#include "records/word_counts.h"

#include <algorithm>

#include "records/word_texts.h"

namespace rollcall::records {
namespace {

std::string_view WithoutZeros(std::string_view digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

}  // namespace

bool IsLowerBuild(const std::string& a, const std::string& b) {
  const std::string_view x = WithoutZeros(a);
  const std::string_view y = WithoutZeros(b);
  if (x.size() != y.size()) return x.size() < y.size();
  return x == y ? a < b : x < y;
}

bool IsWholeBuild(std::string_view build) {
  return !build.empty() && build.find_first_not_of("0123456789") == std::string_view::npos;
}

Result<std::vector<WordCount>> CountByWord(const Source& source, storage::RecordColumn column) {
  ValueCounts counts;
  Status status;
  storage::RecordScan scan = source.Scan();
  while (NextBlock(source, scan, status)) {
    storage::ColumnView refs;
    ROLLCALL_RETURN_IF_ERROR(Load(scan, column, refs));
    CountValues(refs, scan.present(), counts);
  }
  ROLLCALL_RETURN_IF_ERROR(status);
  WordTexts texts(source);
  std::vector<WordCount> words;
  words.reserve(counts.size());
  for (const auto& [ref, records] : counts) {
    const Result<std::string_view> text = texts.Of(ref);
    if (!text.ok()) return text.status();
    words.push_back({std::string(*text), records});
  }
  std::sort(words.begin(), words.end(), [](const WordCount& a, const WordCount& b) {
    return a.records != b.records ? a.records > b.records : a.text < b.text;
  });
  return words;
}

Result<BuildCounts> CountByBuild(const Source& source) {
  auto words = CountByWord(source, storage::RecordColumn::kBuild);
  if (!words.ok()) return words.status();
  BuildCounts counts;
  for (WordCount& word : *words) {
    if (IsWholeBuild(word.text)) {
      counts.builds.push_back(std::move(word));
    } else {
      counts.others += word.records;
    }
  }
  std::sort(counts.builds.begin(), counts.builds.end(),
            [](const WordCount& a, const WordCount& b) { return IsLowerBuild(a.text, b.text); });
  return counts;
}

}  // namespace rollcall::records
