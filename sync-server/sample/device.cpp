#include "sync-server/sample/device.hpp"

#include <algorithm>

#include "shared/domain/kinds.hpp"
#include "shared/record/chain.hpp"
#include "shared/wire/messages.hpp"

namespace waymark::server {

SampleDevice::SampleDevice(School& school, SampleAuthor& author, std::string token, Random& random)
    : school_(school),
      author_(author),
      token_(std::move(token)),
      replica_(random.id<ReplicaId>()),
      random_(random) {}

Result<OpId> SampleDevice::write(const record::RecordKey& key, record::Fields fields, bool unaware) {
  record::Op op;
  op.stream = key.stream;
  op.kind = key.kind;
  op.record = key.id;
  op.fields = std::move(fields);
  op.author = author_.person;
  op.replica = replica_;
  op.time_ms = school_.clock().now_ms();
  random_.fill(op.salt);
  if (!key.id.is_zero())
    for (const auto& [name, value] : op.fields) {
      auto found = author_.heads.find({key, name});
      if (found == author_.heads.end()) continue;
      const auto& base = unaware ? found->second.before : found->second.now;
      if (!base.is_zero()) op.base.push_back(base);
    }
  std::sort(op.base.begin(), op.base.end());
  op.base.erase(std::unique(op.base.begin(), op.base.end()), op.base.end());
  WAYMARK_CHECK(domain::validate(op));
  auto body = record::canonical(op);
  OpId id = record::op_id(body);
  if (!key.id.is_zero())
    for (const auto& [name, value] : op.fields) {
      auto& heads = author_.heads[{key, name}];
      heads = {id, heads.now};
    }
  pending_.push_back(std::move(body));
  return id;
}

std::string SampleDevice::add_file(const std::string& stream, std::string bytes, std::string mime) {
  auto hash = to_hex(sha256(as_bytes(bytes)));
  files_.push_back({stream, hash, std::move(bytes), std::move(mime)});
  return hash;
}

Status SampleDevice::sync(std::int64_t left) {
  WAYMARK_TRY(bearer, school_.bearer(token_));
  std::size_t sent = 0;
  do {
    wire::SyncRequest request;
    std::array<std::uint8_t, 8> name{};
    random_.fill(name);
    request.request = to_hex(name);
    request.replica = replica_;
    request.now_ms = school_.clock().now_ms();
    request.before = position_;
    for (const auto& [stream, cursor] : cursors_) request.cursors.push_back(cursor);
    std::size_t end = std::min(pending_.size(), sent + wire::ops_per_request_max);
    for (; sent < end; sent++) {
      position_ = record::next(position_, record::op_id(pending_[sent]));
      request.ops.push_back(pending_[sent]);
    }
    request.waiting = static_cast<std::int64_t>(request.ops.size() + pending_.size() - sent) + left;
    WAYMARK_TRY(body, school_.sync(bearer, wire::encode(request)));
    WAYMARK_TRY(reply, wire::decode_reply(body));
    for (const auto& granted : reply.granted)
      cursors_[granted.stream] = {granted.stream, granted.access, {}, {}, 0, false};
    for (const auto& page : reply.pages)
      if (auto found = cursors_.find(page.stream); found != cursors_.end())
        found->second = {page.stream, found->second.access, page.feed, page.segment, page.seq, false};
    if (!reply.refused.empty())
      return Error{Code::invalid, "the school refused an op of the sample: " + reply.refused[0].sentence};
    if (reply.position != position_)
      return Error{Code::internal, "the school and a device of the sample do not agree how far it sent"};
  } while (sent < pending_.size());
  pending_.clear();
  for (const auto& file : files_)
    WAYMARK_CHECK(school_.put_file(bearer, file.stream, file.hash, file.bytes, file.mime));
  files_.clear();
  return {};
}

}  // namespace waymark::server
