#include "query/matched_sources.h"

#include <algorithm>
#include <map>
#include <optional>

#include "storage/coding.h"
#include "storage/keys.h"

namespace rollcall::query {
namespace {

using promql::Matcher;
using promql::MatchOp;

constexpr size_t kRowsPerCheck = 4096;

bool AcceptsAny(const Matcher& matcher) {
  // An id is never empty, and has no line breaks.
  return (matcher.op() == MatchOp::kRegex &&
          (matcher.value() == ".*" || matcher.value() == ".+")) ||
         (matcher.op() == MatchOp::kNotEqual && matcher.value().empty());
}

// Returns the ids that a matcher names, sorted; nullopt where it does not.
std::optional<std::vector<std::string>> IdsIn(const Matcher& matcher) {
  if (matcher.op() == MatchOp::kEqual) return std::vector{matcher.value()};
  if (matcher.op() != MatchOp::kRegex) return std::nullopt;
  std::string_view text = matcher.value();
  if (text.size() > 1 && text.starts_with('(') && text.ends_with(')')) {
    text = text.substr(1, text.size() - 2);
  }
  std::vector<std::string> ids(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '|') {
      ids.emplace_back();
      continue;
    }
    // A dot is an id's own as `\.`.
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '.' || text[i + 1] == '-'))
      ++i;
    else if (std::string_view("\\.+*?()[]{}^$").find(text[i]) != std::string_view::npos)
      return std::nullopt;
    ids.back() += text[i];
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

bool AcceptSource(std::span<const Matcher> matchers, std::string_view id_label,
                  std::string_view id) {
  return std::all_of(matchers.begin(), matchers.end(), [&](const Matcher& matcher) {
    return matcher.label() != id_label || matcher.Matches(id);
  });
}

Status LookUp(const storage::Store& store, const storage::Snapshot& snapshot, const Fleet& fleet,
              std::span<const Matcher> matchers, const std::vector<std::string>& ids,
              std::vector<MatchedSource>& found) {
  for (const std::string& id : ids) {
    if (!AcceptSource(matchers, fleet.id_label, id)) continue;
    const auto row =
        store.Get(storage::Table::kSources, storage::EncodeSourceKey(fleet.ref, id), &snapshot);
    if (!row.ok()) return row.status();
    if (!row->has_value()) continue;
    storage::Reader reader(**row);
    const SourceRef ref{reader.Varint32()};
    if (!reader.ok()) return Status::DataLoss("read source " + id + ": no number");
    found.push_back({ref, id});
  }
  std::sort(found.begin(), found.end(),
            [](const MatchedSource& a, const MatchedSource& b) { return a.ref < b.ref; });
  return Status::Ok();
}

}  // namespace

bool AcceptsAllSources(std::span<const Matcher> matchers, std::string_view id_label) {
  return std::all_of(matchers.begin(), matchers.end(), [&](const Matcher& matcher) {
    return matcher.label() != id_label || AcceptsAny(matcher);
  });
}

Result<std::vector<std::vector<MatchedSource>>> MatchSources(const storage::Store& store,
                                                             const storage::Snapshot& snapshot,
                                                             std::span<const Fleet* const> fleets,
                                                             std::span<const Matcher> matchers,
                                                             promql::Budget& budget) {
  std::vector<std::vector<MatchedSource>> found(fleets.size());
  std::map<FleetRef, size_t> scanned;
  for (size_t i = 0; i < fleets.size(); ++i) {
    std::optional<std::vector<std::string>> ids;
    for (const Matcher& matcher : matchers) {
      if (matcher.label() == fleets[i]->id_label && !ids) ids = IdsIn(matcher);
    }
    if (!ids) {
      scanned.emplace(fleets[i]->ref, i);
      continue;
    }
    ROLLCALL_RETURN_IF_ERROR(LookUp(store, snapshot, *fleets[i], matchers, *ids, found[i]));
  }
  if (scanned.empty()) return found;
  storage::Scan scan = store.NewScan(storage::Table::kSourceIds, "", "", &snapshot);
  uint64_t bytes = 0;
  for (size_t rows = 0; scan.Valid(); scan.Next(), ++rows) {
    if (rows % kRowsPerCheck == 0) {
      ROLLCALL_RETURN_IF_ERROR(budget.TakeMemory(bytes));
      bytes = 0;
    }
    storage::Reader key(scan.key());
    storage::Reader value(scan.value());
    const SourceRef ref{key.BigEndian32()};
    const auto at = scanned.find(FleetRef{value.BigEndian16()});
    if (!key.ok() || !value.ok()) return Status::DataLoss("read sources: a row is damaged");
    if (at == scanned.end()) continue;
    const std::string_view id = value.Bytes(value.left());
    if (!AcceptSource(matchers, fleets[at->second]->id_label, id)) continue;
    found[at->second].push_back({ref, std::string(id)});
    bytes += sizeof(MatchedSource) + id.size();
  }
  ROLLCALL_RETURN_IF_ERROR(scan.status());
  ROLLCALL_RETURN_IF_ERROR(budget.TakeMemory(bytes));
  return found;
}

}  // namespace rollcall::query
