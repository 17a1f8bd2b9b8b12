#include "client/app/starter.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include <unistd.h>

#include "client/app/records.hpp"
#include "shared/store/files.hpp"
#include "shared/sync/session.hpp"
#include "shared/wire/news.hpp"

namespace waymark::app {
namespace {

namespace fs = std::filesystem;

std::string copy_of(const Computer& computer) {
  return computer.data() + "/starter" + std::string(starter_ending);
}

// What people call this computer.
std::string own_name() {
  std::array<char, 65> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "?";
  return name.data();
}

// The school signed every page; another student of the class, who knows the key too, could not.
bool sealed_by(const PublicKey& identity, const wire::StreamPage& page) {
  auto items = wire::seal_items(page);
  if (items.empty()) return true;
  auto seal = from_hex(page.seal);
  return seal && verify(identity, as_bytes(wire::seal_message(page.stream, items)), *seal);
}

}  // namespace

std::optional<std::string> starter_of(const Computer& computer) {
  std::error_code error;
  auto path = copy_of(computer);
  if (!fs::is_regular_file(path, error)) return {};
  return path;
}

std::vector<std::string> starters_in(const std::string& folder) {
  std::vector<std::string> found;
  for (const auto& place : {folder, folder + "/WAYMARK"}) {
    std::error_code error;
    for (auto entry = fs::directory_iterator(place, error); !error && entry != fs::directory_iterator();
         entry.increment(error))
      if (entry->path().extension() == starter_ending) found.push_back(entry->path().string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

Status keep_starter(Computer& computer, Random& random, const std::string& path) {
  WAYMARK_TRY(bytes, store::read_whole(path, wire::starter_bytes_max));
  WAYMARK_TRY(head, wire::read_starter(bytes));
  WAYMARK_CHECK(store::write_durably(copy_of(computer), bytes));
  std::array<std::uint8_t, 16> id;
  random.fill(id);
  return computer.change([&](ComputerState& state) {
    state.starter = true;
    if (state.school.empty()) state.school = head.school;
    if (state.id.empty()) state.id = to_hex(id);
    if (state.name.empty()) state.name = own_name();
  });
}

Result<wire::OpenedStarter> open_with_card(const Computer& computer, std::string_view card) {
  auto path = starter_of(computer);
  if (!path) return Error{Code::not_found, "this computer has no starter"};
  WAYMARK_TRY(bytes, store::read_whole(*path, wire::starter_bytes_max));
  WAYMARK_TRY(head, wire::read_starter(bytes));
  WAYMARK_TRY(opened, wire::open_starter(head, card));
  const auto& known = computer.state().identity;
  if (!known.empty() && known != to_hex(opened.entry.identity.bytes))
    return Error{Code::identity_changed, "the starter is of another school than this computer's"};
  return opened;
}

Status fill_records(const std::string& folder, const wire::OpenedStarter& starter, Clock& clock,
                    Random& random) {
  WAYMARK_TRY(records, Records::open(folder, starter.entry.person, clock, random));
  auto& store = records->store();
  WAYMARK_TRY(readings, store.readings());
  if (!readings.empty()) return {};
  sync::Session session(store);
  const auto& grants = starter.entry.grants;
  auto access_of = [&](const std::string& stream) -> std::optional<AccessId> {
    auto found =
        std::find_if(grants.begin(), grants.end(), [&](const auto& g) { return g.stream == stream; });
    if (found == grants.end()) return {};
    return found->access;
  };
  bool first = true;
  auto take = [&](wire::News news) -> Status {
    news.round = 0;
    news.asked.replica = store.replica();
    for (auto& cursor : news.asked.cursors)
      if (auto access = access_of(cursor.stream)) cursor.access = *access;
    news.reply.granted.clear();
    news.reply.ended.clear();
    if (first) news.reply.granted = grants;
    first = false;
    std::erase_if(news.reply.pages, [&](const wire::StreamPage& page) {
      return !access_of(page.stream) || !sealed_by(starter.entry.identity, page);
    });
    WAYMARK_TRY(lines, session.on_news(wire::encode(news)));
    (void)lines;
    return {};
  };
  for (const auto& item : starter.news) {
    WAYMARK_TRY(news, wire::decode_news(item));
    WAYMARK_CHECK(take(std::move(news)));
  }
  // A file that breaks off has at least told what may be read.
  if (first) {
    wire::News nothing;
    WAYMARK_CHECK(take(std::move(nothing)));
  }
  return {};
}

}  // namespace waymark::app
