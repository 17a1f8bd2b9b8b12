// The canonical form: writing it, and a reader that accepts nothing else. The reader is our own and small
// because it must refuse what ordinary JSON readers let through: duplicate names, other orders, other
// escapes, decimals.
#include <algorithm>
#include <charconv>

#include "shared/base/hash.hpp"
#include "shared/base/text.hpp"
#include "shared/record/op.hpp"

namespace waymark::record {
namespace {

// ---- writing

// What stands as it is in a text; a byte at a time costs several times as much.
std::size_t plain_bytes(std::string_view text, std::size_t from) {
  auto at = from;
  while (at < text.size() && text[at] != '"' && text[at] != '\\' &&
         static_cast<unsigned char>(text[at]) >= 0x20)
    at++;
  return at - from;
}

void put_text(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size(); at++) {
    auto plain = plain_bytes(text, at);
    out.append(text, at, plain);
    at += plain;
    if (at == text.size()) break;
    switch (char c = text[at]) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00";
        out += to_hex(as_bytes(std::string_view(&c, 1)));
    }
  }
  out += '"';
}

void put_integer(std::string& out, std::int64_t value) {
  char digits[24];
  auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

void put_scalar(std::string& out, const Scalar& value) {
  if (const auto* s = std::get_if<std::string>(&value))
    put_text(out, *s);
  else if (const auto* i = std::get_if<std::int64_t>(&value))
    put_integer(out, *i);
  else if (const auto* b = std::get_if<bool>(&value))
    out += *b ? "true" : "false";
  else
    out += "null";
}

void put_value(std::string& out, const Value& value) {
  if (const auto* items = std::get_if<std::vector<Scalar>>(&value.data)) {
    out += '[';
    for (std::size_t i = 0; i < items->size(); i++) {
      if (i) out += ',';
      put_scalar(out, (*items)[i]);
    }
    out += ']';
  } else if (const auto* s = std::get_if<std::string>(&value.data)) {
    put_text(out, *s);
  } else if (const auto* n = std::get_if<std::int64_t>(&value.data)) {
    put_integer(out, *n);
  } else if (const auto* b = std::get_if<bool>(&value.data)) {
    out += *b ? "true" : "false";
  } else {
    out += "null";
  }
}

template <class Ids>
void put_ids(std::string& out, const Ids& ids) {
  out += '[';
  for (std::size_t i = 0; i < ids.size(); i++) {
    if (i) out += ',';
    out += '"';
    out += ids[i].hex();
    out += '"';
  }
  out += ']';
}

// ---- reading

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool ok() const { return !failed_; }
  bool at_end() const { return at_ == text_.size(); }
  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }

  void literal(std::string_view expected) {
    if (failed_ || text_.substr(at_, expected.size()) != expected) return fail();
    at_ += expected.size();
  }

  std::string text() {
    std::string out;
    literal("\"");
    while (!failed_) {
      auto plain = plain_bytes(text_, at_);
      out.append(text_, at_, plain);
      at_ += plain;
      if (at_ >= text_.size()) return fail(), out;
      char c = text_[at_++];
      if (c == '"') break;
      if (c != '\\') return fail(), out;
      if (at_ >= text_.size()) return fail(), out;
      switch (text_[at_++]) {
        case '"':
          out += '"';
          break;
        case '\\':
          out += '\\';
          break;
        case 'b':
          out += '\b';
          break;
        case 'f':
          out += '\f';
          break;
        case 'n':
          out += '\n';
          break;
        case 'r':
          out += '\r';
          break;
        case 't':
          out += '\t';
          break;
        case 'u': {
          // The canonical form has \u only for control characters without a short escape.
          std::array<std::uint8_t, 2> code{};
          if (!read_hex(text_.substr(at_, 4), code) || code[0] != 0 || code[1] >= 0x20) return fail(), out;
          out += static_cast<char>(code[1]);
          if (std::string_view("\b\f\n\r\t").find(out.back()) != std::string_view::npos) return fail(), out;
          at_ += 4;
          break;
        }
        default:
          return fail(), out;
      }
    }
    if (!failed_ && !valid_utf8(out)) fail();
    return out;
  }

  std::int64_t integer() {
    std::int64_t value = 0;
    const char* begin = text_.data() + at_;
    const char* end = text_.data() + text_.size();
    auto [stop, error] = std::from_chars(begin, end, value);
    if (failed_ || error != std::errc{} || stop == begin) return fail(), 0;
    // As the writer has it: no zero before other digits, nor less than zero.
    const char* digits = *begin == '-' ? begin + 1 : begin;
    if (*digits == '0' && stop - begin > 1) return fail(), 0;
    at_ += static_cast<std::size_t>(stop - begin);
    if (value > integer_max || value < -integer_max) fail();
    return value;
  }

  Scalar scalar() {
    if (next_is('"')) return text();
    if (next_is('n')) return literal("null"), Scalar{};
    if (next_is('t')) return literal("true"), Scalar{true};
    if (next_is('f')) return literal("false"), Scalar{false};
    return integer();
  }

  Value value() {
    if (!next_is('['))
      return std::visit(
          [](auto&& v) {
            Value value;
            value.data = std::forward<decltype(v)>(v);
            return value;
          },
          scalar());
    std::vector<Scalar> items;
    literal("[");
    while (!failed_ && !next_is(']')) {
      if (!items.empty()) literal(",");
      if (items.size() >= array_items_max) return fail(Code::too_large), Value{};
      if (next_is('[') || next_is('{')) return fail(Code::too_deep), Value{};
      items.push_back(scalar());
    }
    literal("]");
    Value value;
    value.data = std::move(items);
    return value;
  }

  // A text of exactly as many hexadecimal digits.
  void hex(std::span<std::uint8_t> bytes) {
    literal("\"");
    if (failed_ || !read_hex(text_.substr(at_, 2 * bytes.size()), bytes)) return fail();
    at_ += 2 * bytes.size();
    literal("\"");
  }

  template <class AnyId>
  AnyId id() {
    AnyId id;
    hex(id.bytes);
    return id;
  }

  std::vector<OpId> ids() {
    std::vector<OpId> ids;
    literal("[");
    while (!failed_ && !next_is(']')) {
      if (!ids.empty()) literal(",");
      if (ids.size() >= op_base_max) return fail(Code::too_large), ids;
      ids.push_back(id<OpId>());
    }
    literal("]");
    return ids;
  }

  void fail(Code code = Code::malformed) {
    if (!failed_) code_ = code, where_ = at_;
    failed_ = true;
  }
  Error error() const { return {code_, "not canonical at byte " + std::to_string(where_)}; }

 private:
  std::string_view text_;
  std::size_t at_ = 0, where_ = 0;
  bool failed_ = false;
  Code code_ = Code::malformed;
};

}  // namespace

