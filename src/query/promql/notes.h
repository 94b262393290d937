// What a query's evaluation has to say to people, beside its value. Owned by the evaluation;
// thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "query/promql/ast.h"

namespace rollcall::promql {

class Notes {
 public:
  // `query`: the text of which the expression was parsed; must outlive the notes.
  explicit Notes(std::string_view query) : query_(query) {}

  // Adds a line, once, with the place of the expression that it is about.
  void Info(const std::string& text, const Place& place) EXCLUDES(mutex_);
  void Warn(const std::string& text, const Place& place) EXCLUDES(mutex_);

  // Sorted. Of many, the first ten, and a line with the number of the others.
  std::vector<std::string> Infos() const EXCLUDES(mutex_);
  std::vector<std::string> Warnings() const EXCLUDES(mutex_);

 private:
  std::string Located(const std::string& text, const Place& place) const;

  const std::string_view query_;
  mutable Mutex mutex_;
  std::vector<std::string> infos_ GUARDED_BY(mutex_);  // sorted
  std::vector<std::string> warnings_ GUARDED_BY(mutex_);
};

}  // namespace rollcall::promql
