// The built-in fleet that most tests report to. In the namespace of what it stands for, so that
// tests of every box find it.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fleets/built_in.h"
#include "fleets/catalog.h"

namespace rollcall {

// Returns a set of built-in fleets. Refs are given out from kFirstFleet on.
inline std::unique_ptr<const fleets::FleetSet> BuiltInFleets(
    const std::vector<std::string>& names = {"cozystack"}) {
  std::vector<fleets::DeclarationText> texts;
  for (const std::string& name : names) {
    texts.push_back({name, std::string(fleets::BuiltInDeclaration(name))});
  }
  uint16_t next = kFirstFleet.value;
  const auto assign = [&](const std::string&) -> Result<FleetRef> { return FleetRef{next++}; };
  auto set = fleets::FleetSet::Make(texts, assign, nullptr);
  if (!set.ok()) std::abort();
  return std::move(set).value();
}

inline const fleets::DeclaredFleet& Cozystack() {
  static const std::unique_ptr<const fleets::FleetSet> set = BuiltInFleets();
  return set->first();
}

inline const Fleet& CozystackFleet() { return Cozystack().fleet(); }

}  // namespace rollcall