std::string canonical(const Value& value) {
  std::string out;
  put_value(out, value);
  return out;
}

std::string canonical(const Op& op) {
  std::string out;
  out.reserve(360);
  out += R"({"author":")";
  out += op.author.hex();
  out += R"(","base":)";
  put_ids(out, op.base);
  out += R"(,"fields":{)";
  bool first = true;
  for (const auto& [name, value] : op.fields) {
    if (!first) out += ',';
    first = false;
    put_text(out, name);
    out += ':';
    put_value(out, value);
  }
  out += R"(},"kind":")";
  out += op.kind;
  out += R"(","record":")";
  out += op.record.hex();
  out += R"(","replica":")";
  out += op.replica.hex();
  out += R"(","salt":")";
  out += to_hex(op.salt);
  out += R"(","stream":")";
  out += op.stream;
  out += R"(","time":)";
  put_integer(out, op.time_ms);
  out += R"(,"v":1})";
  return out;
}

OpId op_id(std::string_view canonical_bytes) { return OpId::from(sha256(as_bytes(canonical_bytes))); }

Result<Op> parse_op(std::string_view bytes) {
  if (bytes.size() > op_bytes_max) return Error{Code::too_large, "an op of more than 512 KiB"};
  Reader in(bytes);
  Op op;
  in.literal(R"({"author":)");
  op.author = in.id<PersonId>();
  in.literal(R"(,"base":)");
  op.base = in.ids();
  in.literal(R"(,"fields":{)");
  std::string last;
  while (in.ok() && !in.next_is('}')) {
    if (!op.fields.empty()) in.literal(",");
    if (op.fields.size() >= op_fields_max) in.fail(Code::too_large);
    std::string name = in.text();
    if (!op.fields.empty() && name <= last) in.fail();
    in.literal(":");
    if (in.next_is('{')) in.fail(Code::too_deep);
    op.fields.emplace_hint(op.fields.end(), name, in.value());
    last = std::move(name);
  }
  in.literal(R"(},"kind":)");
  op.kind = in.text();
  in.literal(R"(,"record":)");
  op.record = in.id<RecordId>();
  in.literal(R"(,"replica":)");
  op.replica = in.id<ReplicaId>();
  in.literal(R"(,"salt":)");
  in.hex(op.salt);
  in.literal(R"(,"stream":)");
  op.stream = in.text();
  in.literal(R"(,"time":)");
  op.time_ms = in.integer();
  in.literal(R"(,"v":1})");
  if (!in.ok()) return in.error();
  if (!in.at_end()) return Error{Code::malformed, "something follows the op"};
  WAYMARK_CHECK(
      check_frame(op));  // the reader takes values and spellings as the writer makes them, and no others
  return op;
}

