// What was found for the refs of a column, as long as they come again soon: records of one time
// have few builds. A look costs a load; what is not here has to be looked up in the caller's map.
// Plain value; one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace rollcall::records {

template <typename T>
class RecentRefs {
 public:
  // Returns what Keep was given for the ref; nullptr where another one has taken its place.
  const T* Find(uint64_t ref) const {
    const auto& [of, value] = entries_[ref % kEntries];
    return of == ref ? &value : nullptr;
  }
  void Keep(uint64_t ref, T value) { entries_[ref % kEntries] = {ref, value}; }

 private:
  static constexpr size_t kEntries = 256;
  struct Entry {
    std::optional<uint64_t> ref;
    T value{};
  };
  std::array<Entry, kEntries> entries_{};
};

}  // namespace rollcall::records
