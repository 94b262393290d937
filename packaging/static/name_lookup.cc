// How the one file looks up the names of hosts: in /etc/hosts, then by the servers of
// /etc/resolv.conf. glibc has both compiled in. What else /etc/nsswitch.conf may name is a library
// that fits one glibc only, and is not loaded.
#include <nss.h>

namespace {

[[gnu::constructor]] void LookUpHostsWithoutLibraries() {
  __nss_configure_lookup("hosts", "files dns");
}

}  // namespace
