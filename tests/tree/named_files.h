// The files that comments and texts of the tree name, as a function from files to complaints: each
// must be there. Pure.
#pragma once

#include <string>
#include <vector>

#include "tests/tree/tree_rules.h"

namespace rollcall::tree {

// `paths`: of everything in the tree, folders too. A path is named as "src/base/log.h", from the
// root of a box as "base/log.h", without its ending, or by the file's name alone. One line per name
// that nothing bears, in the order of the files.
std::vector<std::string> DanglingNames(const std::vector<File>& files,
                                       const std::vector<std::string>& paths);

// Of all files and folders below `root`, as ReadTree walks them; those of test data too.
std::vector<std::string> ListTree(const std::filesystem::path& root);

}  // namespace rollcall::tree
