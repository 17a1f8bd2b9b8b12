// app::Finder by the Avahi daemon: who announces `_waymark._tcp`, with its name, identity and address. It
// waits for a daemon that is not there yet and comes back to one that started again; what strangers announce
// has bounds.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>

#include <avahi-client/client.h>
#include <avahi-client/lookup.h>
#include <avahi-common/address.h>
#include <avahi-common/error.h>
#include <avahi-common/malloc.h>
#include <avahi-common/strlst.h>
#include <avahi-common/thread-watch.h>
#include <sys/time.h>

#include "client/net/finder.hpp"

namespace waymark::net {
namespace {

using app::Announced;

constexpr const char* kService = "_waymark._tcp";
constexpr std::size_t kServicesMax = 64;  // watched at once
constexpr long kTryAgainSeconds = 30;

std::vector<std::string> strings_of(AvahiStringList* texts) {
  std::vector<std::string> all;
  for (; texts; texts = avahi_string_list_get_next(texts))
    all.emplace_back(reinterpret_cast<const char*>(avahi_string_list_get_text(texts)),
                     avahi_string_list_get_size(texts));
  return all;
}

// All but look() and found() run on the poll's own thread, with its lock held.
class AvahiFinder final : public app::Finder {
 public:
  explicit AvahiFinder(std::function<void()> arrived) : arrived_(std::move(arrived)) {}
  ~AvahiFinder() override { stop(); }

  void look(bool on) override {
    if (on == (poll_ != nullptr)) return;
    if (!on) return stop();
    poll_ = avahi_threaded_poll_new();
    if (!poll_) return;
    connect();
    if (avahi_threaded_poll_start(poll_) < 0) stop();
  }

  std::vector<Announced> found() override {
    std::vector<Announced> list;
    if (!poll_) return list;
    avahi_threaded_poll_lock(poll_);
    for (const auto& [key, service] : services_)
      if (!service.announced.address.empty()) list.push_back(service.announced);
    avahi_threaded_poll_unlock(poll_);
    // One computer may be heard on several of ours, and over both versions of IP.
    std::sort(list.begin(), list.end(), [](const Announced& a, const Announced& b) {
      return std::tie(a.school, a.address) < std::tie(b.school, b.address);
    });
    list.erase(std::unique(list.begin(), list.end()), list.end());
    if (list.size() > app::announced_max) list.resize(app::announced_max);
    return list;
  }

 private:
  using Key = std::tuple<AvahiIfIndex, AvahiProtocol, std::string>;
  struct Service {
    AvahiServiceResolver* resolver = nullptr;  // kept: it tells when the address changes
    Announced announced;                       // without an address until it is known
  };

  void stop() {
    if (!poll_) return;
    avahi_threaded_poll_stop(poll_);
    disconnect();
    avahi_threaded_poll_free(poll_);
    poll_ = nullptr;
    later_ = nullptr;
  }

  void connect() {
    int error = 0;
    client_ = avahi_client_new(avahi_threaded_poll_get(poll_), AVAHI_CLIENT_NO_FAIL, on_client, this, &error);
    if (!client_) connect_later();  // no bus to a daemon
  }
  void disconnect() {
    services_.clear();  // their resolvers and the browser go with the client
    browser_ = nullptr;
    if (client_) avahi_client_free(client_);
    client_ = nullptr;
  }
  void connect_later() {
    const auto* api = avahi_threaded_poll_get(poll_);
    timeval at{};
    ::gettimeofday(&at, nullptr);
    at.tv_sec += kTryAgainSeconds;
    if (later_)
      api->timeout_update(later_, &at);
    else
      later_ = api->timeout_new(
          api, &at,
          [](AvahiTimeout* timeout, void* user) {
            auto& me = *static_cast<AvahiFinder*>(user);
            avahi_threaded_poll_get(me.poll_)->timeout_update(timeout, nullptr);
            me.disconnect();
            me.connect();
          },
          this);
  }

  static void on_client(AvahiClient* client, AvahiClientState state, void* user) {
    auto& me = *static_cast<AvahiFinder*>(user);
    // Called from within avahi_client_new too.
    if (state == AVAHI_CLIENT_S_RUNNING && !me.browser_)
      me.browser_ = avahi_service_browser_new(client, AVAHI_IF_UNSPEC, AVAHI_PROTO_UNSPEC, kService, nullptr,
                                              AvahiLookupFlags(0), on_service, user);
    if (state == AVAHI_CLIENT_FAILURE) me.connect_later();  // the daemon ended
  }

  static void on_service(AvahiServiceBrowser* browser, AvahiIfIndex interface, AvahiProtocol protocol,
                         AvahiBrowserEvent event, const char* name, const char* type, const char* domain,
                         AvahiLookupResultFlags, void* user) {
    auto& me = *static_cast<AvahiFinder*>(user);
    if (event != AVAHI_BROWSER_NEW && event != AVAHI_BROWSER_REMOVE) return;
    Key key{interface, protocol, name};
    if (auto known = me.services_.find(key); known != me.services_.end()) {
      avahi_service_resolver_free(known->second.resolver);
      me.services_.erase(known);
      if (me.arrived_) me.arrived_();
    }
    if (event != AVAHI_BROWSER_NEW || me.services_.size() >= kServicesMax) return;
    auto* resolver =
        avahi_service_resolver_new(avahi_service_browser_get_client(browser), interface, protocol, name, type,
                                   domain, AVAHI_PROTO_UNSPEC, AvahiLookupFlags(0), on_resolved, user);
    if (resolver) me.services_.emplace(std::move(key), Service{resolver, {}});
  }

  static void on_resolved(AvahiServiceResolver* resolver, AvahiIfIndex, AvahiProtocol,
                          AvahiResolverEvent event, const char*, const char*, const char*, const char*,
                          const AvahiAddress* address, std::uint16_t port, AvahiStringList* texts,
                          AvahiLookupResultFlags, void* user) {
    auto& me = *static_cast<AvahiFinder*>(user);
    auto found = std::find_if(me.services_.begin(), me.services_.end(),
                              [&](const auto& entry) { return entry.second.resolver == resolver; });
    if (found == me.services_.end()) return;
    auto& announced = found->second.announced;
    announced = {};
    std::array<char, AVAHI_ADDRESS_STR_MAX> text{};
    if (event == AVAHI_RESOLVER_FOUND && address &&
        avahi_address_snprint(text.data(), text.size(), address)) {
      bool six = address->proto == AVAHI_PROTO_INET6;
      bool here_only = six && (std::string_view(text.data()).starts_with("fe80:"));  // would want a zone
      if (!here_only) {
        auto host = six ? "[" + std::string(text.data()) + "]" : std::string(text.data());
        auto read = read_announcement(strings_of(texts), "https://" + host + ":" + std::to_string(port));
        if (read) announced = std::move(*read);
      }
    }
    if (me.arrived_) me.arrived_();
  }

  std::function<void()> arrived_;
  AvahiThreadedPoll* poll_ = nullptr;
  AvahiClient* client_ = nullptr;
  AvahiServiceBrowser* browser_ = nullptr;
  AvahiTimeout* later_ = nullptr;  // belongs to the poll
  std::map<Key, Service> services_;
};

}  // namespace

std::unique_ptr<app::Finder> make_finder(std::function<void()> arrived) {
  return std::make_unique<AvahiFinder>(std::move(arrived));
}

}  // namespace waymark::net