Result<ReplicaId> replica_of(std::string_view canonical_bytes) {
  // The last of this name: a text has its quotation marks escaped, and what follows it are digits and words.
  constexpr std::string_view kName = R"(","replica":")";
  auto at = canonical_bytes.rfind(kName);
  if (at == std::string_view::npos) return Error{Code::malformed, "no replica"};
  return ReplicaId::parse(canonical_bytes.substr(at + kName.size(), 32));
}

std::string canonical(const Stub& stub) {
  std::string out = R"({"base":)";
  put_ids(out, stub.base);
  out += R"(,"id":")";
  out += stub.id.hex();
  out += R"(","kind":")";
  out += stub.kind;
  out += R"(","names":[)";
  for (std::size_t i = 0; i < stub.names.size(); i++) {
    if (i) out += ',';
    put_text(out, stub.names[i]);
  }
  out += R"(],"reason":)";
  put_text(out, stub.reason);
  out += R"(,"record":")";
  out += stub.record.hex();
  out += R"(","stream":")";
  out += stub.stream;
  out += R"(","stub":1})";
  return out;
}

Result<Stub> parse_stub(std::string_view bytes) {
  if (bytes.size() > op_bytes_max) return Error{Code::too_large, "a stub of more than 512 KiB"};
  Reader in(bytes);
  Stub stub;
  in.literal(R"({"base":)");
  stub.base = in.ids();
  in.literal(R"(,"id":)");
  stub.id = in.id<OpId>();
  in.literal(R"(,"kind":)");
  stub.kind = in.text();
  in.literal(R"(,"names":[)");
  while (in.ok() && !in.next_is(']')) {
    if (!stub.names.empty()) in.literal(",");
    if (stub.names.size() >= op_fields_max) in.fail(Code::too_large);
    stub.names.push_back(in.text());
  }
  in.literal(R"(],"reason":)");
  stub.reason = in.text();
  in.literal(R"(,"record":)");
  stub.record = in.id<RecordId>();
  in.literal(R"(,"stream":)");
  stub.stream = in.text();
  in.literal(R"(,"stub":1})");
  if (!in.ok()) return in.error();
  if (!in.at_end()) return Error{Code::malformed, "something follows the stub"};
  // The rules of an op hold for what is left of it.
  auto sorted = [](const auto& list) {
    return std::is_sorted(list.begin(), list.end()) &&
           std::adjacent_find(list.begin(), list.end()) == list.end();
  };
  if (stub.base.size() > op_base_max) return Error{Code::too_large, "more than 256 bases"};
  if (stub.names.empty() || !sorted(stub.names) || !sorted(stub.base))
    return Error{Code::malformed, "bases and names are sorted and unique, and there is a name"};
  if (!valid_stream(stub.stream) || !valid_name(stub.kind) || !valid_name(stub.reason) ||
      !std::all_of(stub.names.begin(), stub.names.end(), valid_name) || canonical(stub) != bytes)
    return Error{Code::malformed, "not a canonical stub"};
  return stub;
}

}  // namespace waymark::record
