// Where an import goes: a store that no server has open, or a running server. One import of a whole
// stream at a time; one thread. Owned by the import command.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/status.h"
#include "cli/options.h"
#include "http/client/client.h"
#include "ingest/importer.h"

namespace rollcall::cli {

class ImportTarget {
 public:
  // Is told of the lines and samples that were read, now and then; a server tells of its samples at
  // the end alone.
  using Progress = std::function<void(uint64_t lines, uint64_t samples)>;

  // Which of the two the options say. Fails as Stores::Open does.
  static Result<std::unique_ptr<ImportTarget>> Open(const Options& options);
  virtual ~ImportTarget() = default;

  // Takes all that `next` brings, plain or packed, and returns when it is stored. A bad line fails
  // only where the options are strict.
  virtual Result<ingest::ImportTally> Import(ingest::ImportFormat format,
                                             const http::BodySource& next,
                                             const Progress& progress) = 0;
};

}  // namespace rollcall::cli
