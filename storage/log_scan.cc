#include "storage/log_scan.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace rollcall::storage {
namespace {

constexpr size_t kBlockBytes = 32768;
constexpr size_t kHeaderBytes = 7;  // masked CRC of what follows the length, length, kind

// Kinds of fragments. Zero fills files that were given their size before their bytes.
constexpr uint8_t kWhole = 1;
constexpr uint8_t kFirst = 2;
constexpr uint8_t kMiddle = 3;
constexpr uint8_t kLastPart = 4;

constexpr uint32_t kMaskDelta = 0xa282ead8;

using Tables = std::array<std::array<uint32_t, 256>, 8>;

// Eight bytes at a time: a start reads the whole log.
constexpr Tables MakeTables() {
  constexpr uint32_t kPolynomial = 0x82f63b78;
  Tables tables{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? kPolynomial : 0);
    tables[0][i] = crc;
  }
  for (uint32_t i = 0; i < 256; ++i) {
    for (size_t t = 1; t < tables.size(); ++t) {
      tables[t][i] = tables[t - 1][i] >> 8 ^ tables[0][tables[t - 1][i] & 0xff];
    }
  }
  return tables;
}

constexpr Tables kCrcTables = MakeTables();

uint8_t ByteAt(std::string_view bytes, size_t i) { return static_cast<uint8_t>(bytes[i]); }

uint32_t LittleEndian32(std::string_view bytes, size_t at) {
  return uint32_t{ByteAt(bytes, at)} | uint32_t{ByteAt(bytes, at + 1)} << 8 |
         uint32_t{ByteAt(bytes, at + 2)} << 16 | uint32_t{ByteAt(bytes, at + 3)} << 24;
}

uint32_t Masked(uint32_t crc) { return (crc >> 15 | crc << 17) + kMaskDelta; }

