// The file that an export writes, with the progress that a person sees. Owned by the command; one
// thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/byte_sizes.h"
#include "base/status.h"
#include "cli/output_file.h"
#include "cli/progress_bar.h"

namespace rollcall::cli {

class ExportOutput {
 public:
  // `unit`: what a line of the output is, in plural. `file` must outlive this object.
  ExportOutput(OutputFile& file, const char* unit) : file_(file), bar_(BarOptions(unit)) {}

  // Fails as OutputFile::Write.
  Status Write(std::string_view piece) {
    bytes_ += piece.size();
    lines_ += static_cast<uint64_t>(std::count(piece.begin(), piece.end(), '\n'));
    bar_.Update(bytes_ / kMiB, lines_);
    return file_.Write(piece);
  }

 private:
  static ProgressBar::Options BarOptions(const char* unit) {
    ProgressBar::Options options = ProgressBar::ForStderr("export", "MiB", 0);
    options.total_known = false;
    options.detail_unit = unit;
    return options;
  }

  OutputFile& file_;
  ProgressBar bar_;
  uint64_t bytes_ = 0;
  uint64_t lines_ = 0;
};

}  // namespace rollcall::cli
