#include "sync-server/service/backup.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "shared/base/sealed_stream.hpp"
#include "shared/base/text.hpp"
#include "shared/wire/joining.hpp"

namespace waymark::server {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view kMagic = "waymark backup 1";
constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kPhraseLength = 53;  // 265 bits
constexpr std::size_t kLineMax = 4096;
constexpr std::size_t kNameMax = 1024;

StreamKey stream_key(const SecretKey& identity) { return hmac_sha256(identity.seed, as_bytes(kMagic)); }

Error failed(const std::string& path) {
  return {errno == ENOSPC || errno == EDQUOT ? Code::disk_full : Code::io,
          path + ": " + std::strerror(errno)};
}

// Plain bytes in, encrypted pieces to the disk.
class Sink {
 public:
  Sink(std::ofstream& out, const StreamKey& key) : out_(out), sealer_(key) { raw(sealer_.header()); }
  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      auto room = std::min(sealed_piece_bytes - piece_.size(), bytes.size());
      piece_.append(bytes.substr(0, room));
      bytes.remove_prefix(room);
      if (piece_.size() == sealed_piece_bytes) flush(false);
    }
  }
  void finish() { flush(true); }

 private:
  void flush(bool last) {
    raw(sealer_.seal(as_bytes(piece_), last));
    piece_.clear();
  }
  void raw(ByteView bytes) {
    auto text = as_text(bytes);
    out_.write(text.data(), static_cast<std::streamsize>(text.size()));
  }
  std::ofstream& out_;
  StreamSealer sealer_;
  std::string piece_;
};

// Encrypted pieces from the disk, plain bytes out.
class Source {
 public:
  Source(std::ifstream& in, const StreamKey& key) : in_(in), opener_(key, read(sealed_header_bytes)) {}
  // Up to the line's end, or so many bytes. `malformed` when the stream ends before.
  Result<std::string> line() {
    std::string text;
    for (;;) {
      if (auto end = ready_.find('\n', at_); end != std::string::npos && end - at_ < kLineMax) {
        text += ready_.substr(at_, end - at_);
        at_ = end + 1;
        return text;
      }
      text += ready_.substr(at_);
      at_ = ready_.size();
      if (text.size() > kLineMax) return Error{Code::malformed, "a line without an end"};
      WAYMARK_CHECK(more());
    }
  }
  // To nowhere: they are read, and so known to be what was written.
  Status copy_to(std::ofstream* out, std::uint64_t bytes) {
    while (bytes > 0) {
      if (at_ == ready_.size()) WAYMARK_CHECK(more());
      auto size = std::min<std::uint64_t>(bytes, ready_.size() - at_);
      if (out) out->write(ready_.data() + at_, static_cast<std::streamsize>(size));
      if (out && !*out) return Error{Code::disk_full, "the backup could not be unpacked"};
      at_ += size;
      bytes -= size;
    }
    return {};
  }
  // Nothing is left, and it ended where it was meant to.
  Result<bool> ended() {
    while (at_ == ready_.size()) {
      if (last_) return true;
      WAYMARK_CHECK(more());
    }
    return false;
  }

 private:
  Bytes read(std::size_t bytes) {
    Bytes piece(bytes);
    in_.read(reinterpret_cast<char*>(piece.data()), static_cast<std::streamsize>(bytes));
    piece.resize(static_cast<std::size_t>(in_.gcount()));
    return piece;
  }
  Status more() {
    if (last_) return Error{Code::malformed, "the backup ends early"};
    auto piece = read(sealed_piece_bytes + sealed_extra_bytes);
    WAYMARK_TRY(plain, opener_.open(piece, last_));
    ready_ = std::string(as_text(plain));
    at_ = 0;
    return {};
  }
  std::ifstream& in_;
  StreamOpener opener_;
  std::string ready_;
  std::size_t at_ = 0;
  bool last_ = false;
};

