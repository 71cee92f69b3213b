// Tokenizing and folding for the viewer's search: words that differ only in case, accents or form compare equal.
"use strict";

window.SHOWME_FOLD = (() => {
  const { token, word, space, transparent, unseenWord, fold: runs } = window.SHOWME_TABLES; // made by viewer_tables.py from the rules of the main search
  const ASCII = /^[\x00-\x7f]*$/;
  const TOKEN = new RegExp(token, "gu");
  const [WORD, SPACE, TRANSPARENT, UNSEEN_WORD] = [new RegExp(`^${word}$`, "u"), new RegExp(space, "gu"), new RegExp(`^${transparent}$`, "u"), new RegExp(`^${unseenWord}$`, "u")];
  const FOLDED = new Map(runs.flatMap(([first, row]) => row.map((folded, at) => [String.fromCodePoint(first + at), folded])));
  const JOINER = "\u200d"; // after a letter it has no meaning; between two emoji it joins them into another
  const EDGE = "\u0001"; // separates the parts of a record, so that no phrase matches across them

  function fold(text) {
    if (ASCII.test(text)) return text.toLowerCase();
    let made = "";
    let isWord = false;
    for (const sign of text) {
      if (sign === JOINER && isWord) {
        isWord = false;
        continue;
      }
      const folded = FOLDED.get(sign) ?? (sign >= "A" && sign <= "Z" ? sign.toLowerCase() : sign);
      made += folded;
      if (folded || !TRANSPARENT.test(sign)) isWord = folded ? WORD.test(Array.from(folded).at(-1)) : UNSEEN_WORD.test(sign);
    }
    return made.normalize("NFC");
  }

  const one = (found) => ASCII.test(found) ? found.toLowerCase() : fold(found).replace(SPACE, "");

  /** The folded words of a text in order, each with its range [start, end) in UTF-16 units; same tokens as the main search. */
  function tokens(text) {
    const found = ASCII.test(text) ? text.matchAll(/[A-Za-z0-9]+/g) : text.matchAll(TOKEN);
    return Array.from(found, ({ 0: typed, index }) => ({ word: one(typed), start: index, end: index + typed.length })).filter((each) => each.word);
  }

  /** The folded words of a text, separated and surrounded by spaces: " the road is closed ". */
  function line(text) {
    const found = tokens(text);
    return found.length ? ` ${found.map((each) => each.word).join(" ")} ` : " ";
  }

  /** The terms of a query: lists of adjacent words; `open` means that the last word is a prefix. */
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

  /** The ranges [start, end) where the terms match a text, in UTF-16 units, in order, without overlap. */
  function places(text, wanted) {
    if (!wanted.length) return [];
    const held = tokens(text);
    const marked = new Set();
    for (const term of wanted) {
      const last = term.words.length - 1;
      for (let at = 0; at + last < held.length; at += 1) {
        const here = term.words.every((word, step) => {
          const token = held[at + step].word;
          return step === last && term.open ? token.startsWith(word) : token === word;
        });
        if (here) for (let step = 0; step <= last; step += 1) marked.add(at + step);
      }
    }
    return Array.from(marked).sort((a, b) => a - b).map((at) => [held[at].start, held[at].end]);
  }

  return { EDGE, tokens, line, terms, fits, places };
})();
