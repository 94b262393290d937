#include "cli/config_file.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/nearest.h"
#include "base/text.h"
#include "cli/import_input.h"
#include "cli/option_checks.h"
#include "cli/option_kinds.h"

namespace rollcall::cli {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

struct Line {
  std::string_view flag;
  std::string_view value;
  bool has_value = false;
};

// Splits a line that is trimmed and not empty.
Line Split(std::string_view text) {
  const size_t end = std::min(text.find_first_of(" \t="), text.size());
  Line line{text.substr(0, end), Trimmed(text.substr(end)), false};
  line.has_value = !line.value.empty();
  if (line.value.starts_with('=')) line.value = Trimmed(line.value.substr(1));
  return line;
}

bool MayStand(const OptionSpec& spec) {
  return (spec.users & kServe) != 0 && spec.flag != "config";
}

Result<const OptionSpec*> FindFlag(std::string_view flag) {
  std::vector<std::string> flags;
  for (const OptionSpec& spec : OptionTable()) {
    if (MayStand(spec)) {
      if (spec.flag == flag) return &spec;
      flags.emplace_back(spec.flag);
    }
  }
  return Status::InvalidArgument(QuoteWord(flag) + " is not a flag of serve" +
                                 DidYouMean(flag, flags));
}

}  // namespace

Result<ConfigFile> ConfigFile::Read(const std::string& name) {
  const auto input = ImportInput::Open(name);
  if (!input.ok()) return input.status();
  std::string text;
  while (text.size() <= kMaxConfigBytes) {
    const Result<std::string_view> piece = (*input)->Next();
    if (!piece.ok()) return piece.status();
    if (piece->empty()) return Parse(name, text);
    text += *piece;
  }
  return Status::InvalidArgument(name + ": more than " + std::to_string(kMaxConfigBytes) +
                                 " bytes");
}

Result<ConfigFile> ConfigFile::Parse(const std::string& name, std::string_view text) {
  ConfigFile file;
  std::map<std::string_view, size_t> lines;  // where a flag stood first
  Options scratch;
  for (size_t number = 1; !text.empty(); ++number) {
    const std::string where = name + ":" + std::to_string(number);
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view content = Trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.empty() || content.starts_with('#')) continue;
    Line line = Split(content);
    const Result<const OptionSpec*> found = FindFlag(line.flag);
    if (!found.ok()) return found.status().WithContext(where);
    const OptionSpec& spec = **found;
    const std::string flag(spec.flag);
    std::string at = where;
    at.append(": ").append(flag);
    if (!line.has_value) {
      if (!spec.value_name.empty()) {
        return Status::InvalidArgument("a value is missing; write " + flag + " = VALUE")
            .WithContext(at);
      }
      line.value = "true";
    }
    const auto [first, is_first] = lines.emplace(spec.flag, number);
    if (!is_first && !spec.repeats) {
      return Status::InvalidArgument("stands in line " + std::to_string(first->second) + " already")
          .WithContext(at);
    }
    std::string& value = file.values_[flag];
    value.append(is_first || value.empty() ? "" : " ").append(line.value);
    ROLLCALL_RETURN_IF_ERROR(spec.set(value, scratch).WithContext(at));
  }
  return file;
}

void AddConfigOption(std::vector<OptionSpec>& table) {
  table.push_back(
      Text(kServe | kDemo | kVerify | kImport | kExport | kClock | kRepair | kRecords | kToken |
               kBackup | kRestore | kForget | kShow,
           "config", "FILE", kAllowedSecrets, CheckFile, ROLLCALL_FIELD(config_file),
           {"A file with flags of serve, one a line and without dashes: listen-addr = :8081. The "
            "environment and the command line win over it. SIGHUP reads it again.",
            "flags and variables do as well", "none is read"}));
}

const std::string* ConfigFile::Find(std::string_view flag) const {
  const auto at = values_.find(flag);
  return at == values_.end() ? nullptr : &at->second;
}

}  // namespace rollcall::cli
