#include "tests/fuzz/targets.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "client/app/drawing.hpp"
#include "client/app/picture.hpp"
#include "shared/base/sealed_box.hpp"
#include "shared/base/text.hpp"
#include "shared/domain/pathway.hpp"
#include "shared/record/op.hpp"
#include "shared/wire/batch.hpp"
#include "shared/wire/bodies.hpp"
#include "shared/wire/bundle.hpp"
#include "shared/wire/carried_file.hpp"
#include "shared/wire/compress.hpp"
#include "shared/wire/events.hpp"
#include "shared/wire/joining.hpp"
#include "shared/wire/messages.hpp"
#include "shared/wire/news.hpp"
#include "shared/wire/pack.hpp"
#include "shared/wire/starter.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/http/ranges.hpp"
#include "sync-server/import/roster_files.hpp"
#include "sync-server/import/table.hpp"

namespace waymark::fuzz {

void promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

namespace {

void op(std::string_view bytes) {
  auto read = record::parse_op(bytes);
  if (!read) return;
  promise(record::canonical(*read) == bytes, "an op's canonical form is the bytes it was read from");
  promise(record::check(*read).has_value(), "an op that was read keeps every limit");
}

void stub(std::string_view bytes) {
  if (auto read = record::parse_stub(bytes))
    promise(record::canonical(*read) == bytes, "a stub's canonical form is the bytes it was read from");
}

void request(std::string_view bytes) {
  auto read = wire::decode_request(bytes);
  if (!read) return;
  promise(read->ops.size() <= wire::ops_per_request_max, "no more ops than a request may have");
  const auto written = wire::encode(*read);
  auto again = wire::decode_request(written);
  // Written anew a header can be longer, since what may be left out is written.
  if (!again) return promise(again.error().code == Code::too_large, "a request that was read can be written");
  promise(wire::encode(*again) == written, "a request is the same after a second journey");
}

void reply(std::string_view bytes) {
  auto read = wire::decode_reply(bytes);
  if (!read) return;
  const auto written = wire::encode(*read);
  auto again = wire::decode_reply(written);
  if (!again) return promise(again.error().code == Code::too_large, "a reply that was read can be written");
  promise(wire::encode(*again) == written, "a reply is the same after a second journey");
}

void have(std::string_view bytes) {
  auto read = wire::decode_have(bytes);
  if (!read) return;
  promise(read->size() <= wire::have_ids_max, "no more ids than may be asked for");
  auto again = wire::decode_have(wire::encode_have(*read));
  promise(again && *again == *read, "a list of ids is the same after a second journey");
}

// The school of the golden files, to whom they are sealed.
const SecretKey& golden_school() {
  static const SecretKey key{sha256(as_bytes("golden seed school"))};
  return key;
}

void bundle(std::string_view bytes) {
  auto read = wire::open_bundle(bytes, golden_school());
  if (!read) return;
  for (const auto& item : read->items)
    promise(item.body.size() < wire::bundle_item_bytes_max, "an item is within its bound");
  // What was read can be written, and is the same when it is read again.
  auto written = wire::seal_bundle(public_key(golden_school()), golden_school(), read->items);
  promise(written.has_value(), "a bundle that was read can be written");
  auto again = wire::open_bundle(*written, golden_school());
  promise(again && again->whole && again->items.size() == read->items.size(), "a bundle comes back whole");
  for (std::size_t i = 0; i < read->items.size(); i++)
    promise(again->items[i].kind == read->items[i].kind && again->items[i].body == read->items[i].body,
            "an item is the same after a second journey");
}

void batch(std::string_view bytes) {
  const auto identity = public_key(golden_school());
  auto ids = wire::read_batch_ids(bytes);
  promise(!ids || ids->size() <= wire::ops_per_request_max, "no more ops than a batch may have");
  for (const auto* secret : {static_cast<const SecretKey*>(nullptr), &golden_school()})
    if (auto read = wire::decode_batch(bytes, {identity, secret}))
      promise(ids && *ids == read->batch.ids && read->batch.ops.size() == ids->size(),
              "a batch has the ops that it names");
  (void)wire::read_certificate(bytes);
  if (auto read = wire::decode_acknowledgement(bytes, identity)) {
    auto again = wire::decode_acknowledgement(wire::encode(*read, golden_school()), identity);
    promise(again && again->at.n == read->at.n && again->refused.size() == read->refused.size(),
            "an acknowledgement is the same after a second journey");
  }
}

void introduction(std::string_view bytes) {
  (void)wire::open_introduction(bytes, golden_school());
  // What comes out of a box may be anything too.
  auto box = seal_to(public_key(golden_school()), as_bytes(bytes));
  promise(box.has_value(), "any bytes can be sealed");
  auto read = wire::open_introduction(to_hex(*box), golden_school());
  if (!read) return;
  auto again = wire::seal(*read, public_key(golden_school()));
  promise(again.has_value(), "an introduction that was read can be written");
  auto back = wire::open_introduction(*again, golden_school());
  if (!back) return promise(back.error().code == Code::too_large, "it can be read again");
  promise(back->card == read->card && back->pin == read->pin && back->key == read->key,
          "an introduction is the same after a second journey");
}

void news(std::string_view bytes) {
  if (auto read = wire::decode_news(bytes)) {
    const auto written = wire::encode(*read);
    auto again = wire::decode_news(written);
    if (!again) return promise(again.error().code == Code::too_large, "news that were read can be written");
    promise(wire::encode(*again) == written, "news are the same after a second journey");
  }
  if (auto read = wire::decode_reading(bytes)) {
    promise(read->asked.ops.empty() && read->asked.returned.empty(), "a reading pushes nothing");
    const auto written = wire::encode(*read);
    auto again = wire::decode_reading(written);
    if (!again) return promise(again.error().code == Code::too_large, "a reading can be written");
    promise(wire::encode(*again) == written, "a reading is the same after a second journey");
  }
  if (auto read = wire::decode_piece(bytes)) {
    promise(read->bytes.size() <= wire::carried_piece_bytes_max, "a piece is within its bound");
    auto again = wire::decode_piece(wire::encode(*read));
    promise(again && again->bytes == read->bytes && again->from == read->from, "a piece is the same");
    wire::PieceJoiner joiner;
    if (auto whole = joiner.add(*read); whole && *whole)
      promise(to_hex(sha256(as_bytes(joiner.take().bytes))) == read->hash, "a whole file is what it says");
  }
  if (auto read = wire::decode_files(bytes)) {
    const auto written = wire::encode(*read);
    auto again = wire::decode_files(written);
    if (!again) return promise(again.error().code == Code::too_large, "a list of files can be written");
    promise(wire::encode(*again) == written, "a list of files is the same after a second journey");
  }
  if (auto read = wire::decode_problem(bytes))
    promise(wire::decode_problem(wire::encode(*read))->code == read->code, "a problem is the same");
}

void starter(std::string_view bytes) {
  auto head = wire::read_starter(bytes);
  if (!head) return;
  promise(head->entries.size() <= wire::starter_entries_max, "no more entries than a starter may have");
  // A card's key is slow on purpose: one is tried where something may come of it.
  if (head->entries.empty() || bytes.size() < 1000 || bytes.size() % 64 != 0) return;
  auto opened = wire::open_starter(*head, "ABCD2345");
  promise(!opened || opened->entry.addresses.size() <= wire::starter_addresses_max,
          "no more addresses than an entry may have");
}

void pack(std::string_view bytes) {
  constexpr std::size_t max = 64 * 1024;
  if (auto text = wire::unpack(bytes, max))
    promise(text->size() <= max, "no more comes out than was allowed");
  if (bytes.empty() || bytes.front() != '{') return;
  auto back = wire::unpack(wire::pack(bytes, bytes.size() % 2 == 1), bytes.size());
  promise(back && *back == bytes, "what was packed comes out as it was");
}

void expand(std::string_view bytes) {
  constexpr std::size_t max = 64 * 1024;
  if (auto out = wire::expand(bytes, max)) promise(out->size() <= max, "no more comes out than was allowed");
  auto back = wire::expand(wire::compress(bytes), bytes.size());
  promise(back && *back == bytes, "what was compressed comes out as it was");
}

void pathway(std::string_view bytes) {
  auto content = domain::to_content(bytes);
  promise(content.has_value() == domain::parse_pathway(bytes).has_value(), "what can be kept can be read");
  if (!content) return;
  auto again = domain::to_content(*content);
  promise(again && *again == *content, "a pathway's content is the same when it is kept again");
}

void code(std::string_view bytes) {
  for (auto length : {wire::card_code_length, wire::computer_code_length}) {
    auto read = wire::read_code(bytes, length);
    if (!read) continue;
    auto again = wire::read_code(wire::grouped(*read), length);
    promise(again && *again == *read, "a code is the same when it is typed as it was printed");
  }
}

void http(std::string_view bytes) {
  for (bool plus : {false, true})
    if (auto text = http::percent_decode(bytes, plus))
      promise(valid_utf8(*text) && text->find('\0') == std::string::npos, "what was decoded is text");
  (void)http::parse_query(bytes);
  http::Request asked;
  asked.headers["cookie"] = std::string(bytes);
  asked.headers["authorization"] = std::string(bytes);
  (void)asked.cookie("session");
  (void)asked.bearer();
  for (std::size_t body : {0, 1, 100}) {
    auto piece = http::read_content_range(bytes, body);
    promise(!piece || (piece->from >= 0 && piece->from + static_cast<std::int64_t>(body) <= piece->total),
            "a piece lies within its file");
  }
  for (std::int64_t total : {1, 1000}) {
    auto range = http::read_range(bytes, total);
    promise(!range || (range->from >= 0 && range->to < total), "a range ends within its file");
  }
}

void table(std::string_view bytes) {
  constexpr std::array<std::string_view, 8> columns{"sourcedId", "status",  "dateLastModified", "enabledUser",
                                                    "username",  "userIds", "givenName",        "familyName"};
  server::Findings findings;
  server::Table read;
  const server::TableShape shape{"users", columns, std::span(columns).first(1)};
  if (!server::read_table("users.csv", bytes, shape, findings, read)) return;
  promise(read.rows.size() <= server::table_rows_max, "no more rows than a table may have");
  promise(read.rows.size() == read.numbers.size(), "each row knows its number");
  for (std::size_t row = 0; row < read.rows.size(); row++)
    for (auto column : columns) {
      const auto& cell = read.cell(row, column);
      promise(cell.size() <= server::table_cell_bytes_max && valid_utf8(cell),
              "a cell is text within its bound");
    }
}

void zip(std::string_view bytes) {
  server::Findings findings;
  auto read = server::read_roster_zip(bytes, findings);
  if (!read) return;
  std::size_t all = 0;
  for (const auto& [name, file] : read->bytes) all += file.size();
  promise(all <= server::roster_bytes_max, "no more comes out of an archive than was allowed");
}

// A body that is read writes and reads back the same.
template <class Read, class Write>
void same_again(std::string_view bytes, Read read, Write write, const char* what) {
  auto value = read(bytes);
  if (!value) return;
  const auto written = write(*value);
  auto again = read(written);
  promise(again && write(*again) == written, what);
}

void bodies(std::string_view bytes) {
  auto answer = [](const auto& value) { return wire::encode_answer(value); };
  same_again(bytes, wire::decode_hello, wire::encode_hello, "a hello is the same again");
  same_again(bytes, wire::decode_join, wire::encode_join, "a step of joining is the same again");
  same_again(bytes, wire::decode_begun, answer, "a begun joining is the same again");
  same_again(bytes, wire::decode_computer_joined, answer, "a joined computer is the same again");
  same_again(bytes, wire::decode_card_read, answer, "what a card needs is the same again");
  same_again(bytes, wire::decode_signed_in, answer, "who signed in is the same again");
  same_again(bytes, wire::decode_came_back, answer, "who came back is the same again");
  same_again(bytes, wire::decode_names_answer, wire::encode_parcel_news,
             "news of parcels are the same again");
  for (const char* member : {"files", "parcels"})
    same_again(
        bytes, [&](std::string_view text) { return wire::decode_names(member, text); },
        [&](const auto& names) {
          promise(names.size() <= wire::names_max, "no more names than may be asked for");
          return wire::encode_names(member, names);
        },
        "a question about files is the same again");
  if (auto told = wire::decode_error(bytes)) promise(!told->code.empty(), "an error has a code");
}

void events(std::string_view bytes) {
  wire::Heads heads, in_pieces;
  wire::EventReader reader, slow;
  const bool good = reader.read(bytes, heads);
  promise(heads.size() <= wire::heads_max, "no more streams than may be told of");
  bool slow_good = true;
  for (std::size_t at = 0; at < bytes.size() && slow_good; at += 3)
    slow_good = slow.read(bytes.substr(at, 3), in_pieces);
  promise(good == slow_good, "pieces make no difference");
  if (!good) return;
  promise(heads == in_pieces, "pieces make no difference to what is told");
  std::string written;
  for (const auto& [stream, head] : heads) written += wire::encode_event(stream, head);
  wire::Heads again;
  wire::EventReader fresh;
  promise(fresh.read(written, again) && again == heads, "events are the same again");
}

void picture(std::string_view text) {
  const auto bytes = as_bytes(text);
  const auto turn = app::exif_orientation(bytes);
  promise(turn >= 1 && turn <= 8, "a picture is turned in one of eight ways");
  (void)app::picture_form(bytes);
  auto told = app::pixels_told(bytes);
  constexpr std::int64_t pixels_max = 1'000'000;  // more than that takes its time
  if (!told || *told > pixels_max) return;
  auto read = app::decode(bytes);
  if (!read) return;
  auto wanted = std::size_t{1} * static_cast<std::size_t>(read->width) *
                static_cast<std::size_t>(read->height) * static_cast<std::size_t>(read->channels);
  promise(read->pixels.size() == wanted, "a picture has all its pixels");
  auto small = app::fitted(*read, 64);
  promise(small.width <= 64 && small.height <= 64, "a picture is fitted");
  auto again = app::encode_png(small);
  promise(again.has_value() && app::decode(*again).has_value(), "a picture that was read can be written");
}

// A draft's strokes, as a pen made them.
void drawing(std::string_view bytes) {
  const auto strokes = app::read_drawing(bytes);
  std::string written;
  for (const auto& stroke : strokes) {
    promise(!stroke.points.empty() && stroke.points.size() <= app::stroke_points_max,
            "a stroke has points within their bound");
    promise(stroke.thick() > 0, "a stroke's pen is one that there is");
    for (const auto& point : stroke.points)
      promise(point.x >= 0 && point.x <= app::drawing_width && point.y >= 0 && point.y <= app::drawing_height,
              "a point lies on its page");
    written += app::text_of(stroke);
  }
  promise(written.size() <= bytes.size(), "a drawing does not grow by being read");
  const auto again = app::read_drawing(written);
  promise(again.size() == strokes.size(), "a drawing has every stroke after a second journey");
  std::string twice;
  for (const auto& stroke : again) twice += app::text_of(stroke);
  promise(twice == written, "a drawing is the same after a second journey");
  if (!again.empty())
    promise(app::read_drawing(app::drawing_undone(written)) ==
                std::vector<app::PenStroke>(again.begin(), again.end() - 1),
            "what is undone is the last stroke");
  (void)app::drawing_undone(bytes);
  std::string kept;
  for (const auto& [name, piece] : app::drawing_parts(bytes))
    if (name != "length") kept += piece;
  promise(kept == bytes.substr(0, app::drawing_bytes_max), "a draft keeps the whole drawing");
  // The picture takes its time, and longer the longer its strokes are.
  if (strokes.empty() || strokes.size() > 8 || bytes.size() > 300 || bytes.size() % 8 != 0) return;
  const auto picture = app::picture_of(strokes);
  promise(picture.pixels.size() == std::size_t{3} * app::drawing_width * app::drawing_height,
          "a drawing's picture has all its pixels");
}

constexpr std::array all{Target{"op", op, "golden/ops"},
                         Target{"stub", stub, "golden/stubs"},
                         Target{"request", request, "golden/requests"},
                         Target{"reply", reply, "golden/replies"},
                         Target{"have", have, ""},
                         Target{"bundle", bundle, "golden/bundles"},
                         Target{"batch", batch, "golden/batches"},
                         Target{"introduction", introduction, "golden/introductions"},
                         Target{"news", news, "golden/news"},
                         Target{"starter", starter, "golden/starters"},
                         Target{"pack", pack, "golden/requests"},
                         Target{"expand", expand, "golden/requests"},
                         Target{"pathway", pathway, "../../assets/sample/pathways"},
                         Target{"code", code, ""},
                         Target{"http", http, ""},
                         Target{"table", table, "oneroster/faults"},
                         Target{"zip", zip, ""},
                         Target{"bodies", bodies, "golden/bodies"},
                         Target{"events", events, "golden/events"},
                         Target{"picture", picture, ""},
                         Target{"drawing", drawing, ""}};

}  // namespace

std::span<const Target> targets() {
  static const std::vector<Target> every = [] {
    // What is written durably is written to memory where there is such a folder: no run waits for a disk.
    if (std::filesystem::is_directory("/dev/shm")) setenv("TMPDIR", "/dev/shm", 0);
    std::vector<Target> list(all.begin(), all.end());
    for (auto more : {school_targets(), kept_targets()}) list.insert(list.end(), more.begin(), more.end());
    return list;
  }();
  return every;
}

const Target* find(std::string_view name) {
  for (const auto& target : targets())
    if (target.name == name) return &target;
  return nullptr;
}

}  // namespace waymark::fuzz
