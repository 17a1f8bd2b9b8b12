#include "sync-server/net/announcement.hpp"

namespace waymark::server::net {
namespace {
constexpr std::size_t kTextBytesMax = 200;  // a string of a TXT record has 255
}  // namespace

std::string cut_name(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80) bytes_max--;
  text.resize(bytes_max);
  return text;
}

std::vector<std::string> announced_texts(const std::string& school, const std::string& identity) {
  return {"id=" + identity.substr(0, 16), "school=" + cut_name(school, kTextBytesMax), "v=1"};
}

}  // namespace waymark::server::net
