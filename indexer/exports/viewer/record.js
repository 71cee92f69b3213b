// The page of a record: text, pictures, thread, versions and origin.
"use strict";

window.SHOWME_RECORD = (() => {
  const { say, number, el, marked, link, who, heading, tags, timeWords, place } = window.SHOWME_PAGE;
  const PLAIN = { image: /\.(jpe?g|png|gif|webp)$/i, video: /\.(mp4|m4v|mov|webm)$/i, audio: /\.(mp3|m4a|wav|ogg)$/i };
  const MOST_WORDS = 1500;
  const STATUS = { "not in the archive": "status_held", "cannot be read in the archive": "status_unreadable", "media were left out of this export": "status_left_out" };

  const section = (title, ...children) => el("section", {}, el("h2", {}, title), ...children);

  /** An attachment. Only pictures, video and sound (by suffix) are displayed or linked; other files, such as HTML, are only named. */
  function file(one) {
    const words = one.description || "";
    const [family] = Object.entries(PLAIN).find(([, suffix]) => one.file && suffix.test(one.file)) ?? [""];
    const shown = {
      image: () => el("a", { href: place(one.file) }, el("img", { src: place(one.file), alt: words || say("no_description", { name: one.name }), loading: "lazy" })),
      video: () => el("video", { controls: true, preload: "metadata", src: place(one.file), "aria-label": words || say("video", { name: one.name }) }),
      audio: () => el("audio", { controls: true, preload: "none", src: place(one.file), "aria-label": words || say("sound", { name: one.name }) }),
    }[family];
    const state = one.file ? (family ? "" : say("open_folder", { file: `data/${one.file}` })) : say(STATUS[one.status] ?? "unknown");
    return el("li", {}, el("figure", {}, shown ? shown() : null, el("figcaption", {}, words, words ? el("br") : null, one.name || one.url, " ", state ? el("span", { class: "quiet" }, state) : null)));
  }

  /** Words kept, added and removed between two texts; null if there are too many to compare. */
  function differences(before, after) {
    const [a, b] = [before, after].map((text) => text.match(/\s+|\S+/g) ?? []);
    if (a.length > MOST_WORDS || b.length > MOST_WORDS) return null;
    const width = b.length + 1;
    const common = new Uint16Array((a.length + 1) * width);
    for (let i = a.length - 1; i >= 0; i -= 1) {
      for (let j = b.length - 1; j >= 0; j -= 1) {
        common[i * width + j] = a[i] === b[j] ? common[(i + 1) * width + j + 1] + 1 : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
      }
    }
    const pieces = [];
    const put = (tag, word) => {
      if (pieces.length && pieces.at(-1)[0] === tag) pieces.at(-1)[1] += word;
      else pieces.push([tag, word]);
    };
    for (let i = 0, j = 0; i < a.length || j < b.length;) {
      if (i < a.length && j < b.length && a[i] === b[j]) {
        put("span", a[i]);
        i += 1;
        j += 1;
      } else if (j >= b.length || (i < a.length && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
        put("del", a[i]);
        i += 1;
      } else {
        put("ins", b[j]);
        j += 1;
      }
    }
    return pieces.map(([tag, words]) => el(tag, {}, words));
  }

  function versions(one, detail) {
    if (detail.versions.length < 2) return null;
    const lines = detail.versions.map((version, at) => {
      const head = el("p", {}, say("version", { number: number(version.version) }), version.version === detail.version ? ` · ${say("shown")}` : "", version.edited ? ` · ${say("edited_at", { when: timeWords(version.edited) })}` : "");
      const before = at ? differences(detail.versions[at - 1].text, version.text) : null;
      return el("li", {}, head, el("p", { class: "snippet", dir: "auto" }, before ?? version.text));
    });
    return section(say("versions"), el("ol", {}, lines), el("p", { class: "hint" }, say("changes_hint")));
  }

  function origin(one, detail) {
    const facts = [
      [say("number"), number(one.at + 1)],
      ...(one.isMessage && !one.isEvent ? [[say("from_whom"), one.from || say("unknown")], [say("to_whom"), one.to || say("unknown")]] : []),
      [say("local"), one.when || say("unknown")],
      [say("written"), detail.written || say("unknown")],
      [say("utc"), detail.utc || say("unknown")],
      [say("record_id"), el("code", {}, detail.record_id)],
      [say("digest"), el("code", {}, detail.digest)],
      [say("archive"), el("code", {}, detail.capture)],
      [say("member"), el("code", {}, detail.member)],
      [say("place"), say("place_words", { item: number(detail.item + 1), start: number(detail.start), end: number(detail.start + detail.length) })],
      ...Object.entries(detail.extra).map(([name, value]) => [name.replaceAll("_", " "), value]),
    ];
    return section(say("origin"), el("dl", { class: "facts" }, facts.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])));
  }

  function thread(one, together, address, account) {
    if (together.length < 2) return null;
    const lines = together.map(({ row, isContext }) => {
      const here = row.at === one.at;
      const head = [el("strong", {}, here ? say("this_record") : ""), here ? " " : "", here ? null : el("a", { href: address(row.at) }, heading(row)), " ", row.when ? timeWords(row.when) : say("no_date"), " ", el("span", { class: "quiet" }, row.isMessage ? who(row, account) : row.author), " ", tags(row, isContext)];
      return el("li", { "aria-current": here ? "true" : null, class: isContext ? "is-context" : null }, el("p", {}, head), el("p", { class: "snippet", dir: "auto" }, row.text || row.title));
    });
    return section(say("thread"), el("p", { class: "hint" }, say("thread_hint")), el("ol", { class: "hits" }, lines));
  }

  /** The whole page of a record. `places`: ranges to highlight; `around`: links to the previous and next record. */
  function show({ one, detail, account, isContext, places, titlePlaces, together, address, around }) {
    return [
      around,
      el("article", { class: "record" },
        el("h1", { tabindex: "-1" }, heading(one), " · ", account.label, " ", el("span", { class: "quiet" }, "· ", account.platform_title)),
        el("p", {}, one.when ? timeWords(one.when) : say("no_date"), who(one, account) ? ` · ${who(one, account)}` : ""),
        el("p", {}, tags(one, isContext)),
        isContext ? el("p", { class: "note" }, say("context_long")) : null,
        detail.deleted ? el("p", { class: "note" }, say("deleted_at", { when: timeWords(detail.deleted) })) : null,
        detail.edited ? el("p", { class: "quiet" }, say("edited_at", { when: timeWords(detail.edited) })) : null,
        detail.thread_title ? el("p", { dir: "auto" }, el("strong", {}, detail.thread_title)) : null,
        one.title ? el("p", { class: "quiet", dir: "auto" }, marked(one.title, titlePlaces)) : null,
        one.isEvent && one.title ? null : one.text ? el("div", { class: "record-text", dir: "auto" }, marked(one.text, places)) : el("p", { class: "quiet" }, say("no_text")),
        detail.attachments.length ? section(say("files"), el("ul", { class: "files" }, detail.attachments.map(file))) : null,
        detail.url || detail.links.length ? section(say("addresses"), el("ul", { class: "plain" }, detail.url ? el("li", {}, say("on_platform"), " ", link(detail.url)) : null, detail.links.map((each) => el("li", {}, say("in_text"), " ", link(each))))) : null,
        thread(one, together, address, account),
        versions(one, detail),
        origin(one, detail)),
    ];
  }

  return { show };
})();
