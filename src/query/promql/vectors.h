// What many kinds of expressions do with vectors. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "query/promql/value.h"

namespace rollcall::promql {

// Returns how much memory a column takes, or one of these labels with as many values.
uint64_t BytesOf(const Labels& labels, size_t values);

// Appends the label to a key under which labels are found in a table: no two lists of labels have
// the same key.
void AppendToKey(std::string_view name, std::string_view value, std::string& key);
std::string KeyOf(const Labels& labels);

// Returns "vector cannot contain metrics with the same labelset".
Status SameLabelsError();

// Removes the metric's name of all.
void DropNames(Vector& vector);

// Makes one column of those with the same labels; the order stays that of the first of each.
// InvalidArgument: two have a value at one instant.
Status UniteSameLabels(Vector& vector);

// InvalidArgument: two have the same labels.
Status CheckLabelsDiffer(const Vector& vector);

// Removes columns that have no value.
void RemoveEmpty(Vector& vector);

}  // namespace rollcall::promql
