// Enumerations whose names stand beside their values. One list of rows makes both, so a value
// without a name does not compile and nobody has to count. Pure; any thread.
//
//   #define ROLLCALL_LANES(ROW) ROW(kIngest, "ingest") ROW(kQuery, "query")
//   ROLLCALL_NAMED_ENUM(Lane, ROLLCALL_LANES);
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace rollcall {

#define ROLLCALL_ENUM_VALUE(value, name) value,
#define ROLLCALL_ENUM_NAME(value, name) name,
#define ROLLCALL_NAMED_ENUM(Enum, ROWS)                                                           \
  enum class Enum : uint8_t { ROWS(ROLLCALL_ENUM_VALUE) };                                        \
  constexpr auto NamesOf(Enum) { return std::to_array<const char*>({ROWS(ROLLCALL_ENUM_NAME)}); } \
  static_assert(NamesOf(Enum{}).size() <= UINT8_MAX, "a value is a byte")

// The number of values of a named enumeration.
template <typename Enum>
inline constexpr size_t kEnumSize = NamesOf(Enum{}).size();

template <typename Enum>
constexpr const char* NameOf(Enum value) {
  return NamesOf(value)[static_cast<size_t>(value)];
}

// An array with one T for each value of a named enumeration.
template <typename Enum, typename T>
class EnumArray {
 public:
  T& operator[](Enum value) { return items_[static_cast<size_t>(value)]; }
  const T& operator[](Enum value) const { return items_[static_cast<size_t>(value)]; }

  // Calls `visit(value, item)` for each value, in the order of the rows.
  template <typename Visit>
  void ForEach(Visit visit) {
    for (size_t i = 0; i < items_.size(); ++i) visit(static_cast<Enum>(i), items_[i]);
  }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

 private:
  std::array<T, kEnumSize<Enum>> items_{};
};

}  // namespace rollcall
