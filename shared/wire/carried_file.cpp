#include "shared/wire/carried_file.hpp"

#include <utility>

#include "shared/base/hash.hpp"
#include "shared/wire/header.hpp"

namespace waymark::wire {
namespace {

bool is_file_name(std::string_view hash) { return hash.size() == 64 && from_hex(hash).has_value(); }

void read_names(Members& in, const char* name, std::vector<std::string>& names) {
  in.array(name, carried_names_max, [&](const json& item) {
    if (!item.is_string() || !is_file_name(item.get_ref<const std::string&>())) return in.fail(name);
    names.push_back(item.get<std::string>());
  });
}

}  // namespace

std::string encode(const CarriedPiece& piece) {
  return finish({{"v", protocol_version},
                 {"s", piece.stream},
                 {"file", piece.hash},
                 {"mime", piece.mime},
                 {"from", piece.from},
                 {"total", piece.total}}) +
         piece.bytes;
}

Result<CarriedPiece> decode_piece(std::string_view bytes) {
  auto end = bytes.find('\n');
  if (end == std::string_view::npos) return Error{Code::malformed, "no header line"};
  WAYMARK_TRY(header, parse_header(bytes.substr(0, end)));
  Members in(header);
  CarriedPiece piece;
  piece.stream = in.text("s");
  piece.hash = in.text("file");
  piece.mime = in.text("mime", "");
  piece.from = in.integer("from");
  piece.total = in.integer("total");
  WAYMARK_CHECK(in.status());
  auto body = bytes.substr(end + 1);
  if (body.size() > carried_piece_bytes_max || piece.total > carried_file_bytes_max)
    return Error{Code::too_large, "a piece of over 4 MiB, or a file of over 20 MB"};
  if (!record::valid_stream(piece.stream) || !is_file_name(piece.hash) || piece.from < 0 || piece.total < 0 ||
      piece.from > piece.total || static_cast<std::int64_t>(body.size()) > piece.total - piece.from ||
      (body.empty() && piece.total > 0))
    return Error{Code::malformed, "no piece of a file"};
  piece.bytes = body;
  return piece;
}

std::string encode(const CarriedFiles& files) {
  json header = {{"v", protocol_version}, {"round", files.round}, {"replica", files.replica}};
  header["streams"] = json::array();
  for (const auto& names : files.streams) {
    json item = {{"s", names.stream}};
    if (!names.has.empty()) item["has"] = names.has;
    if (!names.lacks.empty()) item["lacks"] = names.lacks;
    header["streams"].push_back(std::move(item));
  }
  return finish(header);
}

Result<CarriedFiles> decode_files(std::string_view bytes) {
  WAYMARK_TRY(message, split(bytes));
  Members in(message.header);
  CarriedFiles files;
  files.round = in.integer("round");
  files.replica = in.id<ReplicaId>("replica").hex();
  in.array("streams", streams_max, [&](const json& item) {
    Members inner(item);
    CarriedNames names;
    names.stream = inner.text("s");
    read_names(inner, "has", names.has);
    read_names(inner, "lacks", names.lacks);
    if (!record::valid_stream(names.stream)) inner.fail("streams");
    in.adopt(inner);
    files.streams.push_back(std::move(names));
  });
  if (files.round < 0) in.fail("round");
  WAYMARK_CHECK(in.status());
  if (!message.rest.empty()) return Error{Code::malformed, "more lines than one"};
  return files;
}

Result<bool> PieceJoiner::add(CarriedPiece piece) {
  bool follows = total_ == piece.total && whole_.hash == piece.hash && whole_.stream == piece.stream &&
                 static_cast<std::int64_t>(whole_.bytes.size()) == piece.from;
  if (piece.from != 0 && !follows) {
    total_ = -1;
    return Error{Code::malformed, "a piece that does not follow the one before it"};
  }
  if (piece.from == 0) {
    whole_ = {std::move(piece.stream), std::move(piece.hash), std::move(piece.mime), std::move(piece.bytes)};
    total_ = piece.total;
  } else {
    whole_.bytes += piece.bytes;
  }
  if (static_cast<std::int64_t>(whole_.bytes.size()) < total_) return false;
  total_ = -1;
  if (to_hex(sha256(as_bytes(whole_.bytes))) != whole_.hash)
    return Error{Code::wrong_id, "the file is not what its name says"};
  return true;
}

}  // namespace waymark::wire