// Out of the folder that it is unpacked into: nobody's file is to be overwritten by a name with "..".
bool leads_out(std::string_view name) {
  return name.starts_with('/') || name.find("..") != std::string_view::npos ||
         name.find('\\') != std::string_view::npos || name.find('\0') != std::string_view::npos;
}

// One part after the other. `begin` says where a part of this name goes; nothing: it is read over.
using Begin = std::function<Result<std::ofstream*>(const std::string& name)>;
Status read_parts(std::ifstream& in, const SecretKey& identity, const Begin& begin) {
  Source source(in, stream_key(identity));
  for (;;) {
    WAYMARK_TRY(ended, source.ended());
    if (ended) return {};
    WAYMARK_TRY(line, source.line());
    auto part = json::parse(line, nullptr, false);
    if (!part.is_object() || !part.contains("name") || !part["name"].is_string() || !part.contains("bytes") ||
        !part["bytes"].is_number_unsigned() || leads_out(part["name"].get<std::string>()))
      return Error{Code::malformed, "the backup names a part that backups do not have"};
    auto name = part["name"].get<std::string>();
    std::ofstream* out = nullptr;
    if (fits_backup(name)) {
      WAYMARK_TRY(begun, begin(name));
      out = begun;
    }
    WAYMARK_CHECK(source.copy_to(out, part["bytes"].get<std::uint64_t>()));
    if (out && !out->flush()) return Error{Code::disk_full, "the backup could not be unpacked"};
  }
}

// Up to its line feed; nothing where there is none within a line's bound, however long the file is.
std::string line_of(std::ifstream& in) {
  std::string line;
  for (char c = 0; line.size() <= kLineMax && in.get(c); line += c)
    if (c == '\n') return line;
  return {};
}

Result<json> about_of(std::ifstream& in, const std::string& file) {
  Error strange{Code::malformed, file + " is no backup of Waymark"};
  if (line_of(in) != kMagic) return strange;
  const auto line = line_of(in);
  auto about = json::parse(line, nullptr, false);
  if (!about.is_object() || !about.contains("identity") || !about["identity"].is_string()) return strange;
  return about;
}

// As it stands on the disk now.
Status check_backup(const std::string& file, const SecretKey& identity) {
  std::ifstream in(file, std::ios::binary);
  WAYMARK_TRY(about, about_of(in, file));
  (void)about;
  auto nowhere = [](const std::string&) -> Result<std::ofstream*> { return nullptr; };
  auto read = read_parts(in, identity, nowhere);
  if (!read) return Error{Code::io, file + " cannot be read again: " + read.error().detail};
  return {};
}

}  // namespace

bool fits_backup(std::string_view name) {
  if (name == "school.db" || name == "removals.log") return true;
  return (name.starts_with("files/") || name.starts_with("tls/")) && name.size() <= kNameMax &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~'; }) &&
         !leads_out(name) && name.find("//") == std::string_view::npos;
}

std::string phrase_of(const SecretKey& identity) {
  Bytes bytes(identity.seed.begin(), identity.seed.end());
  bytes.push_back(sha256(identity.seed)[0]);
  bytes.push_back(0);
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (auto byte : bytes) {
    bits = bits << 8 | byte;
    count += 8;
    while (count >= 5) {
      text += kDigits[bits >> (count - 5) & 31];
      count -= 5;
    }
  }
  text.resize(kPhraseLength);
  return wire::grouped(text);
}

Result<SecretKey> key_of_phrase(std::string_view typed) {
  Error wrong{Code::invalid, "this is not a recovery phrase: it has 53 letters and digits in groups of four"};
  auto code = wire::read_code(typed, kPhraseLength);
  if (!code) return wrong;
  Bytes bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (char c : *code) {
    bits = bits << 5 | static_cast<std::uint32_t>(kDigits.find(c));
    count += 5;
    if (count < 8) continue;
    bytes.push_back(static_cast<std::uint8_t>(bits >> (count - 8)));
    count -= 8;
  }
  SecretKey key;
  std::copy_n(bytes.begin(), key.seed.size(), key.seed.begin());
  if (bytes.at(32) != sha256(key.seed)[0])
    return Error{Code::invalid, "the recovery phrase has a slip in it: compare it letter by letter"};
  return key;
}

