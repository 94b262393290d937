// The declarations that --fleets names. Used by the command, on its thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fleets/catalog.h"
#include "storage/stores.h"

namespace rollcall::cli {

// Reads one declaration: the built-in one of that name, else the file. NotFound, Unavailable: there
// is no such file, or it cannot be read.
Result<fleets::DeclarationText> ReadDeclaration(const std::string& name);
// Reads the declarations of a list, as --fleets has it: a name that ends in / stands for the *.json
// of that folder, in the order of their names.
Result<std::vector<fleets::DeclarationText>> ReadDeclarations(const std::string& list);

// Checks the declarations of a list. Fails as ReadDeclaration and FleetSet::Make do.
Status CheckDeclarations(const std::string& list);

// Returns the fleets of a list, by FleetSet::Make.
Result<std::unique_ptr<const fleets::FleetSet>> OpenFleets(
    const std::string& list, const fleets::FleetSet::AssignRef& assign,
    const fleets::FleetSet* before);

// Returns the fleet of a list that is named `name`, or the first where that is empty. NotFound: it
// is not in the list, or `assign` has no ref for it.
Result<Fleet> OpenFleet(const std::string& list, const std::string& name,
                        const fleets::FleetSet::AssignRef& assign);

// Returns the fleets of a list that a store has something of.
Result<std::vector<Fleet>> FleetsIn(const std::string& list, storage::Stores& stores);

}  // namespace rollcall::cli
