#include "base/pack.h"

#include <zstd.h>

#include <memory>
#include <new>

namespace rollcall {
namespace {

constexpr int kLevel = 1;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

Status Damaged(std::string_view packed, const std::string& why) {
  return Status::DataLoss("unpack a body of " + std::to_string(packed.size()) + " bytes: " + why);
}

}  // namespace

std::string PackBody(std::string_view body) {
  // Making a context costs more than compressing a usual report.
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  std::string packed(ZSTD_compressBound(body.size()), '\0');
  const size_t size = ZSTD_compressCCtx(context.get(), packed.data(), packed.size(), body.data(),
                                        body.size(), kLevel);
  // With that much room it can only fail for lack of memory.
  if (ZSTD_isError(size) != 0) throw std::bad_alloc();
  packed.resize(size);
  packed.shrink_to_fit();
  return packed;
}

Result<std::string> UnpackBody(std::string_view packed, size_t max_bytes) {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN) {
    return Damaged(packed, "no frame of a known size");
  }
  if (size > max_bytes) {
    return Damaged(
        packed, std::to_string(size) + " bytes of content, at most " + std::to_string(max_bytes));
  }
  std::string body(size, '\0');
  const size_t got =
      ZSTD_decompressDCtx(context.get(), body.data(), body.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) != 0) return Damaged(packed, ZSTD_getErrorName(got));
  if (got != body.size()) return Damaged(packed, "the content is cut short");
  return body;
}

}  // namespace rollcall
