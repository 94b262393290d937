// The rules that the source tree keeps, as a function from files to complaints. Pure but for
// ReadTree.
//
//   base <- model <- {parse, storage} <- {ingest, counts, query, forward, hosts, fleets} <- jobs <-
//   api <- cli
//
// A box may include what stands left of it and itself; boxes in braces do not know each other.
// fleets knows nothing of storage. metrics needs only base and serves all others; web needs only
// base and serves api. Tests may include anything, and so may not be included.
//
// The page says nothing of any one product: what it shows of one comes from its declaration.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace rollcall::tree {

inline constexpr size_t kMostLines = 450;  // of a file, inclusive

struct File {
  std::string path;  // from the root, with '/'
  std::string text;
};

// All sources, pages, scripts and texts below `root` that are ours: without hidden folders, build
// trees, data and test data. Sorted by path.
std::vector<File> ReadTree(const std::filesystem::path& root);

// One line per breach, in the order of the files: "src/base/a.cc:3: base may not include
// model/x.h".
std::vector<std::string> Breaches(const std::vector<File>& files);

}  // namespace rollcall::tree
