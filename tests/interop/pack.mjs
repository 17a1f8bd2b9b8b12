// Packed bodies, written from docs/PROTOCOL.md section 6 alone. Node 18 has no zstd, so only the codes are here.
import { Refusal } from './record.mjs';

const PHRASES = [
  '{"author":"', '","base":["', '","base":[],"fields":{"', '"],"fields":{"', '"},"kind":"', '","record":"', '","replica":"', '","salt":"',
  '","stream":"person:', '","stream":"', '","time":', ',"v":1}', '{"again":20000,', '"at":{"c":"', '{"before":{"c":"', '","n":', '"same":',
  '"streams":[{"digest":"', '0000000000000000', '":"', '","',
].map((text) => Buffer.from(text));
const MARKED = ['{"mark":"', '","ops":1,"replica":"', '"mark":"', '","now":'].map((text) => Buffer.from(text));

export const isPacked = (body) => body[0] === 1 || body[0] === 2;

export function pack(text, marked = false) {
  const out = [Buffer.from([marked ? 2 : 1])];
  const seen = new Map();
  for (let at = 0; at < text.length; ) {
    const short = marked ? MARKED.findIndex((one) => text.subarray(at, at + one.length).equals(one)) : -1;
    const phrase = PHRASES.findIndex((one) => text.subarray(at, at + one.length).equals(one));
    const digits = text.toString('latin1', at, at + 32).match(/^[0-9a-f]*/)[0];
    if (short >= 0) {
      out.push(Buffer.from([0x06 + short]));
      at += MARKED[short].length;
    } else if (phrase >= 0) {
      out.push(Buffer.from([0x0b + phrase]));
      at += PHRASES[phrase].length;
    } else if (digits.length === 32) {
      if (seen.has(digits)) out.push(Buffer.from([4, seen.get(digits)]));
      else out.push(Buffer.from('02' + digits, 'hex'));
      if (!seen.has(digits) && seen.size < 256) seen.set(digits, seen.size);
      at += 32;
    } else if (digits.length >= 16) {
      out.push(Buffer.from('03' + digits.slice(0, 16), 'hex'));
      at += 16;
    } else {
      out.push(text.subarray(at, at + Math.max(1, digits.length)));
      at += Math.max(1, digits.length);
    }
  }
  return Buffer.concat(out);
}

export function unpack(body) {
  const out = [], ids = [];
  let at = 1;
  const take = (count) => {
    if (at + count > body.length) throw new Refusal('malformed', 'a code that breaks off');
    return body.subarray(at, (at += count));
  };
  while (at < body.length) {
    const code = take(1)[0];
    if (code === 0x0a || code >= 0x20) out.push(Buffer.from([code]));
    else if (code === 2 || code === 3) {
      const digits = Buffer.from(take(code === 2 ? 16 : 8).toString('hex'));
      out.push(digits);
      if (code === 2) ids.push(digits);
    } else if (code === 4) {
      const which = take(1)[0];
      if (which >= ids.length) throw new Refusal('malformed', 'an id that was not there');
      out.push(ids[which]);
    } else if (code === 5) {
      const text = String(take(6).readUIntBE(0, 6));
      if (text.length !== 13) throw new Refusal('malformed', 'no time');
      out.push(Buffer.from(text));
    } else if (code >= 0x0b) out.push(PHRASES[code - 0x0b]);
    else if (body[0] === 2 && code >= 6) out.push(MARKED[code - 6]);
    else throw new Refusal('malformed', 'no such code');
  }
  return Buffer.concat(out);
}
