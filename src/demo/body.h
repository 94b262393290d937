// The writer of what a made-up installation posts, in the format that the fleet's declaration
// wants. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/status.h"
#include "demo/source.h"
#include "fleets/declaration.h"

namespace rollcall::demo {

class DemoBody {
 public:
  virtual ~DemoBody() = default;

  // Sets `out` to what the source with this id says at a moment. `order`: of what may come in any
  // order. The same arguments give the same bytes.
  virtual void Write(const DemoMoment& at, const std::string& id, uint64_t order,
                     std::string& out) = 0;
};

// Return the writer for a declaration of that format, which it copies what it needs of. What is
// made up: all that the declaration's example has and that the page shows; without an example, all
// that is declared. InvalidArgument: never for what ParseDeclaration returned.
Result<std::unique_ptr<DemoBody>> MakeTextBody(const fleets::Declaration& declaration);
Result<std::unique_ptr<DemoBody>> MakeJsonBody(const fleets::Declaration& declaration);

}  // namespace rollcall::demo
