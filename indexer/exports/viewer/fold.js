// What two spellings of one word share, and the words of a text: the search inside of the viewer stands on this alone.
"use strict";

window.SHOWME_FOLD = (() => {
  const ASCII = /^[\x00-\x7f]*$/;
  const UNSEEN = /[\p{M}\u00ad\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff]/gu;
  const SINGLE = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}";
  const WORD = new RegExp(`[${SINGLE}]|(?![${SINGLE}])[\\p{L}\\p{N}](?:(?![${SINGLE}])[\\p{L}\\p{M}\\p{N}\\u00ad\\u200b-\\u200f\\u2060])*|\\p{Extended_Pictographic}|[\\u{1f1e6}-\\u{1f1ff}]{2}`, "gu");
  const EDGE = "\u0001"; // no phrase crosses from one part of a record into the next

  const fold = (text) => ASCII.test(text) ? text.toLowerCase() : text.normalize("NFKD").replace(UNSEEN, "").toLowerCase().normalize("NFC");

  /** The folded words of a text, each with a blank on both sides: " the road is closed ". */
  function line(text) {
    const found = ASCII.test(text) ? text.toLowerCase().match(/\w+/g) : fold(text).match(WORD);
    return found ? ` ${found.join(" ")} ` : " ";
  }

  /** What a search looks for: lists of words that stand together, the last one of a list perhaps open. */
  function terms(query) {
    const found = [];
    for (const [, phrase, open, word] of query.matchAll(/["“”«»]([^"“”«»]*)(["“”«»]|$)|(\S+)/g)) {
      const text = word ?? phrase;
      const words = line(text).trim();
      if (words) found.push({ words: words.split(" "), open: word !== undefined && text.endsWith("*") });
    }
    return found;
  }

  const fits = (folded, wanted) => wanted.every((term) => folded.includes(` ${term.words.join(" ")}${term.open ? "" : " "}`));

  /** The places [start, end) of a text that the terms are found at, in UTF-16 units, in order, without overlap. */
  function places(text, wanted) {
    if (!wanted.length) return [];
    const tokens = Array.from(text.matchAll(WORD), (found) => ({ word: fold(found[0]), start: found.index, end: found.index + found[0].length }));
    const marked = new Set();
    for (const term of wanted) {
      const last = term.words.length - 1;
      for (let at = 0; at + last < tokens.length; at += 1) {
        const here = term.words.every((word, step) => {
          const token = tokens[at + step].word;
          return step === last && term.open ? token.startsWith(word) : token === word;
        });
        if (here) for (let step = 0; step <= last; step += 1) marked.add(at + step);
      }
    }
    return Array.from(marked).sort((a, b) => a - b).map((at) => [tokens[at].start, tokens[at].end]);
  }

  return { EDGE, line, terms, fits, places };
})();
