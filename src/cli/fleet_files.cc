#include "cli/fleet_files.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "cli/import_input.h"
#include "fleets/built_in.h"

namespace rollcall::cli {
namespace {

using fleets::DeclarationText;
using fleets::FleetSet;

// The declarations that one name of a list stands for.
Result<std::vector<std::string>> NamesIn(const std::string& name) {
  if (!name.ends_with('/')) return std::vector<std::string>{name};
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(name, error)) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().string());
  }
  if (error) return Status::NotFound(name + ": " + error.message());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Result<DeclarationText> ReadDeclaration(const std::string& name) {
  const std::string_view built_in = fleets::BuiltInDeclaration(name);
  if (built_in.data() != nullptr) return DeclarationText{name, std::string(built_in)};
  const auto input = ImportInput::Open(name);
  if (!input.ok()) return input.status();
  DeclarationText read{name, {}};
  // A longer one is refused by its size.
  while (read.text.size() <= fleets::kMaxDeclarationBytes) {
    const Result<std::string_view> piece = (*input)->Next();
    if (!piece.ok()) return piece.status();
    if (piece->empty()) break;
    read.text += *piece;
  }
  return read;
}

Result<std::vector<DeclarationText>> ReadDeclarations(const std::string& list) {
  std::vector<DeclarationText> texts;
  for (size_t begin = 0; begin <= list.size();) {
    const size_t end = std::min(list.find(',', begin), list.size());
    const auto names = NamesIn(list.substr(begin, end - begin));
    if (!names.ok()) return names.status().WithContext("fleets");
    for (const std::string& name : *names) {
      Result<DeclarationText> text = ReadDeclaration(name);
      if (!text.ok()) return text.status().WithContext("fleets");
      texts.push_back(*std::move(text));
    }
    begin = end + 1;
  }
  return texts;
}

Status CheckDeclarations(const std::string& list) {
  const auto no_ref = [](const std::string&) -> Result<FleetRef> { return FleetRef{}; };
  return OpenFleets(list, no_ref, nullptr).status();
}

Result<std::unique_ptr<const FleetSet>> OpenFleets(const std::string& list,
                                                   const FleetSet::AssignRef& assign,
                                                   const FleetSet* before) {
  const auto texts = ReadDeclarations(list);
  return texts.ok() ? FleetSet::Make(*texts, assign, before) : texts.status();
}

Result<Fleet> OpenFleet(const std::string& list, const std::string& name,
                        const FleetSet::AssignRef& assign) {
  const auto set = OpenFleets(list, assign, nullptr);
  if (!set.ok()) return set.status();
  const fleets::DeclaredFleet* const found = name.empty() ? &(*set)->first() : (*set)->Find(name);
  if (found == nullptr) return Status::NotFound("fleet " + name + ": --fleets does not name it");
  if (found->fleet().ref.value == 0) {
    return Status::NotFound("fleet " + found->fleet().name + ": the store has nothing of it");
  }
  return found->fleet();
}

Result<std::vector<Fleet>> FleetsIn(const std::string& list, storage::Stores& stores) {
  const auto set = OpenFleets(
      list, [&](const std::string& name) -> Result<FleetRef> { return stores.fleets().Find(name); },
      nullptr);
  if (!set.ok()) return set.status();
  std::vector<Fleet> fleets;
  for (const auto& one : (*set)->all()) {
    if (one->fleet().ref.value != 0) fleets.push_back(one->fleet());
  }
  return fleets;
}

}  // namespace rollcall::cli
