#include "shared/base/way.hpp"

#include <algorithm>
#include <cstdlib>
#include <initializer_list>

#ifdef _WIN32
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#endif

namespace waymark {
namespace {

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return small;
}

std::string prefix_of(Between what) {
  return std::string(between_names[static_cast<std::size_t>(what)]) + ": ";
}

}  // namespace

Error stands_between(Between what, const std::string& detail) {
  return {Code::not_waymark, prefix_of(what) + detail};
}

Between between(const Error& error) {
  for (auto what : {Between::portal, Between::proxy, Between::inspection})
    if (error.code == Code::not_waymark && error.detail.starts_with(prefix_of(what))) return what;
  return Between::nothing;
}

std::string_view seen_of(const Error& error) {
  auto what = between(error);
  std::string_view detail = error.detail;
  return what == Between::nothing ? detail : detail.substr(prefix_of(what).size());
}

bool is_of_a_portal(long status, std::string_view content_type) {
  if (status == 511) return true;
  if (status >= 300 && status < 400 && status != 304) return true;
  return status < 500 && lower(content_type.substr(0, 9)) == "text/html";
}

std::string host_of(std::string_view url) {
  auto begin = url.find("://");
  if (begin == std::string_view::npos) return {};
  auto rest = url.substr(begin + 3);
  rest = rest.substr(0, rest.find('/'));
  if (!rest.empty() && rest.front() == '[') return lower(rest.substr(1, rest.find(']') - 1));
  return lower(rest.substr(0, rest.rfind(':')));
}

bool is_near(const std::string& host) {
  std::array<unsigned char, 16> six{};
  std::array<unsigned char, 4> four{};
  if (::inet_pton(AF_INET, host.c_str(), four.data()) == 1)
    return four[0] == 10 || four[0] == 127 || (four[0] == 172 && (four[1] & 0xF0) == 16) ||
           (four[0] == 192 && four[1] == 168) || (four[0] == 169 && four[1] == 254);
  if (::inet_pton(AF_INET6, host.c_str(), six.data()) == 1)
    return (six[0] & 0xFE) == 0xFC || (six[0] == 0xFE && (six[1] & 0xC0) == 0x80) || host == "::1";
  return host.find('.') == std::string::npos || host.ends_with(".local");
}

ProxySettings proxies_of_environment() {
  auto first = [](std::initializer_list<const char*> names) {
    for (const char* name : names)
      if (const char* value = std::getenv(name); value && *value) return std::string(value);
    return std::string();
  };
  return {first({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}), first({"no_proxy", "NO_PROXY"})};
}

bool has_other_way(const ProxySettings& proxies, std::string_view url, const Error& why) {
  bool no_way =
      why.code == Code::offline || why.code == Code::not_waymark || why.code == Code::identity_changed;
  return no_way && !proxies.proxy.empty() && url.starts_with("https://") && !is_near(host_of(url));
}

const Error& says_more(const Error& first_way, const Error& other_way) {
  bool first = other_way.code == Code::offline || first_way.code == Code::identity_changed;
  return first ? first_way : other_way;
}

}  // namespace waymark
