#include "storage/manifest.h"

#include <algorithm>
#include <string_view>

#include "storage/coding.h"
#include "storage/store_files.h"

namespace rollcall::storage {
namespace {

// What the parts of a record are: a number in front of each.
enum Part : uint32_t {
  kComparator = 1,
  kLogNumber = 2,
  kNextFileNumber = 3,
  kLastSequence = 4,
  kCompactCursor = 5,
  kDeletedFile = 6,
  kPreviousLogNumber = 9,
  kFirstLogToKeep = 10,
  kNewFile = 103,
  kFamily = 200,
  kFamilyAdd = 201,
  kFamilyDrop = 202,
  kLastFamily = 203,
  kInAtomicGroup = 300,
};
// Parts from here on are texts that whoever does not know them may pass over.
constexpr uint32_t kMayBeIgnored = 1 << 13;
constexpr uint32_t kEndOfFields = 1;  // of a new file

// One record: the change that it makes to the list.
class Edit {
 public:
  explicit Edit(std::string_view record) : reader_(record) {}

  // False: not understood, and nothing of it is in the manifest.
  bool ApplyTo(Manifest& manifest) {
    while (reader_.ok() && !reader_.AtEnd()) {
      if (!ReadPart(reader_.Varint32())) return false;
    }
    if (!reader_.ok()) return false;
    if (dropped_) {
      manifest.families.erase(family_);
      return true;
    }
    if (first_log_) manifest.first_log = std::max(manifest.first_log, *first_log_);
    const bool says_nothing = !added_ && !log_ && gone_.empty() && files_.empty();
    if (says_nothing) return true;
    const auto known = manifest.families.find(family_);
    // What takes out what is not there follows a record that is missing.
    if (known == manifest.families.end() && family_ != 0 && !added_) return false;
    for (const uint64_t number : gone_) {
      if (known == manifest.families.end() || !known->second.files.contains(number)) return false;
    }
    Manifest::Family& family = manifest.families[family_];
    if (family_ == 0) family.name = "default";
    if (added_) family.name = *added_;
    if (log_) family.log = std::max(family.log, *log_);
    for (const uint64_t number : gone_) family.files.erase(number);
    for (const auto& [number, file] : files_) family.files[number] = file;
    return true;
  }

 private:
  std::string_view Text() { return reader_.Bytes(reader_.Varint32()); }

  bool ReadPart(uint32_t part) {
    switch (part) {
      case kComparator:
        Text();
        return true;
      case kLogNumber:
        log_ = reader_.Varint();
        return true;
      case kFirstLogToKeep:
        first_log_ = reader_.Varint();
        return true;
      case kNextFileNumber:
      case kLastSequence:
      case kPreviousLogNumber:
      case kLastFamily:
      case kInAtomicGroup:
        reader_.Varint();
        return true;
      case kCompactCursor:
        reader_.Varint();
        Text();
        return true;
      case kDeletedFile:
        reader_.Varint();
        gone_.push_back(reader_.Varint());
        return true;
      case kNewFile:
        ReadNewFile();
        return true;
      case kFamily:
        family_ = reader_.Varint32();
        return true;
      case kFamilyAdd:
        added_ = std::string(Text());
        return true;
      case kFamilyDrop:
        dropped_ = true;
        return true;
      default:
        if ((part & kMayBeIgnored) == 0) return false;
        Text();
        return true;
    }
  }

  void ReadNewFile() {
    Manifest::File file;
    file.level = reader_.Varint32();
    const uint64_t number = reader_.Varint();
    file.bytes = reader_.Varint();
    Text();            // smallest key
    Text();            // largest key
    reader_.Varint();  // smallest sequence number
    reader_.Varint();  // largest one
    while (reader_.ok() && reader_.Varint32() != kEndOfFields) Text();
    files_[number] = file;
  }

  Reader reader_;
  uint32_t family_ = 0;
  bool dropped_ = false;
  std::optional<std::string> added_;
  std::optional<uint64_t> log_;
  std::optional<uint64_t> first_log_;
  std::vector<uint64_t> gone_;
  std::map<uint64_t, Manifest::File> files_;
};

}  // namespace

uint64_t Manifest::FirstNeededLog() const {
  uint64_t lowest = UINT64_MAX;
  for (const auto& [id, family] : families) lowest = std::min(lowest, family.log);
  return families.empty() ? 0 : std::max(first_log, lowest);
}

std::string EncodeFileDrop(uint32_t family, uint32_t level, uint64_t number) {
  std::string record;
  for (const uint64_t v :
       {uint64_t{kFamily}, uint64_t{family}, uint64_t{kDeletedFile}, uint64_t{level}, number}) {
    PutVarint(v, record);
  }
  return record;
}

std::string EncodeFamilyDrop(uint32_t family) {
  std::string record;
  for (const uint32_t v : {uint32_t{kFamily}, family, uint32_t{kFamilyDrop}}) PutVarint(v, record);
  return record;
}

Status AppendToManifest(const std::string& directory, const std::vector<std::string>& records) {
  const Result<uint64_t> number = ReadCurrent(directory);
  if (!number.ok()) return number.status();
  const std::string name = ManifestName(*number);
  std::string manifest;
  const Result<LogScan> scan = ScanLog(
      PathOf(directory, name), [&](std::string_view record) { AppendLogRecord(record, manifest); });
  if (!scan.ok()) return scan.status();
  for (const std::string& record : records) AppendLogRecord(record, manifest);
  return ReplaceFile(directory, name, manifest);
}

Result<ManifestScan> ReadManifest(const std::string& path) {
  Manifest manifest;
  bool understood = true;
  Result<LogScan> scan = ScanLog(path, [&](std::string_view record) {
    understood = Edit(record).ApplyTo(manifest) && understood;
  });
  if (!scan.ok()) return scan.status();
  return ManifestScan{std::move(*scan),
                      understood ? std::optional(std::move(manifest)) : std::nullopt};
}

}  // namespace rollcall::storage
