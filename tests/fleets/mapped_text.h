// What a declared fleet makes of a body, as text: its id, its series and what is undeclared.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "fleets/declaration.h"
#include "fleets/json_mapper.h"
#include "tests/fleets/mapping_oracle.h"

namespace rollcall::fleets {

inline std::string MappedText(std::string_view declaration_text, const std::string& body) {
  const auto declaration = ParseDeclaration("fleet.json", declaration_text);
  if (!declaration.ok()) return declaration.status().message();
  const JsonMapper mapper = JsonMapper::Make(declaration->mapping).value();
  JsonCapture capture;
  MappedReport mapped;
  ReportBound exceeded{};
  const Status status = mapper.Map(body, 1, {}, capture, mapped, exceeded);
  if (!status.ok()) return status.message();
  std::string text = mapped.id->text() + "\n";
  for (const auto& [series, value] : SeriesOf(mapped.report)) {
    text += series + " " +
            (value == std::floor(value) ? std::to_string(static_cast<int64_t>(value))
                                        : nlohmann::json(value).dump()) +
            "\n";
  }
  for (const std::string& name : mapped.undeclared.names()) text += "dropped " + name + "\n";
  return text;
}

}  // namespace rollcall::fleets
