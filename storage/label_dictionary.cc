#include "storage/label_dictionary.h"

#include "model/label_set.h"
#include "storage/coding.h"
#include "storage/keys.h"

namespace rollcall::storage {
namespace {

// About 64 MiB. A fleet's shared label sets are a few thousand.
constexpr size_t kMaxCached = 1 << 20;

// What overviews read again and again is some dozens.
constexpr size_t kMaxCachedTexts = 4096;
constexpr size_t kMaxCachedTextBytes = 1024;  // of each; the longer ones are a stranger's
// So many at once are read in one scan: they would push each other out of the cache.
constexpr size_t kMostTextsByCache = 1024;
// Steps from one text to the next before the scan had better seek.
constexpr uint32_t kMostSteps = 16;

Result<std::string_view> TextIn(std::string_view row, LabelSetRef ref) {
  Reader reader(row);
  reader.Varint32();
  if (!reader.ok()) {
    return Status::DataLoss("decode label set " + std::to_string(ref.value) + ": no metric");
  }
  return reader.Bytes(reader.left());
}

Status NotThere(LabelSetRef ref) {
  return Status::DataLoss("read label set " + std::to_string(ref.value) + ": it is not there");
}

}  // namespace

Result<std::unique_ptr<LabelDictionary>> LabelDictionary::Open(Store& store) {
  std::unique_ptr<LabelDictionary> dictionary(new LabelDictionary(store));
  ROLLCALL_RETURN_IF_ERROR(dictionary->sequence_.Load(store));
  dictionary->size_ = dictionary->sequence_.committed();
  return dictionary;
}

Result<LabelDictionary::Refs> LabelDictionary::Read(const Hash128& hash,
                                                    const Snapshot* snapshot) const {
  const auto stored = store_.Get(Table::kLabelRefs, EncodeKey(hash), snapshot);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return Refs{};
  Reader reader(**stored);
  const Refs refs{{reader.Varint32()}, {reader.Varint32()}};
  if (!reader.ok() || !reader.AtEnd() || refs.label_set.value == 0) {
    return Status::DataLoss("decode label refs: not a pair of numbers");
  }
  return refs;
}

Result<LabelDictionary::Refs> LabelDictionary::Intern(std::string_view label_set,
                                                      const Hash128& hash,
                                                      Transaction& transaction) {
  const Result<Refs> found = Find(hash, transaction);
  return !found.ok() || found->label_set.value != 0 ? found : Add(label_set, hash, transaction);
}

Result<LabelDictionary::Refs> LabelDictionary::Find(const Hash128& hash, const Transaction&) {
  if (const auto cached = cache_.find(hash); cached != cache_.end()) return cached->second;
  const Result<Refs> stored = Read(hash, nullptr);
  if (stored.ok() && stored->label_set.value != 0) cache_.emplace(hash, *stored);
  return stored;
}

Result<LabelDictionary::Refs> LabelDictionary::Add(std::string_view label_set, const Hash128& hash,
                                                   Transaction& transaction) {
  // As the metric of another it may have come with that one.
  if (const auto cached = cache_.find(hash); cached != cache_.end()) return cached->second;
  Refs refs;
  const std::string_view metric = MetricOf(label_set);
  if (metric.size() != label_set.size()) {
    const Result<Refs> of_metric = Intern(metric, HashOf(metric), transaction);
    if (!of_metric.ok()) return of_metric;
    refs.metric = of_metric->metric;
  }
  const Result<uint32_t> number = sequence_.Take();
  if (!number.ok()) return number.status();
  refs.label_set = {*number};
  if (refs.metric.value == 0) refs.metric = {*number};

  std::string value;
  PutVarint(refs.label_set.value, value);
  PutVarint(refs.metric.value, value);
  transaction.Put(Table::kLabelRefs, EncodeKey(hash), value);
  value.clear();
  PutVarint(refs.metric.value, value);
  value += label_set;
  transaction.Put(Table::kLabels, EncodeKey(refs.label_set), value);
  // In this order: a number that memory did not suffice for must not be found again.
  staged_.push_back(hash);
  cache_.emplace(hash, refs);
  return refs;
}

void LabelDictionary::Committed() {
  staged_.clear();
  sequence_.Committed();
  size_ = sequence_.committed();
  if (cache_.size() > kMaxCached) cache_.clear();
}

void LabelDictionary::Abandoned() {
  for (const Hash128& hash : staged_) cache_.erase(hash);
  staged_.clear();
  sequence_.Abandoned();
}

Result<MetricRef> LabelDictionary::FindMetric(std::string_view name,
                                              const Snapshot* snapshot) const {
  const Result<Refs> refs = Read(HashOf(name), snapshot);
  if (!refs.ok()) return refs.status();
  return refs->metric;
}

Result<std::string> LabelDictionary::TextOf(LabelSetRef ref, const Snapshot* snapshot) const {
  {
    const MutexLock lock(texts_mutex_);
    if (const auto known = texts_.find(ref.value); known != texts_.end()) return known->second;
  }
  const auto stored = store_.Get(Table::kLabels, EncodeKey(ref), snapshot);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return NotThere(ref);
  const Result<std::string_view> text = TextIn(**stored, ref);
  if (!text.ok()) return text.status();
  if (text->size() > kMaxCachedTextBytes) return std::string(*text);
  const MutexLock lock(texts_mutex_);
  if (texts_.size() >= kMaxCachedTexts) texts_.clear();
  texts_.emplace(ref.value, *text);
  return std::string(*text);
}

Status LabelDictionary::VisitTexts(
    std::span<const LabelSetRef> refs, const Snapshot* snapshot,
    const std::function<Status(size_t, std::string_view)>& visit) const {
  if (refs.size() <= kMostTextsByCache) {
    for (size_t i = 0; i < refs.size(); ++i) {
      const Result<std::string> text = TextOf(refs[i], snapshot);
      if (!text.ok()) return text.status();
      ROLLCALL_RETURN_IF_ERROR(visit(i, *text));
    }
    return Status::Ok();
  }
  Scan scan = store_.NewScan(Table::kLabels, EncodeKey(refs.front()), "", snapshot);
  for (size_t i = 0; i < refs.size(); ++i) {
    const std::string key = EncodeKey(refs[i]);
    for (uint32_t steps = 0; scan.Valid() && scan.key() < key; ++steps) {
      steps < kMostSteps ? scan.Next() : scan.Seek(key);
    }
    ROLLCALL_RETURN_IF_ERROR(scan.status());
    if (!scan.Valid() || scan.key() != key) return NotThere(refs[i]);
    const Result<std::string_view> text = TextIn(scan.value(), refs[i]);
    if (!text.ok()) return text.status();
    ROLLCALL_RETURN_IF_ERROR(visit(i, *text));
  }
  return Status::Ok();
}

}  // namespace rollcall::storage
