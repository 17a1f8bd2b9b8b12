// Dates in words. Takes what the words are said with, so that it can be tried without a page: `t` of the
// catalogue, the language, and the clock, which is the server's as far as the page knows it.
const day = 86400000;
const dayOf = (ms) => { const d = new Date(ms); d.setHours(0, 0, 0, 0); return d.getTime(); };
const daysBetween = (from, to) => Math.round((dayOf(to) - dayOf(from)) / day);

export function datesIn({ t, language, clock }) {
  const said = (ms, form) => new Intl.DateTimeFormat(language(), form).format(ms);
  // What was written on a computer whose clock is more than a day ahead has no date that anybody knows.
  const isKnown = (ms, now) => ms > 0 && ms <= now + day;
  const year = (ms, now) => (new Date(ms).getFullYear() !== new Date(now).getFullYear() ? { year: "numeric" } : {});

  const time = (ms) => said(ms, { hour: "numeric", minute: "2-digit" });
  const longDate = (ms) => said(ms, { weekday: "long", day: "numeric", month: "long" });
  function dayName(ms, now = clock()) {
    if (!isKnown(ms, now)) return t("when.unknown");
    const days = daysBetween(ms, now);
    if (days <= 0) return t("when.today");
    if (days === 1) return t("when.yesterday");
    if (days < 7) return said(ms, { weekday: "long" });
    return said(ms, { day: "numeric", month: "long", ...year(ms, now) });
  }
  const moment = (ms, now = clock()) => (isKnown(ms, now) ? `${dayName(ms, now)}, ${time(ms)}` : t("when.unknown"));
  function ago(ms, now = clock()) {
    if (!ms) return t("when.never");
    if (!isKnown(ms, now)) return t("when.unknown");
    const minutes = Math.floor((now - ms) / 60000);
    if (minutes < 1) return t("when.now");
    if (minutes < 60) return t("when.minutes", { n: minutes });
    return dayName(ms, now);
  }
  // A day that somebody plans, "2026-11-27": it may be ahead.
  function dateText(text, now = clock()) {
    const [y, m, d] = text.split("-").map(Number);
    if (!y) return text;
    const at = new Date(y, m - 1, d, 12).getTime(), days = daysBetween(now, at);
    if (days >= -1 && days <= 1) return t(["when.yesterday", "when.today", "when.tomorrow"][days + 1]);
    return t("when.date", { date: said(at, { weekday: "long", day: "numeric", month: "long", ...year(at, now) }) });
  }
  return { longDate, dayName, moment, ago, dateText };
}
