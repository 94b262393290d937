// The rules for a record's fields, each at its edges.
#include "parse/record_fields.h"

#include <gmock/gmock.h>

#include <map>

#include "tests/parse/record_examples.h"

namespace rollcall {
namespace {

using std::chrono::seconds;
using test::FieldsOfVersion;
using test::kTelemetryIds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The record of that version with some fields changed; a value of nullopt leaves the field out.
using Changes = std::map<std::string, std::optional<std::string>>;
Result<Record> ReadFields(int version, const Changes& changes = {},
                          const std::string& payload = "p\n") {
  auto fields = FieldsOfVersion(version);
  for (const auto& change : changes) {
    std::erase_if(fields, [&](const auto& field) { return field.first == change.first; });
    if (change.second) fields.emplace_back(change.first, *change.second);
  }
  RecordFields read;
  for (const auto& [name, value] : fields) {
    if (const auto field = RecordFieldNamed(name)) read.Add(*field, value);
  }
  return read.Read(payload, kTelemetryIds);
}

bool Takes(const std::string& name, const std::string& value, int version = 4) {
  return ReadFields(version, {{name, value}}).ok();
}
// Why a record is refused; "" where it is taken.
std::string FieldRefusal(const std::string& name, const std::string& value, int version = 4) {
  const Result<Record> record = ReadFields(version, {{name, value}});
  if (!record.ok()) {
    EXPECT_EQ(record.status().code(), Code::kInvalidArgument);
  }
  return record.status().message();
}

TEST(RecordFields, ARecordOfEveryVersionIsRead) {
  for (int version = 1; version <= 4; ++version) {
    const Result<Record> record = ReadFields(version);
    ASSERT_TRUE(record.ok()) << record.status().message();
    EXPECT_EQ(record->version, version);
    EXPECT_EQ(record->severity, 2);
    EXPECT_EQ(record->classification, "org.clearlinux/hello/world");
    EXPECT_EQ(record->machine_id, "66c196ce4222dd761470da5e7e35f6f1");
    EXPECT_EQ(record->capture, UnixSeconds(seconds(1'443'573'575)));
    EXPECT_EQ(record->arch, "x86_64");
    EXPECT_EQ(record->host_type, "blank|blank|blank");
    EXPECT_EQ(record->kernel_version, "4.2.0-120");
    EXPECT_EQ(record->build, "41000") << "without its quotes";
    EXPECT_EQ(record->system_name, version >= 2 ? "clear-linux-os" : "");
    EXPECT_EQ(record->payload_version, version >= 2 ? 7 : 0);
    EXPECT_EQ(record->board_name, version >= 3 ? "Board|Maker" : "N/A");
    EXPECT_EQ(record->cpu_model, version >= 3 ? "Intel(R) Core(TM) i7" : "N/A");
    EXPECT_EQ(record->bios_version, version >= 3 ? "1.2.3" : "N/A");
    EXPECT_EQ(record->event_id, version >= 4 ? "0123456789abcdef0123456789abcdef" : "N/A");
    EXPECT_FALSE(record->external);
    EXPECT_EQ(record->payload, "p\n");
  }
}

TEST(RecordFields, WhatAVersionAsksForMustBeThere) {
  for (int version = 1; version <= 4; ++version) {
    for (const auto& [name, value] : FieldsOfVersion(version)) {
      const Result<Record> record = ReadFields(version, {{name, std::nullopt}});
      ASSERT_FALSE(record.ok()) << name;
      EXPECT_THAT(record.status().message(), HasSubstr(": is missing"));
      std::string header = record.status().message();
      header = header.substr(0, header.find(':'));
      EXPECT_EQ(RecordFieldNamed(header), RecordFieldNamed(name)) << name;
    }
  }
}

TEST(RecordFields, AVersionKeepsNothingThatCameWithALaterOne) {
  const Changes later{
      {"board_name", "B"}, {"cpu_model", "C"}, {"bios_version", "\x01"}, {"event_id", "not an id"}};
  for (const int version : {1, 2}) {
    const Result<Record> record = ReadFields(version, later);
    ASSERT_TRUE(record.ok()) << record.status().message();
    EXPECT_EQ(record->board_name, "N/A");
    EXPECT_EQ(record->cpu_model, "N/A");
    EXPECT_EQ(record->bios_version, "N/A");
    EXPECT_EQ(record->event_id, "N/A");
  }
  EXPECT_EQ(ReadFields(3, {{"event_id", "not an id"}})->event_id, "N/A");
  // Version 1 may have the system's name, and then it holds.
  EXPECT_EQ(ReadFields(1, {{"system_name", "ubuntu"}, {"build", "16.04"}})->build, "16.04");
  EXPECT_EQ(ReadFields(1, {{"build", "16.04"}})->build, "16.04");
  EXPECT_FALSE(ReadFields(1, {{"system_name", "clear-linux-os"}, {"build", "16.04"}}).ok());
  EXPECT_EQ(ReadFields(1, {{"payload_format_version", "3"}})->payload_version, 3);
}

TEST(RecordFields, WhatHasNoBoundInTheContractHas256Characters) {
  const std::string longest(256, '1');
  EXPECT_TRUE(Takes("build", longest));
  EXPECT_THAT(FieldRefusal("build", longest + "1"), HasSubstr("more than 256 characters"));
  std::string kernel = "4.2.";
  kernel.resize(256, 'k');
  EXPECT_TRUE(Takes("kernel_version", kernel));
  EXPECT_THAT(FieldRefusal("kernel_version", kernel + "k"), HasSubstr("more than 256 characters"));
  EXPECT_TRUE(Takes("system_name", longest));
  EXPECT_THAT(FieldRefusal("system_name", longest + "1"), HasSubstr("more than 256 characters"));
}

TEST(RecordFields, TheFormatVersionIs1To4) {
  for (const char* value : {"0", "5", "", "a", "-1", "1.0", "99999999999999999999"}) {
    EXPECT_THAT(FieldRefusal("record_format_version", value), StartsWith("Record-Format-Version: "))
        << value;
  }
}

TEST(RecordFields, TheSeverityIs1To4) {
  for (int severity = 1; severity <= 4; ++severity) {
    EXPECT_EQ(ReadFields(4, {{"severity", std::to_string(severity)}})->severity, severity);
  }
  for (const char* value : {"0", "5", "", "high", "-1", "+1", " 1", "1 2", "\xc2\xb2"}) {
    EXPECT_THAT(FieldRefusal("severity", value), StartsWith("Severity: ")) << value;
  }
}

TEST(RecordFields, AClassificationHasThreePartsAnd140Characters) {
  EXPECT_TRUE(Takes("classification", "a/b/c"));
  EXPECT_TRUE(Takes("classification", "//"));
  EXPECT_TRUE(Takes("classification", "a/b/" + std::string(136, 'c')));
  for (const std::string& value : {std::string(), std::string("a"), std::string("a/b"),
                                   std::string("a/b/c/d"), "a/b/" + std::string(137, 'c')}) {
    EXPECT_THAT(FieldRefusal("classification", value), StartsWith("Classification: ")) << value;
  }
  std::string umlauts = "a/b/";
  for (int i = 0; i < 136; ++i) umlauts += "\xc3\xbc";
  EXPECT_TRUE(Takes("classification", umlauts)) << "characters, not bytes";
}

TEST(RecordFields, AMachineIdHas32CharactersAndMayBeEmpty) {
  EXPECT_TRUE(Takes("machine_id", ""));
  EXPECT_TRUE(Takes("machine_id", std::string(32, 'z')));
  EXPECT_THAT(FieldRefusal("machine_id", std::string(33, 'a')), StartsWith("Machine-Id: "));
}

TEST(RecordFields, TheTimestampEndsWithTheYear9999) {
  EXPECT_EQ(ReadFields(4, {{"creation_timestamp", "0"}})->capture, UnixSeconds());
  EXPECT_TRUE(Takes("creation_timestamp", "253402300799"));
  for (const char* value :
       {"253402300800", "", "-1", "1.5", "1e9", "99999999999999999999999", "\xd9\xa1"}) {
    EXPECT_THAT(FieldRefusal("creation_timestamp", value), StartsWith("Creation-Timestamp: "))
        << value;
  }
}

TEST(RecordFields, TheArchitectureIsAKnownOne) {
  for (const char* value : {"armv7l", "armv6l", "aarch64", "amd64", "sparc64", "ppc64", "i686",
                            "i386", "x86_64", "ppc"}) {
    EXPECT_TRUE(Takes("arch", value)) << value;
  }
  for (const char* value : {"", "X86_64", "x86", "riscv64"}) {
    EXPECT_THAT(FieldRefusal("arch", value), StartsWith("Arch: ")) << value;
  }
}

TEST(RecordFields, TheHostTypeHasUnder250Characters) {
  EXPECT_TRUE(Takes("host_type", ""));
  EXPECT_TRUE(Takes("host_type", std::string(249, 'h')));
  EXPECT_THAT(FieldRefusal("host_type", std::string(250, 'h')), StartsWith("Host-Type: "));
}

TEST(RecordFields, AKernelVersionBeginsWithTwoNumbers) {
  for (const char* value : {"4.2.0-120", "6.6.1.2", "1.2.", "1.2.x", "01.2.3"}) {
    EXPECT_TRUE(Takes("kernel_version", value)) << value;
  }
  for (const char* value : {"", "4", "4.2", "a.2.3", "4.b.3", ".2.3", "4..3", "4.2-rc1.3"}) {
    EXPECT_THAT(FieldRefusal("kernel_version", value), StartsWith("Kernel-Version: ")) << value;
  }
}

TEST(RecordFields, ABuildIsANumberOnClearLinuxAndAWordElsewhere) {
  EXPECT_EQ(ReadFields(4, {{"build", "'41000'"}})->build, "41000");
  EXPECT_EQ(ReadFields(4, {{"build", "41000"}})->build, "41000");
  for (const char* value : {"", "\"\"", "41000a", "4 1", "-1"}) {
    EXPECT_THAT(FieldRefusal("build", value), StartsWith("Build: ")) << value;
  }
  const auto elsewhere = [](const char* build) {
    return ReadFields(4, {{"system_name", "\"fedora\""}, {"build", build}});
  };
  EXPECT_EQ(elsewhere("\"16.04-LTS_x\"")->build, "16.04-LTS_x");
  EXPECT_EQ(elsewhere("1")->system_name, "fedora") << "without its quotes";
  for (const char* value : {"", "a b", "a/b", "\xc3\xbc", "a\n"}) {
    EXPECT_FALSE(elsewhere(value).ok()) << value;
  }
}

TEST(RecordFields, TheTelemetryIdIsOneOfThoseThatAreTaken) {
  EXPECT_TRUE(Takes("X-Telemetry-TID", kTelemetryIds[1]));
  for (int version = 1; version <= 4; ++version) {
    for (const char* value : {"", "6907c830-eed9-4ce9-81ae-76daf8d88f0", "another"}) {
      EXPECT_THAT(FieldRefusal("X-Telemetry-TID", value, version), StartsWith("X-Telemetry-TID: "));
    }
  }
}

TEST(RecordFields, ThePayloadsVersionIsAWholeNumberUnder2147483647) {
  const auto version = [](const char* value) {
    return ReadFields(4, {{"payload_format_version", value}})->payload_version;
  };
  EXPECT_EQ(version("0"), 0);
  EXPECT_EQ(version("2147483646"), 2147483646);
  EXPECT_EQ(version("-3"), -3);
  EXPECT_EQ(version("-2147483648"), INT32_MIN);
  for (const char* value : {"2147483647", "", "-", "1.5", "x", "-2147483649", "--1"}) {
    EXPECT_THAT(FieldRefusal("payload_format_version", value),
                StartsWith("Payload-Format-Version: "))
        << value;
  }
}

TEST(RecordFields, HardwareIsPrintableAsciiUnder200Characters) {
  for (const auto& [name, header] :
       {std::pair("board_name", "Board-Name: "), std::pair("cpu_model", "Cpu-Model: "),
        std::pair("bios_version", "Bios-Version: ")}) {
    EXPECT_TRUE(Takes(name, ""));
    EXPECT_TRUE(Takes(name, std::string(199, '~')));
    for (const std::string& value : {std::string(200, 'a'), std::string("a\tb"),
                                     std::string("\xc3\xbc"), std::string("\x7f")}) {
      for (const int version : {3, 4}) {
        EXPECT_THAT(FieldRefusal(name, value, version), StartsWith(header)) << value;
      }
    }
  }
}

TEST(RecordFields, AnEventIdHas32LowerCaseHexadecimalDigits) {
  for (const std::string& value : {std::string(), std::string(31, 'a'), std::string(33, 'a'),
                                   std::string(32, 'A'), std::string(32, 'g')}) {
    EXPECT_THAT(FieldRefusal("event_id", value), StartsWith("Event-Id: ")) << value;
  }
}

TEST(RecordFields, OnlyTrueMarksAnExternalMachine) {
  for (int version = 1; version <= 4; ++version) {
    EXPECT_TRUE(ReadFields(version, {{"X-CLR-External", "true"}})->external);
    for (const char* value : {"false", "True", "1", ""}) {
      EXPECT_FALSE(ReadFields(version, {{"X-CLR-External", value}})->external) << value;
    }
  }
}

TEST(RecordFields, NamesAreTheSameWithUnderscoresAndInAnyCase) {
  EXPECT_EQ(RecordFieldNamed("machine_id"), RecordField::kMachineId);
  EXPECT_EQ(RecordFieldNamed("MACHINE-ID"), RecordField::kMachineId);
  EXPECT_EQ(RecordFieldNamed("Machine_Id"), RecordField::kMachineId);
  EXPECT_EQ(RecordFieldNamed("x_telemetry_tid"), RecordField::kTelemetryId);
  EXPECT_EQ(RecordFieldNamed("X-Telemetry-TID"), RecordField::kTelemetryId);
  for (const char* name : {"", "machine", "machine id", "x-cluster-id", "content-length"}) {
    EXPECT_EQ(RecordFieldNamed(name), std::nullopt) << name;
  }
}

TEST(RecordFields, TheFirstOfAFieldThatCameTwiceCounts) {
  RecordFields fields;
  for (const auto& [name, value] : FieldsOfVersion(4)) fields.Add(*RecordFieldNamed(name), value);
  fields.Add(RecordField::kBuild, "2");
  EXPECT_EQ(fields.Read("", kTelemetryIds)->build, "41000");
}

TEST(RecordFields, WhatIsNotUtf8IsLatin1) {
  const std::string u_umlaut = "\xc3\xbc";
  EXPECT_EQ(ReadFields(4, {{"machine_id", u_umlaut}})->machine_id, u_umlaut);
  EXPECT_EQ(ReadFields(4, {{"machine_id", "\xfc"}})->machine_id, u_umlaut);
  EXPECT_TRUE(Takes("machine_id", std::string(32, '\xfc'))) << "32 characters";
  EXPECT_EQ(ReadFields(4, {}, "\xfc")->payload, u_umlaut);
  EXPECT_EQ(ReadFields(4, {}, u_umlaut)->payload, u_umlaut);
  EXPECT_EQ(ReadFields(4, {}, std::string("\0\xff", 2))->payload, std::string("\0\xc3\xbf", 3));
  EXPECT_EQ(ReadFields(4, {}, "")->payload, "");
}

TEST(RecordFields, ARefusalIsOneLineThatQuotesTheValue) {
  const std::string refusal = FieldRefusal("severity", "5\n\"\xff");
  EXPECT_THAT(refusal, StartsWith("Severity: \"5"));
  for (const char c : refusal) EXPECT_TRUE(c >= ' ' && c <= '~') << refusal;
  EXPECT_LT(FieldRefusal("kernel_version", std::string(32'000, 'k')).size(), 200U);
}

TEST(RecordFields, DigitsAreAsciiAndWithinTheirBound) {
  EXPECT_EQ(ParseDigits("0", 0), 0U);
  EXPECT_EQ(ParseDigits("007", 7), 7U);
  EXPECT_EQ(ParseDigits("18446744073709551615", UINT64_MAX), UINT64_MAX);
  for (const char* text : {"", "18446744073709551616", "99999999999999999999", "-1", "1e3", " 1"}) {
    EXPECT_EQ(ParseDigits(text, UINT64_MAX), std::nullopt) << text;
  }
  EXPECT_EQ(ParseDigits("8", 7), std::nullopt);
}

}  // namespace
}  // namespace rollcall
