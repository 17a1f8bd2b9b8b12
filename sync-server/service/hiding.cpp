#include "sync-server/service/hiding.hpp"

#include <algorithm>

#include "shared/store/hidden.hpp"
#include "sync-server/service/portfolio.hpp"

namespace waymark::server {

Result<std::vector<HiddenText>> hidden_texts(School& school, const PersonId& student) {
  std::vector<HiddenText> texts;
  auto stream = domain::person_stream(student);
  WAYMARK_TRY(hidden, store::hidden_records(school.store(), stream));
  for (const auto& each : hidden) {
    WAYMARK_TRY(record, school.store().find({stream, each.kind, each.record}));
    if (!record) continue;
    HiddenText text{each.kind,           each.record.hex(),    staff_name(school, each.hiding.by),
                    each.hiding.at_ms,   record->changed_ms(), {},
                    record->text("mime")};
    for (const auto& [name, field] : record->fields)
      if (domain::is_said(each.kind, name) && !field.value().text().empty())
        text.words[name] = field.value().text();
    texts.push_back(std::move(text));
  }
  std::stable_sort(texts.begin(), texts.end(),
                   [](const HiddenText& a, const HiddenText& b) { return a.at_ms > b.at_ms; });
  return texts;
}

Status set_hidden(School& school, const PersonId& teacher, const PersonId& student, std::string_view kind,
                  std::string_view record, bool hidden) {
  const auto* rule = domain::find_kind(kind);
  if (!rule || rule->stream != "person" || rule->writer != domain::Role::owner)
    return Error{Code::invalid, "only what students write is hidden"};
  auto id = RecordId::parse(record);
  if (!id) return Error{Code::not_found, "no such record"};
  record::RecordKey key{domain::person_stream(student), std::string(kind), *id};
  WAYMARK_TRY(found, school.store().find(key));
  if (!found) return Error{Code::not_found, "no such record"};
  WAYMARK_TRY(before, store::hiding_of(school.store(), key));
  if (before.has_value() == hidden) return {};
  WAYMARK_TRY(edit,
              edit_of(school, {key.stream, std::string(store::hidden_kind), store::hidden_id(kind, *id)},
                      {{"kind", kind}, {"record", id->hex()}, {"hidden", hidden}}));
  // Later than all it speaks of, whatever the clocks of those computers say.
  edit.refers = found->all_heads();
  return school.hide(teacher, student, edit);
}

}  // namespace waymark::server
