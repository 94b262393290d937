// The rows of the outbox as bytes, live and parked. Pure functions; the bytes: storage/FORMAT.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "model/ids.h"

namespace rollcall::storage {

// A row's views point into the bytes it was decoded from, or into its maker's.
struct OutboxRow {
  UnixMilliseconds received;
  FleetRef fleet;
  std::string_view source_id;
  std::string_view packed_body;  // the accepted body, packed by base/pack.h

  bool operator==(const OutboxRow&) const = default;
};

struct ParkedRow {
  UnixMilliseconds parked;
  uint32_t http_status = 0;  // of the refusal; 0 where it was never sent
  std::string_view reason;
  std::string_view outbox_row;  // the encoded OutboxRow

  bool operator==(const ParkedRow&) const = default;
};

std::string EncodeOutboxKey(uint64_t sequence);
// Returns nullopt where the bytes are not such a key.
std::optional<uint64_t> DecodeOutboxKey(std::string_view bytes);

std::string EncodeOutboxRow(const OutboxRow& row);
std::string EncodeParkedRow(const ParkedRow& row);
// DataLoss where the bytes are not such a row; `row` is then unspecified.
Status DecodeOutboxRow(std::string_view bytes, OutboxRow& row);
Status DecodeParkedRow(std::string_view bytes, ParkedRow& row);

}  // namespace rollcall::storage
