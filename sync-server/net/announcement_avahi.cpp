// The announcement by the Avahi daemon. It waits for one that is not there yet, announces again to one that
// started again, and takes another name where its own is taken.
#include <avahi-client/client.h>
#include <avahi-client/publish.h>
#include <avahi-common/alternative.h>
#include <avahi-common/error.h>
#include <avahi-common/malloc.h>
#include <avahi-common/strlst.h>
#include <avahi-common/thread-watch.h>
#include <sys/time.h>

#include "sync-server/net/announcement.hpp"

namespace waymark::server::net {
namespace {

constexpr const char* kService = "_waymark._tcp";
constexpr std::size_t kNameBytesMax = 63;  // a label of DNS
constexpr long kTryAgainSeconds = 30;

// Everything but start and end runs on the poll's own thread.
class AvahiAnnouncement final : public Announcement {
 public:
  AvahiAnnouncement(const std::string& school, const std::string& identity, std::uint16_t port,
                    std::function<void(const std::string&)> said)
      : name_(cut_name(school, kNameBytesMax)),
        port_(port),
        said_(std::move(said)),
        poll_(avahi_threaded_poll_new()) {
    for (const auto& text : announced_texts(school, identity))
      texts_ = avahi_string_list_add(texts_, text.c_str());
    if (!poll_) return;
    connect();
    if (avahi_threaded_poll_start(poll_) < 0) end();
  }
  ~AvahiAnnouncement() override {
    if (poll_) {
      avahi_threaded_poll_stop(poll_);
      end();
    }
    avahi_string_list_free(texts_);
  }

 private:
  void end() {
    disconnect();
    avahi_threaded_poll_free(poll_);
    poll_ = nullptr;
  }
  void connect() {
    int error = 0;
    client_ = avahi_client_new(avahi_threaded_poll_get(poll_), AVAHI_CLIENT_NO_FAIL, on_client, this, &error);
    if (!client_) connect_later();  // no bus to a daemon
  }
  void disconnect() {
    group_ = nullptr;  // goes with the client
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
            auto& me = *static_cast<AvahiAnnouncement*>(user);
            avahi_threaded_poll_get(me.poll_)->timeout_update(timeout, nullptr);
            me.disconnect();
            me.connect();
          },
          this);
  }

  void announce(AvahiClient* client) {
    if (!group_) group_ = avahi_entry_group_new(client, on_group, this);
    if (!group_) return connect_later();
    for (int turn = 0; turn < 10; turn++) {
      int code = avahi_entry_group_add_service_strlst(group_, AVAHI_IF_UNSPEC, AVAHI_PROTO_UNSPEC,
                                                      AvahiPublishFlags(0), name_.c_str(), kService, nullptr,
                                                      nullptr, port_, texts_);
      if (code == AVAHI_OK) {
        avahi_entry_group_commit(group_);
        return;
      }
      if (code != AVAHI_ERR_COLLISION) return;
      another_name();
    }
  }
  void another_name() {
    char* other = avahi_alternative_service_name(name_.c_str());
    if (other) name_ = other;
    avahi_free(other);
    if (group_) avahi_entry_group_reset(group_);
  }

  // Called from within avahi_client_new too.
  static void on_client(AvahiClient* client, AvahiClientState state, void* user) {
    auto& me = *static_cast<AvahiAnnouncement*>(user);
    switch (state) {
      case AVAHI_CLIENT_S_RUNNING:
        me.announce(client);
        break;
      case AVAHI_CLIENT_S_COLLISION:
      case AVAHI_CLIENT_S_REGISTERING:  // this computer's own name changes
        if (me.group_) avahi_entry_group_reset(me.group_);
        break;
      case AVAHI_CLIENT_FAILURE:  // the daemon ended
        me.connect_later();
        break;
      case AVAHI_CLIENT_CONNECTING:
        break;
    }
  }
  static void on_group(AvahiEntryGroup* group, AvahiEntryGroupState state, void* user) {
    auto& me = *static_cast<AvahiAnnouncement*>(user);
    me.group_ = group;
    if (state == AVAHI_ENTRY_GROUP_ESTABLISHED && me.said_) me.said_(me.name_);
    if (state == AVAHI_ENTRY_GROUP_COLLISION) {
      me.another_name();
      me.announce(avahi_entry_group_get_client(group));
    }
  }

  std::string name_;
  AvahiStringList* texts_ = nullptr;
  const std::uint16_t port_;
  std::function<void(const std::string&)> said_;
  AvahiThreadedPoll* poll_ = nullptr;
  AvahiClient* client_ = nullptr;
  AvahiEntryGroup* group_ = nullptr;
  AvahiTimeout* later_ = nullptr;  // belongs to the poll
};

}  // namespace

std::unique_ptr<Announcement> Announcement::start(const std::string& school, const std::string& identity,
                                                  std::uint16_t port,
                                                  std::function<void(const std::string&)> said) {
  return std::make_unique<AvahiAnnouncement>(school, identity, port, std::move(said));
}

}  // namespace waymark::server::net
