// Shared by all parts of the viewer: interface language, element construction without markup, rows and their labels.
"use strict";

window.SHOWME_PAGE = (() => {
  const WORDS = window.SHOWME_WORDS;
  const KEPT = "showme-viewer-language";
  let language = first();

  function first() {
    try {
      const kept = window.localStorage.getItem(KEPT);
      if (Object.hasOwn(WORDS, kept)) return kept;
    } catch {
      // the browser stores nothing for pages opened from disk: use the browser's language
    }
    return (navigator.languages ?? [navigator.language]).map((one) => one.slice(0, 2)).find((one) => Object.hasOwn(WORDS, one)) ?? "en";
  }

  function speak(name) {
    language = name;
    try {
      window.localStorage.setItem(KEPT, name);
    } catch {
      // the choice is then not remembered
    }
  }

  const say = (name, values = {}) => WORDS[language][name].replace(/\{(\w+)\}/g, (_, place) => String(values[place]));
  const number = (value) => value.toLocaleString(language === "es" ? "es-US" : "en-US");
  const languages = () => Object.keys(WORDS).map((name) => [name, WORDS[name].language]);

  /** Create an element. Texts become text nodes, so posted content is never markup. */
  function el(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === true) made.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
    return made;
  }

  /** The part of a text from `from` to `to`, with highlighted ranges. */
  function marked(text, places, from = 0, to = text.length) {
    const pieces = [];
    let at = from;
    for (const [start, end] of places) {
      if (start < at || end > to) continue;
      pieces.push(text.slice(at, start), el("mark", {}, text.slice(start, end)));
      at = end;
    }
    pieces.push(text.slice(at, to));
    return pieces;
  }

  /** A web address as a link; other text stays text. */
  function link(address) {
    return /^https?:\/\//i.test(address) ? el("a", { href: address, rel: "noreferrer noopener nofollow" }, address) : address;
  }

  /** The address of a file of the package. */
  const place = (file) => `../${file.split("/").map(encodeURIComponent).join("/")}`;

  const pairs = (flat) => Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at], flat[2 * at + 1]]);

  /** Convert a row of data/list-*.js to an object; `at` is its index in package order. */
  function row(line, at) {
    const [posted, when, account, kind, author, text, title, more, flags, marks, native, parent, thread, gone, files, versions, parties, thumb] = line;
    return { at, posted, when, account, kind, author, text, title, more, marks: marks ? pairs(marks) : [], native, parent, thread, gone: gone || [], files, versions, from: parties?.[0] ?? "", to: parties?.[1] ?? "", between: parties?.[2] ?? "", isEvent: Boolean(parties?.[3]), isMessage: Boolean(parties), thumb: thumb || "", deleted: Boolean(flags & 1), edited: Boolean(flags & 2), assumed: Boolean(flags & 4) };
  }

  /** A day ("2019-07-09") or local time ("2019-07-09 09:30:00 CDT") in words: "Jul 9, 2019, 9:30 AM CDT". Other text stays. */
  function timeWords(iso) {
    const found = /^(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):\d\d (\S+))?$/.exec(iso);
    if (!found) return iso;
    const [, year, month, date, hour, minute, zone] = found;
    const day = say("day_words", { year: Number(year), month: say("months").split(" ")[Number(month) - 1], day: Number(date) });
    return zone ? say("time_words", { day, hour: (Number(hour) + 11) % 12 + 1, minute, half: say(Number(hour) < 12 ? "am" : "pm"), zone }) : day;
  }

  const kind = (one) => Object.hasOwn(WORDS[language], `kind_${one.kind}`) ? say(`kind_${one.kind}`) : one.kind;
  /** The author; for a message, sender and recipients; for a conversation event recorded by the platform, the conversation. */
  const who = (one, account) => one.isMessage ? (one.isEvent ? say("event_of", { group: one.between }) : one.between) : one.author && one.author !== account.label ? say("by", { author: one.author }) : "";
  /** The people of a record in a list: author, sender and recipients, or the conversation of an event. */
  const people = (one, account) => one.isMessage ? (one.isEvent ? say("event_of", { group: one.between }) : one.between) || account.label : one.author || account.label;
  const heading = (one) => `${kind(one).charAt(0).toLocaleUpperCase(language)}${kind(one).slice(1)}`;
  const tag = (words, sort = "") => el("span", { class: `tag ${sort}` }, words);

  function tags(one, isContext) {
    return [
      isContext ? tag(say("context"), "tag-warn") : null,
      one.deleted ? tag(say("deleted"), "tag-bad") : null,
      one.versions > 1 ? tag(say("versions_tag", { count: number(one.versions) })) : one.edited ? tag(say("edited")) : null,
      one.gone.map((day) => tag(say("gone", { day: timeWords(day) }), "tag-warn")),
      one.assumed ? tag(say("assumed")) : null,
      one.files ? tag(one.files === 1 ? say("files_tag_one") : say("files_tag", { count: number(one.files) })) : null,
    ];
  }

  return { say, number, speak, languages, language: () => language, el, marked, link, row, kind, who, people, heading, tags, timeWords, place };
})();
