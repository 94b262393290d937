#include "cli/misdated_text.h"

#include "counts/misdated.h"

namespace rollcall::cli {

Result<std::string> DescribeMisdated(storage::Stores& stores) {
  const auto found = counts::FindMisdated(stores, stores.time().Now());
  if (!found.ok()) return found.status();
  if (!found->first) return std::string();
  return std::to_string(found->reports) + " misdated reports, and " +
         std::to_string(found->peaks_rows) + " rows of peaks, of " + found->first->ToString() +
         " to " + found->last->ToString() + "\n";
}

}  // namespace rollcall::cli
