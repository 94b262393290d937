#include "http/server/connection.h"

namespace rollcall::http {
namespace {

// An id is the number of the use, above the index of the slot. 2^24 slots are more descriptors than
// a process gets; 2^40 uses last 34 years at a thousand connections a second.
constexpr int kIndexBits = 24;
constexpr uint64_t kIndexMask = (uint64_t{1} << kIndexBits) - 1;

}  // namespace

Connection& ConnectionTable::Add() {
  size_t index = slots_.size();
  if (free_.empty()) {
    slots_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Connection& connection = slots_[index];
  connection.id = (next_use_++ << kIndexBits) | index;
  return connection;
}

void ConnectionTable::Remove(Connection& connection) {
  free_.push_back(static_cast<uint32_t>(connection.id & kIndexMask));
  connection = Connection();
}

Connection* ConnectionTable::Find(uint64_t id) {
  const size_t index = id & kIndexMask;
  if (index >= slots_.size() || slots_[index].id != id) {
    return nullptr;
  }
  return &slots_[index];
}

}  // namespace rollcall::http
