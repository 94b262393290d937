#include "cli/access_options.h"

#include <string_view>

#include "base/nearest.h"
#include "base/text.h"
#include "cli/option_kinds.h"
#include "http/server/address.h"

namespace rollcall::cli {
namespace {

constexpr std::string_view kAllowedNetworks =
    "IP addresses and networks with commas between them (10.0.0.0/8,2001:db8::/32,192.0.2.7)";
constexpr std::string_view kAllowedListeners = "one of public, private, both";
constexpr std::string_view kAllowedScopes = "some of read, import, admin with commas between them";

Status CheckNetworks(std::string_view text) { return http::Networks::Parse(text).status(); }

Status CheckListeners(std::string_view text) {
  const bool good = text == "public" || text == "private" || text == "both";
  return good ? Status::Ok()
              : Status::InvalidArgument(QuoteWord(text) + " is not " +
                                        std::string(kAllowedListeners));
}

Status CheckScopes(std::string_view text) { return http::ParseScopes(text).status(); }

OptionSpec File(unsigned users, std::string_view flag, Field<std::string> field, Words words) {
  return Text(users, flag, "FILE", kAllowedSecrets, CheckFile, field, words);
}

void AddTls(std::vector<OptionSpec>& table) {
  table.push_back(File(
      kBoth, "tls-cert-file", ROLLCALL_FIELD(server.front.public_tls.certificate),
      {"Certificate (PEM) with which --listen-addr speaks TLS 1.2 and 1.3, and those that lead "
       "to its root. Read again when it changes, as are the next four.",
       "a proxy in front often does it", "plain HTTP"}));
  table.push_back(
      File(kBoth, "tls-key-file", ROLLCALL_FIELD(server.front.public_tls.key),
           {"Its key (PEM), without a passphrase.", "goes with --tls-cert-file", "there is none"}));
  table.push_back(
      File(kBoth, "private-tls-cert-file", ROLLCALL_FIELD(server.front.private_tls.certificate),
           {"The same for --private-listen-addr.", "loopback needs none", "plain HTTP"}));
  table.push_back(File(kBoth, "private-tls-key-file", ROLLCALL_FIELD(server.front.private_tls.key),
                       {"Its key (PEM), without a passphrase.", "goes with --private-tls-cert-file",
                        "there is none"}));
  table.push_back(
      File(kBoth, "private-tls-client-ca-file", ROLLCALL_FIELD(server.front.private_tls.client_ca),
           {"Authorities (PEM) of which clients of the private listener need a certificate. It is "
            "a login: whoever has one may do everything, unless --tokens-file or --users-file "
            "asks for more.",
            "tokens and passwords are less to keep", "clients need no certificate"}));
}

void AddProxies(std::vector<OptionSpec>& table) {
  table.push_back(
      Text(kBoth, "trusted-proxies", "NETWORKS", kAllowedNetworks, CheckNetworks,
           ROLLCALL_FIELD(server.front.trusted_proxies),
           {"Proxies that are believed when they say in X-Forwarded-For, or else Forwarded, who "
            "sends what they pass on. Each must set the former, or remove it. They have no share "
            "in --max-peer-connections.",
            "anyone can write a header", "none"}));
  table.push_back(
      Text(kBoth, "proxy-protocol", "LISTENERS", kAllowedListeners, CheckListeners,
           ROLLCALL_FIELD(server.front.proxy_protocol),
           {"The listeners at which connections from --trusted-proxies begin with a header of the "
            "PROXY protocol, version 1 or 2; those from elsewhere do not.",
            "proxies that speak HTTP do not need it", "neither"}));
}

void AddLogin(std::vector<OptionSpec>& table) {
  table.push_back(
      File(kBoth | kToken, "tokens-file", ROLLCALL_FIELD(server.login.tokens),
           {"Bearer tokens that may ask the private listener, as rollcall token writes them. Read "
            "again when it changes, as is the next one.",
            "loopback needs no login", "there are none"}));
  table.push_back(
      File(kBoth, "users-file", ROLLCALL_FIELD(server.login.users),
           {"Users and passwords for the private listener: basic_auth_users with bcrypt hashes, as "
            "in Prometheus' web configuration file.",
            "loopback needs no login", "there are none"}));
  table.push_back(Switch(
      kBoth, "private-without-login", ROLLCALL_FIELD(process.private_without_login),
      {"Let whoever reaches --private-listen-addr ask it, even where that is not on loopback: for "
       "a network that keeps others out by itself.",
       "it gives out all that is stored, and takes history in"}));
  table.push_back(
      File(kImport | kExport | kClock | kRecords | kBackup | kForget | kShow, "server-token-file",
           ROLLCALL_FIELD(move.server_token_file),
           {"File with the token for --server.", "loopback needs no login", "no token is sent"}));
  table.push_back(Text(kToken, "scopes", "SCOPES", kAllowedScopes, CheckScopes,
                       ROLLCALL_FIELD(token.scopes),
                       {"What a new token may do. read: metrics, exports, the private pages. "
                        "import: take history and samples in. admin: both, and all else.",
                        "what a scraper needs"}));
  table.push_back(Number<unsigned>(
      kToken, "valid-days", 0, 36'500, "days", ROLLCALL_FIELD(token.valid_days),
      {"How long a new token is good for.", "one that is forgotten ends by itself", "for ever"}));
}

Status CheckPair(const http::TlsFiles& files, const std::string& prefix) {
  if (files.certificate.empty() != files.key.empty()) {
    return Status::InvalidArgument("--" + prefix + "tls-cert-file and --" + prefix +
                                   "tls-key-file: one needs the other");
  }
  if (!files.client_ca.empty() && files.certificate.empty()) {
    return Status::InvalidArgument("--" + prefix + "tls-client-ca-file: it needs --" + prefix +
                                   "tls-cert-file");
  }
  return Status::Ok();
}

// Whether no other machine can reach a listener. A name other than localhost may mean anything.
bool IsOnLoopback(std::string_view listen_address) {
  std::string_view host = listen_address.substr(0, listen_address.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto address = http::IpAddress::Parse(host);
  return address ? address->IsLoopback() : EqualsIgnoringCase(host, "localhost");
}

}  // namespace

void AddAccessOptions(std::vector<OptionSpec>& table) {
  AddTls(table);
  AddProxies(table);
  AddLogin(table);
}

Status CheckAccess(const Options& options) {
  const http::FrontOptions& front = options.server.front;
  ROLLCALL_RETURN_IF_ERROR(CheckPair(front.public_tls, ""));
  ROLLCALL_RETURN_IF_ERROR(CheckPair(front.private_tls, "private-"));
  if (!front.proxy_protocol.empty() && front.trusted_proxies.empty()) {
    return Status::InvalidArgument(
        "--proxy-protocol: it needs --trusted-proxies: from whom is the header taken?");
  }
  const bool is_open = options.server.login.empty() && front.private_tls.client_ca.empty() &&
                       !options.process.private_without_login;
  if (is_open && !front.private_address.empty() && !IsOnLoopback(front.private_address)) {
    return Status::InvalidArgument(
        "--private-listen-addr: " + front.private_address +
        " can be reached from other machines, and nobody has to log in; give --tokens-file (see "
        "rollcall token) or --users-file, or --private-tls-client-ca-file, or say "
        "--private-without-login where the network keeps others out");
  }
  return Status::Ok();
}

Status ReadTokenWords(std::span<const std::string> words, Options& options) {
  constexpr std::string_view kAllowed = "; allowed: add NAME, list, revoke NAME";
  if (words.empty()) {
    return Status::InvalidArgument("a word is missing" + std::string(kAllowed));
  }
  TokenOptions& token = options.token;
  token.word = words[0];
  const bool names = token.word == "add" || token.word == "revoke";
  if (!names && token.word != "list") {
    return Status::InvalidArgument(QuoteWord(token.word) + " is not known" +
                                   DidYouMean(token.word, {"add", "list", "revoke"}) +
                                   std::string(kAllowed));
  }
  if (words.size() != (names ? 2 : 1)) {
    return Status::InvalidArgument(token.word + (names ? ": a name is missing" : ": one word") +
                                   std::string(kAllowed));
  }
  if (names) token.name = words[1];
  if (names && !http::IsTokenName(token.name)) {
    return Status::InvalidArgument(QuoteWord(token.name) +
                                   " is not a name of 1 to 64 of A-Z a-z 0-9 . _ -");
  }
  if (options.server.login.tokens.empty()) {
    return Status::InvalidArgument("--tokens-file is missing: the file that the server reads");
  }
  return Status::Ok();
}

}  // namespace rollcall::cli
