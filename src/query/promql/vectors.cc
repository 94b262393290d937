#include "query/promql/vectors.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace rollcall::promql {

uint64_t BytesOf(const Labels& labels, size_t values) {
  uint64_t bytes = sizeof(Column) + values * sizeof(double);
  for (const auto& [name, value] : labels.all()) {
    bytes += sizeof(Labels::Label) + name.size() + value.size();
  }
  return bytes;
}

void AppendToKey(std::string_view name, std::string_view value, std::string& key) {
  const auto append = [&](std::string_view part) {
    const uint32_t size = static_cast<uint32_t>(part.size());
    key.append(reinterpret_cast<const char*>(&size), sizeof(size));
    key.append(part);
  };
  append(name);
  append(value);
}

std::string KeyOf(const Labels& labels) {
  std::string key;
  for (const auto& [name, value] : labels.all()) {
    AppendToKey(name, value, key);
  }
  return key;
}

Status SameLabelsError() {
  return Status::InvalidArgument("vector cannot contain metrics with the same labelset");
}

void DropNames(Vector& vector) {
  for (Column& column : vector) {
    column.labels.Remove(kMetricName);
  }
}

Status UniteSameLabels(Vector& vector) {
  std::unordered_map<std::string, size_t> places;
  size_t kept = 0;
  for (size_t i = 0; i < vector.size(); ++i) {
    const auto [place, is_new] = places.emplace(KeyOf(vector[i].labels), kept);
    if (is_new) {
      if (kept != i) {
        vector[kept] = std::move(vector[i]);
      }
      ++kept;
      continue;
    }
    std::vector<double>& into = vector[place->second].values;
    const std::vector<double>& from = vector[i].values;
    for (size_t step = 0; step < from.size(); ++step) {
      if (IsAbsent(from[step])) {
        continue;
      }
      if (!IsAbsent(into[step])) {
        return SameLabelsError();
      }
      into[step] = from[step];
    }
  }
  vector.resize(kept);
  return Status::Ok();
}

Status CheckLabelsDiffer(const Vector& vector) {
  std::unordered_set<std::string> keys;
  for (const Column& column : vector) {
    if (!keys.insert(KeyOf(column.labels)).second) {
      return SameLabelsError();
    }
  }
  return Status::Ok();
}

void RemoveEmpty(Vector& vector) {
  std::erase_if(vector, [](const Column& column) {
    return std::all_of(column.values.begin(), column.values.end(), IsAbsent);
  });
}

}  // namespace rollcall::promql