Status write_backup(const std::string& file, const BackupAbout& about, const SecretKey& identity,
                    const std::vector<BackupPart>& parts) {
  auto beside = file + ".new";
  {
    int made = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (made < 0) return failed(beside);
    ::close(made);
  }
  auto give_up = [&](Error error) {
    std::error_code ignored;
    fs::remove(beside, ignored);
    return error;
  };
  {
    std::ofstream out(beside, std::ios::binary);
    json line = {
        {"school", about.school}, {"identity", to_hex(about.identity.bytes)}, {"made", about.made_ms}};
    out << kMagic << '\n' << line.dump(-1, ' ', false, json::error_handler_t::replace) << '\n';
    Sink sink(out, stream_key(identity));
    std::string piece(sealed_piece_bytes, '\0');
    for (const auto& part : parts) {
      std::error_code error;
      auto bytes = fs::file_size(part.path, error);
      std::ifstream in(part.path, std::ios::binary);
      if (error || !in) return give_up({Code::io, part.path + " cannot be read"});
      sink.write(json{{"name", part.name}, {"bytes", bytes}}.dump() + "\n");
      for (std::uintmax_t left = bytes; left > 0;) {
        auto size = std::min<std::uintmax_t>(left, piece.size());
        if (!in.read(piece.data(), static_cast<std::streamsize>(size)))
          return give_up({Code::io, part.path + " became shorter while it was read"});
        sink.write(std::string_view(piece).substr(0, size));
        left -= size;
      }
    }
    sink.finish();
    out.flush();
    if (!out) return give_up(failed(beside));
  }
  int written = ::open(beside.c_str(), O_RDONLY | O_CLOEXEC);
  bool kept = written >= 0 && ::fsync(written) == 0;
  if (written >= 0) ::close(written);
  // One that nobody can restore from is none, and it is found out now.
  if (auto checked = kept ? check_backup(beside, identity) : Status(); !checked)
    return give_up(checked.error());
  if (!kept || ::rename(beside.c_str(), file.c_str()) != 0) return give_up(failed(file));
  return {};
}

Result<BackupAbout> read_about(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error{Code::not_found, file + " is not there or cannot be read"};
  WAYMARK_TRY(line, about_of(in, file));
  BackupAbout about;
  if (line.contains("school") && line["school"].is_string()) about.school = line["school"].get<std::string>();
  if (line.contains("made") && line["made"].is_number_integer())
    about.made_ms = line["made"].get<std::int64_t>();
  auto identity = from_hex(line["identity"].get<std::string>());
  if (!identity || identity->size() != 32) return Error{Code::malformed, file + " is no backup of Waymark"};
  std::copy(identity->begin(), identity->end(), about.identity.bytes.begin());
  return about;
}

Status read_backup(const std::string& file, const SecretKey& identity, const std::string& folder) {
  WAYMARK_TRY(about, read_about(file));
  if (!(about.identity == public_key(identity)))
    return Error{Code::wrong_password,
                 "the recovery phrase is another school's than this backup, which is of " + about.school};
  std::ifstream in(file, std::ios::binary);
  WAYMARK_TRY(skipped, about_of(in, file));
  (void)skipped;
  std::ofstream out;
  return read_parts(in, identity, [&](const std::string& name) -> Result<std::ofstream*> {
    auto path = fs::path(folder) / name;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    out.close();
    out.open(path, std::ios::binary | std::ios::trunc);
    if (!out) return Error{Code::io, path.string() + " cannot be written"};
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, error);
    return &out;
  });
}

}  // namespace waymark::server
