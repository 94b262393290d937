// How reports of the built-in fleet come in.
#pragma once

#include "ingest/prepared_report.h"
#include "tests/support/cozystack.h"

namespace rollcall {

inline const ingest::Intake& CozystackIntake() {
  static const ingest::Intake intake{CozystackFleet().ref, &Cozystack().format()};
  return intake;
}

}  // namespace rollcall
