// The target of an import: a store that no server has open, or a running server. Takes one import
// at a time, each a whole stream. Owned by the import command; one thread.
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
  // Called now and then with the number of lines and samples read so far. A server reports its
  // samples only at the end.
  using Progress = std::function<void(uint64_t lines, uint64_t samples)>;

  // Opens the target that the options name. Fails as Stores::Open does.
  static Result<std::unique_ptr<ImportTarget>> Open(const Options& options);
  virtual ~ImportTarget() = default;

  // Reads `next` to its end, compressed or not, and returns once everything is stored. A bad line
  // is a failure only if the options are strict.
  virtual Result<ingest::ImportTally> Import(ingest::ImportFormat format,
                                             const http::BodySource& next,
                                             const Progress& progress) = 0;
};

}  // namespace rollcall::cli
