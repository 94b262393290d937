// What is held of an installation, and the receipt of its erasure, as JSON. Pure functions but for
// the texts of label sets, which are read from the store; any thread.
#pragma once

#include <string>

#include "ingest/erasure.h"
#include "ingest/holdings.h"
#include "storage/stores.h"

namespace rollcall::api {

// Each returns an object with indentation, followed by a newline; api/README.md, "Sources".
// `fleet`: its name. DataLoss, Unavailable: as reads of the store.
Result<std::string> HoldingsJson(const std::string& fleet, const SourceId& id,
                                 const ingest::Holdings& holdings,
                                 const storage::LabelDictionary& labels);
// `at`: when; `purged`: what came of the purge that followed.
std::string ErasureJson(const std::string& fleet, const ingest::ErasureRequest& request,
                        const ingest::Erasure& erasure, UnixSeconds at, const Status& purged);
// The same of the records of a machine.
std::string MachineErasureJson(const std::string& machine, uint64_t records, UnixSeconds at,
                               const Status& purged);

}  // namespace rollcall::api
