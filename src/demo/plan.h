// What a declaration says of the values that installations report: its examples, its lists of
// names, and what its page shows. Borrows the declaration; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fleets/declaration.h"

namespace rollcall::demo {

// Returns the seed of a part of a fleet, by its name.
uint64_t DemoSeedOf(std::string_view name);

// What the value of a label may be.
struct DemoTexts {
  std::vector<std::string> texts;  // the most usual first
  size_t usual = 0;                // of these, those that nearly every installation has
};

class DemoPlan {
 public:
  explicit DemoPlan(const fleets::Declaration& declaration) : declaration_(declaration) {}

  // Returns whether the overview or the page shows something of a metric, or of its label.
  bool Shows(std::string_view metric) const;
  bool Shows(std::string_view metric, std::string_view label) const;
  bool IsIdentifying(const std::string& label) const;
  // Returns whether a metric only says that something is there: it is 1, whatever the size of the
  // installation.
  bool IsInfo(std::string_view metric) const;
  // Returns whether the values of a label are amounts of different things, and whether those of one
  // value are bytes.
  bool HasAmounts(std::string_view metric, std::string_view label) const;
  bool IsBytes(std::string_view metric, std::string_view label, std::string_view value) const;

  // Returns the values of a label that the declaration names: those that a figure wants, then
  // `seen`, which stood in the example of a report, then the label's examples. Only where these are
  // none, the names by which the page knows values, or the known names of a breakdown; empty if
  // there is nothing of all that.
  DemoTexts TextsOf(std::string_view metric, std::string_view label,
                    const std::vector<std::string>& seen) const;
  // Returns values for a label of which nothing is known.
  static std::vector<std::string> MadeUpTexts(std::string_view label);

  const fleets::Declaration& declaration() const { return declaration_; }

 private:
  const fleets::Declaration& declaration_;
};

}  // namespace rollcall::demo
