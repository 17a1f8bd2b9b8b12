// The way to a school through somebody else's network, for both programs that go it: where the school is, by
// which proxy it may be reached, and what stands between, as far as it shows.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "shared/base/result.hpp"

namespace waymark {

// What stands between a computer, or a hub, and its school.
enum class Between {
  nothing,     // that is known
  portal,      // the network's own page answers: it wants people to sign in first
  proxy,       // a proxy that does not open the way, or wants a sign-in
  inspection,  // something that opens every secure connection; the school's signed word comes through it
};
inline constexpr std::array<std::string_view, 4> between_names = {"", "portal", "proxy", "inspection"};
// `not_waymark`, with what was seen of it in `detail`.
Error stands_between(Between what, const std::string& detail);
Between between(const Error& error);
// The Error's detail without the name of what stands between.
std::string_view seen_of(const Error& error);

// An answer of a portal's, or of a proxy in the school's place, which sends people to a page. content_type:
// as it came, or empty.
bool is_of_a_portal(long status, std::string_view content_type);
// Never to be found (RFC 6761). A network that knows it answers for every name itself.
inline constexpr const char* no_such_name = "http://waymark-no-such-name.invalid:1/";

// "https://school.example:8443/v1/sync": "school.example"; of a numbered address without brackets. Empty: no
// address.
std::string host_of(std::string_view url);
// Inside of this network, where no proxy leads: an address of a private network, a name without a dot,
// ".local".
bool is_near(const std::string& host);

struct ProxySettings {
  std::string proxy;  // "http://proxy.district.example:3128"; empty: none
  std::string never;  // names that are reached without, as in no_proxy
};
// https_proxy, all_proxy and no_proxy, in either case.
ProxySettings proxies_of_environment();
// The other way to a school outside, where this one had `why` and nothing of an answer came. What else went
// wrong would go wrong there too.
bool has_other_way(const ProxySettings& proxies, std::string_view url, const Error& why);
// Of two reasons the one that says more: a proxy that cannot be reached from here is no news.
const Error& says_more(const Error& first_way, const Error& other_way);

}  // namespace waymark