bool AllZero(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

struct Fragment {
  uint8_t kind = 0;
  std::string_view payload;
  size_t bytes() const { return kHeaderBytes + payload.size(); }
};

// The fragment at the front of what is left of a block; nullopt, with the reason: none.
std::optional<Fragment> ReadFragment(std::string_view block, const char*& reason) {
  if (block.size() < kHeaderBytes) {
    reason = "cut short";
    return std::nullopt;
  }
  const size_t length = size_t{ByteAt(block, 4)} | size_t{ByteAt(block, 5)} << 8;
  Fragment fragment{ByteAt(block, 6), {}};
  if (fragment.kind == 0 && AllZero(block.substr(0, kHeaderBytes))) {
    reason = "zeros";
    return std::nullopt;
  }
  if (kHeaderBytes + length > block.size()) {
    reason = "cut short, or a length that is not right";
    return std::nullopt;
  }
  fragment.payload = block.substr(kHeaderBytes, length);
  if (LittleEndian32(block, 0) != Masked(Crc32c(block.substr(6, 1 + length)))) {
    reason = "a checksum that is not right";
    return std::nullopt;
  }
  return fragment;
}

// Goes through a file's fragments, puts records together, and notes what is between them.
class Scanner {
 public:
  explicit Scanner(const std::function<void(std::string_view)>& record) : record_(record) {}

  void Block(uint64_t at, std::string_view block) {
    size_t pos = 0;
    while (pos < block.size()) {
      // What is left of a full block is too small for a header.
      if (kBlockBytes - pos < kHeaderBytes) return;
      const char* reason = "";
      if (const auto fragment = ReadFragment(block.substr(pos), reason)) {
        Take(at + pos, *fragment);
        pos += fragment->bytes();
        continue;
      }
      const size_t next = NextFragment(block, pos + 1);
      Lose(record_begin_.value_or(at + pos), at + next, reason);
      pos = next;
    }
  }

  LogScan Finish(uint64_t size) {
    if (record_begin_) Lose(*record_begin_, size, "cut short");
    scan_.size = size;
    return std::move(scan_);
  }

 private:
  // A damaged length hides where the next fragment begins: it is looked for byte by byte.
  static size_t NextFragment(std::string_view block, size_t pos) {
    const char* reason = "";
    for (; pos + kHeaderBytes <= block.size(); ++pos) {
      const uint8_t kind = ByteAt(block, pos + 6);
      if (kind >= kWhole && kind <= kLastPart && ReadFragment(block.substr(pos), reason))
        return pos;
    }
    return block.size();
  }

  void Take(uint64_t at, const Fragment& fragment) {
    const uint64_t end = at + fragment.bytes();
    const bool begins = fragment.kind != kMiddle && fragment.kind != kLastPart;
    if (begins && record_begin_) Lose(*record_begin_, at, "a record without its end");
    if (!begins && !record_begin_) return Lose(at, end, "a record without its start");
    if (begins) {
      record_begin_ = at;
      text_.clear();
    }
    text_ += fragment.payload;
    if (fragment.kind == kFirst || fragment.kind == kMiddle) return;
    record_begin_.reset();
    ++scan_.records;
    if (!scan_.gaps.empty()) ++scan_.gaps.back().records_after;
    if (record_) record_(text_);
  }

  // Neighbouring gaps are one.
  void Lose(uint64_t begin, uint64_t end, const char* reason) {
    record_begin_.reset();
    if (!scan_.gaps.empty() && scan_.gaps.back().records_after == 0) {
      scan_.gaps.back().end = end;
    } else {
      scan_.gaps.push_back({begin, end, 0, reason});
    }
  }

  const std::function<void(std::string_view)>& record_;
  LogScan scan_;
  std::optional<uint64_t> record_begin_;  // of the record that is not whole yet
  std::string text_;
};

class File {
 public:
  explicit File(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  // Up to as many bytes; -1 where that fails. Fewer are the end.
  ssize_t Read(char* to, size_t bytes) const {
    if (fd_ < 0) return -1;
    size_t done = 0;
    while (done < bytes) {
      const ssize_t got = ::read(fd_, to + done, bytes - done);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return -1;
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return static_cast<ssize_t>(done);
  }

 private:
  const int fd_;
};

}  // namespace

uint32_t Crc32c(std::string_view bytes, uint32_t before) {
  uint32_t crc = ~before;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    const uint32_t low = crc ^ LittleEndian32(bytes, 0);
    const uint32_t high = LittleEndian32(bytes, 4);
    crc = kCrcTables[7][low & 0xff] ^ kCrcTables[6][low >> 8 & 0xff] ^
          kCrcTables[5][low >> 16 & 0xff] ^ kCrcTables[4][low >> 24] ^ kCrcTables[3][high & 0xff] ^
          kCrcTables[2][high >> 8 & 0xff] ^ kCrcTables[1][high >> 16 & 0xff] ^
          kCrcTables[0][high >> 24];
  }
  for (const char c : bytes) crc = crc >> 8 ^ kCrcTables[0][(crc ^ static_cast<uint8_t>(c)) & 0xff];
  return ~crc;
}

uint64_t LogScan::gap_bytes() const {
  uint64_t bytes = 0;
  for (const Gap& gap : gaps) bytes += gap.end - gap.begin;
  return bytes;
}

Result<LogScan> ScanLog(const std::string& path,
                        const std::function<void(std::string_view)>& record) {
  const File file(path);
  Scanner scanner(record);
  std::string block(kBlockBytes, '\0');
  for (uint64_t at = 0;; at += kBlockBytes) {
    const ssize_t got = file.Read(block.data(), block.size());
    if (got < 0) return Status::Unavailable("read " + path + ": " + std::strerror(errno));
    scanner.Block(at, std::string_view(block).substr(0, static_cast<size_t>(got)));
    if (static_cast<size_t>(got) < kBlockBytes) {
      return scanner.Finish(at + static_cast<uint64_t>(got));
    }
  }
}

void AppendLogRecord(std::string_view record, std::string& out) {
  bool begins = true;
  do {
    const size_t left = kBlockBytes - out.size() % kBlockBytes;
    if (left < kHeaderBytes) {
      out.append(left, '\0');
      continue;
    }
    const std::string_view part = record.substr(0, left - kHeaderBytes);
    record.remove_prefix(part.size());
    const bool ends = record.empty();
    std::string checked(
        1, static_cast<char>(begins ? (ends ? kWhole : kFirst) : (ends ? kLastPart : kMiddle)));
    checked += part;
    const uint32_t crc = Masked(Crc32c(checked));
    for (int i = 0; i < 4; ++i) out += static_cast<char>(crc >> (8 * i));
    out += static_cast<char>(part.size());
    out += static_cast<char>(part.size() >> 8);
    out += checked;
    begins = false;
    if (ends) return;
  } while (true);
}

}  // namespace rollcall::storage
