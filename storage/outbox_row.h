// The rows of the outbox: reports that are to be forwarded, and those that the receiver refused.
// Pure functions; storage/FORMAT.md has the bytes.
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

// Views into the bytes that a row was decoded from, or of whoever made it.
struct OutboxRow {
  UnixMilliseconds received;
  FleetRef fleet;
  std::string_view source_id;
  std::string_view packed_body;  // as it was accepted, as parse/pack.h packs it

  bool operator==(const OutboxRow&) const = default;
};

struct ParkedRow {
  UnixMilliseconds parked;
  uint32_t http_status = 0;  // of the refusal; 0: it was never sent
  std::string_view reason;
  std::string_view outbox_row;  // as it stood in the outbox

  bool operator==(const ParkedRow&) const = default;
};

std::string EncodeOutboxKey(uint64_t sequence);
// nullopt: not such a key.
std::optional<uint64_t> DecodeOutboxKey(std::string_view bytes);

std::string EncodeOutboxRow(const OutboxRow& row);
std::string EncodeParkedRow(const ParkedRow& row);
// DataLoss: not such a row; `row` is then in no particular state.
Status DecodeOutboxRow(std::string_view bytes, OutboxRow& row);
Status DecodeParkedRow(std::string_view bytes, ParkedRow& row);

}  // namespace rollcall::storage
