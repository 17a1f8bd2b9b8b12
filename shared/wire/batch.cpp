#include "shared/wire/batch.hpp"

#include "shared/record/erased_line.hpp"
#include "shared/wire/header.hpp"

namespace waymark::wire {
namespace {

constexpr std::string_view kBatchWord = "waymark batch 1\n",
                           kAcknowledgementWord = "waymark acknowledgement 1\n";

// A line as it stands, and the line of the signature over it.
std::string signed_line(std::string_view word, const json& header, const SecretKey& key) {
  auto line = finish(header);
  auto message = std::string(word) + line.substr(0, line.size() - 1);
  return line + to_hex(sign(key, as_bytes(message))) + '\n';
}

struct SignedLine {
  json header;
  std::string message;  // what is signed
  Bytes signature;
  std::string_view rest;
};
Result<SignedLine> read_signed_line(std::string_view word, std::string_view bytes) {
  auto first = bytes.substr(0, bytes.find('\n'));
  WAYMARK_TRY(message, split(bytes));
  auto end = message.rest.find('\n');
  if (end != 128) return Error{Code::malformed, "no signature"};
  WAYMARK_TRY(signature, from_hex(message.rest.substr(0, end)));
  return SignedLine{std::move(message.header), std::string(word) + std::string(first), std::move(signature),
                    message.rest.substr(end + 1)};
}

Result<PublicKey> key_from(std::string_view hex) {
  auto bytes = from_hex(hex);
  if (!bytes || bytes->size() != 32) return Error{Code::malformed, "a key has 64 hexadecimal digits"};
  PublicKey key;
  std::copy(bytes->begin(), bytes->end(), key.bytes.begin());
  return key;
}

}  // namespace

Result<Certificate> read_certificate(std::string_view text) {
  WAYMARK_TRY(object, parse_header(text));
  Members in(object);
  Certificate certificate;
  certificate.person = in.id<PersonId>("person");
  certificate.computer = in.text("computer");
  certificate.name = in.text("name", "");
  certificate.role = in.text("role");
  auto key = key_from(in.text("key"));
  in.array("classes", streams_max, [&](const json& item) {
    auto id = ClassId::parse(item.is_string() ? item.get<std::string>() : std::string());
    if (!id) return in.fail("classes");
    certificate.classes.push_back(*id);
  });
  WAYMARK_CHECK(in.status());
  if (!key) return key.error();
  certificate.key = *key;
  return certificate;
}

Result<Certificate> check_certificate(const PublicKey& identity, std::string_view text,
                                      std::string_view signature) {
  auto signed_by = from_hex(signature);
  if (!signed_by || !verify(identity, as_bytes(text), *signed_by))
    return Error{Code::unauthorized, "the certificate is none of this school"};
  return read_certificate(text);
}

std::string signed_lines(const Batch& batch, const SecretKey& device_key) {
  json header = {{"v", protocol_version},
                 {"person", batch.person.hex()},
                 {"replica", batch.replica.hex()},
                 {"round", batch.round},
                 {"ids", ids_json(batch.ids)}};
  if (batch.introduction.empty())
    header["certificate"] = batch.certificate, header["certified"] = batch.certificate_signature;
  else
    header["introduction"] = batch.introduction;
  if (batch.before.n != 0) header["before"] = position_json(batch.before);
  return signed_line(kBatchWord, header, device_key);
}

record::Position end_of(const Batch& batch) {
  auto end = batch.before;
  for (const auto& id : batch.ids) end = record::next(end, id);
  return end;
}

std::string encode(const Batch& batch, const SecretKey& device_key) {
  auto out = signed_lines(batch, device_key);
  for (const auto& op : batch.ops) out += op, out += '\n';
  return out;
}

namespace {

// Under which key the batch must be signed.
Status find_signer(CheckedBatch& checked, const BatchReader& reader) {
  const auto& batch = checked.batch;
  auto& certificate = checked.certificate;
  if (batch.introduction.empty()) {
    WAYMARK_TRY(read, check_certificate(reader.identity, batch.certificate, batch.certificate_signature));
    certificate = std::move(read);
    if (certificate.person != batch.person)
      return Error{Code::unauthorized, "the batch's person is not the certificate's"};
    return {};
  }
  certificate.person = batch.person;
  if (reader.secret) {
    WAYMARK_TRY(opened, open_introduction(batch.introduction, *reader.secret));
    certificate.key = opened.key;
    certificate.computer = opened.computer;
    checked.introduction = std::move(opened);
    return {};
  }
  if (!reader.device) return Error{Code::unauthorized, "an introduction is for the school to read"};
  certificate.key = *reader.device;
  return {};
}

}  // namespace

Result<CheckedBatch> decode_batch(std::string_view bytes, const BatchReader& reader) {
  WAYMARK_TRY(line, read_signed_line(kBatchWord, bytes));
  Members in(line.header);
  CheckedBatch checked;
  auto& batch = checked.batch;
  batch.person = in.id<PersonId>("person");
  batch.replica = in.id<ReplicaId>("replica");
  batch.round = in.integer("round");
  batch.before = read_position(in, "before");
  read_ids(in, "ids", ops_per_request_max, batch.ids);
  batch.introduction = in.text("introduction", "");
  if (batch.introduction.empty()) {
    batch.certificate = in.text("certificate");
    batch.certificate_signature = in.text("certified");
  }
  if (batch.round < 0) in.fail("round");
  WAYMARK_CHECK(in.status());
  WAYMARK_CHECK(find_signer(checked, reader));
  if (!verify(checked.certificate.key, as_bytes(line.message), line.signature))
    return Error{Code::unauthorized, "the batch is not signed by the device of its certificate"};
  WAYMARK_TRY(ops, read_lines(line.rest, batch.ids.size()));
  for (std::size_t i = 0; i < ops.size(); i++) {
    if (is_sealed_line(ops[i])) {
      if (!reader.secret) continue;
      WAYMARK_TRY(opened, open_line(ops[i], *reader.secret));
      ops[i] = std::move(opened);
    }
    if (record::erased_line(ops[i]).value_or(record::op_id(ops[i])) != batch.ids[i])
      return Error{Code::wrong_id, "op " + std::to_string(i + 1) + " is not what the batch says"};
    auto op = record::parse_op(ops[i]);
    if (op && op->author != batch.person)
      return Error{Code::forbidden, "op " + std::to_string(i + 1) + " is by somebody else"};
  }
  batch.ops = std::move(ops);
  return checked;
}

Result<std::vector<OpId>> read_batch_ids(std::string_view bytes) {
  WAYMARK_TRY(line, read_signed_line(kBatchWord, bytes));
  Members in(line.header);
  std::vector<OpId> ids;
  read_ids(in, "ids", ops_per_request_max, ids);
  WAYMARK_CHECK(in.status());
  return ids;
}

std::string encode(const Acknowledgement& acknowledgement, const SecretKey& identity) {
  json header = {{"v", protocol_version},
                 {"replica", acknowledgement.replica.hex()},
                 {"round", acknowledgement.round},
                 {"now", acknowledgement.now_ms}};
  if (acknowledgement.before.n != 0) header["before"] = position_json(acknowledgement.before);
  if (acknowledgement.end.n != 0) header["end"] = position_json(acknowledgement.end);
  if (acknowledgement.at.n != 0) header["at"] = position_json(acknowledgement.at);
  for (const auto& refused : acknowledgement.refused)
    header["refused"].push_back({{"n", refused.n}, {"code", refused.code}, {"sentence", refused.sentence}});
  if (!acknowledgement.certificate.empty()) {
    header["certificate"] = acknowledgement.certificate;
    header["certified"] = acknowledgement.certificate_signature;
  }
  return signed_line(kAcknowledgementWord, header, identity);
}

std::size_t bytes_in_header(std::string_view text) {
  std::size_t bytes = text.size() + 3;  // its quotes and the comma
  for (char c : text) {
    bool short_one = c == '"' || c == '\\' || c == '\n';
    if (short_one) bytes++;
    if (!short_one && static_cast<unsigned char>(c) < 0x20) bytes += 5;
  }
  return bytes;
}

Result<Acknowledgement> decode_acknowledgement(std::string_view bytes, const PublicKey& identity) {
  WAYMARK_TRY(line, read_signed_line(kAcknowledgementWord, bytes));
  if (!verify(identity, as_bytes(line.message), line.signature))
    return Error{Code::unauthorized, "the acknowledgement is not signed by this school"};
  if (!line.rest.empty()) return Error{Code::malformed, "more lines than an acknowledgement has"};
  Members in(line.header);
  Acknowledgement acknowledgement;
  acknowledgement.replica = in.id<ReplicaId>("replica");
  acknowledgement.round = in.integer("round");
  acknowledgement.before = read_position(in, "before");
  acknowledgement.end = read_position(in, "end");
  acknowledgement.at = read_position(in, "at");
  acknowledgement.now_ms = in.integer("now");
  acknowledgement.certificate = in.text("certificate", "");
  acknowledgement.certificate_signature = in.text("certified", "");
  in.array("refused", ops_per_request_max, [&](const json& item) {
    Members inner(item);
    acknowledgement.refused.push_back({inner.integer("n"), inner.text("code"), inner.text("sentence", "")});
    in.adopt(inner);
  });
  if (acknowledgement.end.n < acknowledgement.before.n) in.fail("end");
  WAYMARK_CHECK(in.status());
  return acknowledgement;
}

std::string encode(const Problem& problem) {
  json header = {{"v", protocol_version}, {"n", problem.n}, {"code", problem.code}};
  if (const auto& letters = problem.letters) {
    header["letters"] = {{"replica", letters->replica.hex()}, {"end", position_json(letters->end)}};
    if (!letters->here.empty()) header["letters"]["here"] = letters->here;
  }
  return finish(header);
}

Result<Problem> decode_problem(std::string_view bytes) {
  WAYMARK_TRY(message, split(bytes));
  Members in(message.header);
  Problem problem{in.integer("n"), in.text("code")};
  if (problem.n < 0) in.fail("n");
  if (const auto* letters = in.find("letters")) {
    Members inner(*letters);
    problem.letters = {inner.id<ReplicaId>("replica"), read_position(inner, "end")};
    if (inner.find("here"))
      inner.array("here", ops_per_request_max, [&](const json& place) {
        if (!place.is_number_unsigned()) return inner.fail("here");
        problem.letters->here.push_back(place.get<std::int64_t>());
      });
    in.adopt(inner);
  }
  WAYMARK_CHECK(in.status());
  return problem;
}

}  // namespace waymark::wire
