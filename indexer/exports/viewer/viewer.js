// Loads and searches a package. Its rows are scripts, the only files a page opened from disk may load.
"use strict";

(() => {
  const { say, number, speak, languages, language, el, marked, row: rowOf, kind, who, people, heading, tags, timeWords, place } = window.SHOWME_PAGE;
  const { EDGE, line, terms, fits, places } = window.SHOWME_FOLD;
  const PAGE = 50;
  const SNIPPET = 280;
  const FILTERS = ["account", "platform", "kind", "from", "to", "media", "sort", "scope"];
  const EMPTY = { q: "", account: "", platform: "", kind: "", from: "", to: "", media: "", sort: "", scope: "", page: "", record: "" };

  const main = document.getElementById("main");
  const rows = [];
  const folded = [];
  const details = new Map();
  const waiting = new Map(); // file of details -> callback waiting for it
  let meta = null;
  let state = { ...EMPTY };
  let found = [];
  let foundFor = null;
  let families = null; // thread -> rows
  let focusOn = "";
  let isNarrowOpen = false; // whether the reader opened the filters
  let loaded = 0; // number of meta.lists loaded
  const isWhole = () => loaded === meta.lists.length;

  window.SHOWME = {
    meta(given) {
      meta = given;
      load(0);
    },
    list(start, lines) {
      lines.forEach((each, at) => { rows[start + at] = rowOf(each, start + at); });
    },
    detail(start, lines) {
      lines.forEach((each, at) => details.set(start + at, each));
    },
  };

  function script(file, then) {
    const made = el("script", { src: file });
    made.onload = () => { made.remove(); then(); };
    made.onerror = () => broken(file);
    document.head.append(made);
  }

  function broken(file) {
    main.replaceChildren(el("p", { class: "note note-bad", role: "alert" }, say("broken", { file: `data/viewer/${file}` })));
  }

  /** Load the lists in turn. The page opens with the first; searches and filters wait for all and show the progress. */
  function load(at) {
    if (at < meta.lists.length) {
      script(meta.lists[at], () => {
        loaded = at + 1;
        if (at === 0 && !isWhole()) begin();
        else if (!isWhole()) tell();
        load(loaded);
      });
    } else if (rows.length !== meta.total + meta.context_total) {
      broken("data/meta.js");
    } else if (meta.lists.length < 2) {
      begin();
    } else {
      whole();
    }
  }

  function begin() {
    window.addEventListener("hashchange", follow);
    follow();
  }

  function whole() {
    const results = document.getElementById("results");
    if (!results) draw();
    else if (needsAll()) {
      find(); // replaces only the results, so that text being typed is kept
      results.replaceChildren(...hits());
    } else document.getElementById("opening")?.remove();
    ready(0);
  }

  /** Fold the words of all rows in the background, so that the first search is as fast as later ones. */
  function ready(from) {
    const until = Math.min(rows.length, from + 1000);
    for (let at = from; at < until; at += 1) words(rows[at]);
    if (until < rows.length) window.setTimeout(ready, 4, until);
  }

  function words(one) {
    const account = meta.accounts[one.account];
    folded[one.at] ??= [one.text, one.title, one.more, `${one.author} ${account.label} ${account.name}`].map(line).join(EDGE);
    return folded[one.at];
  }

  const openingWords = () => say("loading", { percent: number(Math.floor(100 * loaded / meta.lists.length)) });
  const opening = () => el("div", { id: "opening" }, el("p", { class: "hint", role: "status" }, openingWords()), el("progress", { max: meta.lists.length, value: loaded, "aria-label": say("loading_label") }));

  function tell() {
    const here = document.getElementById("opening");
    if (!here) return;
    here.querySelector("p").textContent = openingWords();
    here.querySelector("progress").value = loaded;
  }

  /** Whether the current view needs all rows: an earlier search would miss records. */
  const needsAll = () => Boolean(state.record || state.q || FILTERS.some((name) => state[name] !== "")) || Math.max(1, Number(state.page) || 1) * PAGE > Math.min(rows.length, meta.total);
  const isEarly = () => !isWhole() && needsAll();

  // the URL fragment holds the whole state, so that back, forward and bookmarks work

  function address(changes) {
    const wanted = { ...state, page: "", record: "", ...changes };
    const pairs = Object.entries(wanted).filter(([, value]) => value !== "");
    return `#${new URLSearchParams(pairs)}`;
  }

  function follow() {
    const hash = window.location.hash;
    if (hash === "#main") {
      main.focus();
      return;
    }
    const given = Object.fromEntries(new URLSearchParams(hash.slice(1)));
    const before = state;
    state = { ...EMPTY };
    for (const name of Object.keys(EMPTY)) state[name] = given[name] ?? "";
    if (before.record && !state.record) focusOn = before.record;
    draw();
  }

  function draw() {
    document.documentElement.lang = language();
    document.getElementById("skip").textContent = say("skip");
    document.getElementById("languages").replaceChildren(...languages().map(([name, own]) => {
      const button = el("button", { type: "button", lang: name, "aria-pressed": String(name === language()) }, own);
      button.addEventListener("click", () => { speak(name); draw(); document.querySelector(`#languages [lang="${name}"]`).focus(); });
      return button;
    }));
    if (!isEarly()) find();
    if (state.record && isEarly()) main.replaceChildren(el("h1", {}, document.title), opening());
    else if (state.record) record(Number(state.record) - 1);
    else list();
  }

  const isContext = (one) => one.at >= meta.total;
  const wantedTerms = () => terms(state.q);

  function find() {
    const key = JSON.stringify({ ...state, page: "", record: "", loaded });
    if (key === foundFor) return;
    foundFor = key;
    const wanted = wantedTerms();
    found = rows.filter((one) => {
      const account = meta.accounts[one.account];
      return (state.scope === "all" || isContext(one) === (state.scope === "context"))
        && (!state.account || state.account === String(one.account))
        && (!state.platform || state.platform === account.platform)
        && (!state.kind || state.kind === one.kind)
        && (!state.from || (one.when !== "" && one.when.slice(0, 10) >= state.from))
        && (!state.to || (one.when !== "" && one.when.slice(0, 10) <= state.to))
        && (!state.media || (state.media === "with") === one.files > 0)
        && (!wanted.length || fits(words(one), wanted));
    });
    const way = { newest: -1, oldest: 1 }[state.sort];
    if (way) found.sort((a, b) => (a.posted === null) - (b.posted === null) || way * (a.posted - b.posted) || a.at - b.at);
  }

  function about() {
    // only the paraphrase of the search is translated: the other facts are in English and marked so
    const own = (text) => [text, language() === "en" ? null : "en"];
    const reading = meta.readings[language()] ? [meta.readings[language()], null] : own(meta.reading);
    const order = ["newest", "oldest", "relevance"].includes(meta.sort) ? [say(`sort_${meta.sort}`), null] : own(meta.sort);
    const facts = [
      [say("query"), [meta.query, null]], [say("reading"), reading], [say("filters"), own(meta.filters.join("\n"))], [say("order"), order],
      [say("zone"), [meta.zone, null]], [say("made"), [say("made_by", { when: timeWords(meta.made), who: meta.made_by }), null]], [say("software"), own(`Show-Me Records ${meta.version}`)],
      [say("captures"), [meta.captures.map((one) => `${one.name}, SHA-256 ${one.digest}`).join("\n"), null]], [say("coverage"), own(meta.coverage.join("\n"))], [say("know"), own(meta.notes.join("\n"))],
    ].filter(([, [value]]) => value);
    const files = meta.files.map((file) => el("li", {}, el("a", { href: `../${file}` }, `data/${file}`)));
    return el("details", { class: "about" }, el("summary", {}, say("about")),
      el("dl", { class: "facts" }, facts.map(([name, [value, lang]]) => [el("dt", {}, name), el("dd", { dir: "auto", lang }, value)])),
      el("p", {}, say("other_files")), el("ul", { class: "plain" }, files));
  }

  function choice(name, options) {
    const made = el("select", { id: name, name }, options.map(([value, words]) => el("option", { value, selected: value === state[name] }, words)));
    return el("div", { class: "field" }, el("label", { for: name }, say(name)), made);
  }

  function form() {
    const any = ["", say("any")];
    const day = (name) => el("div", { class: "field" }, el("label", { for: name }, say(name)), el("input", { type: "date", id: name, name, value: state[name] }));
    const kinds = [...meta.kinds].map((each) => [each, kind({ kind: each })]);
    const platforms = new Map(meta.accounts.map((one) => [one.platform, one.platform_title]));
    const clear = el("button", { type: "button", class: "act" }, say("clear"));
    clear.addEventListener("click", () => { focusOn = "q"; window.location.hash = "#scope="; });
    const made = el("form", { class: "search", role: "search" },
      el("div", { class: "ask" },
        el("div", { class: "field" }, el("label", { for: "q" }, say("search")), el("input", { type: "search", id: "q", name: "q", value: state.q, "aria-describedby": "q-hint", autocomplete: "off" })),
        el("button", { class: "act first" }, say("find")), clear),
      el("p", { class: "hint", id: "q-hint" }, say("search_hint")),
      el("details", { class: "narrow", open: isNarrowOpen || FILTERS.some((name) => state[name] !== "") }, el("summary", {}, say("filters")), el("div", { class: "fields" },
        choice("account", [any, ...meta.accounts.map((one, at) => [String(at), `${one.label} (${one.platform_title})`])]),
        choice("platform", [any, ...platforms]),
        choice("kind", [any, ...kinds]),
        day("from"), day("to"),
        choice("media", [any, ["with", say("with")], ["without", say("without")]]),
        choice("sort", [["", say("sort_package")], ["newest", say("sort_newest")], ["oldest", say("sort_oldest")]]),
        meta.context_total ? choice("scope", [["", say("scope_records")], ["context", say("scope_context")], ["all", say("scope_all")]]) : null)));
    const narrow = made.querySelector(".narrow");
    narrow.addEventListener("toggle", () => { isNarrowOpen = narrow.open; });
    const go = (focus) => {
      focusOn = focus;
      const to = address(Object.fromEntries(new FormData(made)));
      if (to === window.location.hash) draw();
      else window.location.hash = to;
    };
    made.addEventListener("submit", (event) => { event.preventDefault(); go("q"); });
    made.addEventListener("change", (event) => { if (event.target.id !== "q") go(event.target.id); });
    return made;
  }

  /** Ranges to highlight: matches of the viewer's search, or else of the search that made the package. */
  const marksOf = (text, own, wanted) => wanted.length ? places(text, wanted) : own;

  function snippet(one, wanted) {
    const text = one.text || one.title;
    const marks = marksOf(text, one.marks, wanted);
    let from = marks.length && marks[0][0] > SNIPPET / 2 ? Math.max(text.lastIndexOf(" ", marks[0][0] - SNIPPET / 3) + 1, marks[0][0] - SNIPPET / 2) : 0;
    let to = Math.min(text.length, from + SNIPPET);
    const isHalf = (at) => /[\udc00-\udfff]/.test(text.charAt(at)); // never cut a surrogate pair in two
    if (isHalf(from)) from -= 1;
    if (isHalf(to)) to += 1;
    return [from ? "… " : "", marked(text, marks, from, to), to < text.length ? " …" : ""];
  }

  function list() {
    main.replaceChildren(el("h1", {}, document.title), about(), form(), el("div", { id: "results" }, ...hits()));
    const target = document.getElementById(focusOn) ?? document.getElementById(`hit-${focusOn}`);
    focusOn = "";
    target?.focus();
  }

  /** The results below the form; never a count while records are still loading. */
  function hits() {
    if (isEarly()) return [opening()];
    const wanted = wantedTerms();
    const total = isWhole() ? found.length : meta.total; // without a search and filters every record matches
    const pages = Math.max(1, Math.ceil(total / PAGE));
    const page = Math.min(Math.max(1, Number(state.page) || 1), pages);
    const shown = found.slice((page - 1) * PAGE, page * PAGE);
    const all = state.scope === "all" ? rows.length : state.scope === "context" ? meta.context_total : meta.total;
    const count = total < all ? say("count_of", { count: number(total), total: number(all) }) : all === 1 ? say("count_one") : say("count", { count: number(all) });
    const turn = () => pages < 2 ? null : el("nav", { class: "turn", "aria-label": say("pages") },
      page > 1 ? el("a", { href: address({ page: String(page - 1) }), rel: "prev" }, say("previous")) : null,
      el("span", {}, say("page", { page: number(page), pages: number(pages) })),
      page < pages ? el("a", { href: address({ page: String(page + 1) }), rel: "next" }, say("next")) : null);
    const lines = shown.map((one) => {
      const account = meta.accounts[one.account];
      const name = people(one, account);
      return el("li", { class: isContext(one) ? "is-context" : null },
        el("div", { class: "hit-body" },
          el("p", { class: "hit-head" }, el("a", { class: "hit", id: `hit-${one.at + 1}`, href: address({ page: state.page, record: String(one.at + 1) }) }, name), " ",
            el("span", { class: "quiet" }, [heading(one), ...(name === account.label ? [] : [account.label]), account.platform_title].join(" · ")), " ", tags(one, isContext(one))),
          el("p", { class: "snippet", dir: "auto" }, snippet(one, wanted))),
        one.thumb ? el("img", { class: "thumb", src: place(one.thumb), alt: "", loading: "lazy", decoding: "async" }) : null,
        el("p", { class: "hit-when" }, one.when ? timeWords(one.when) : say("no_date")));
    });
    return [
      el("p", { class: "count", role: "status", id: "count" }, count),
      isWhole() ? null : opening(),
      el("p", { class: "hint" }, say("within"), meta.context_total && !state.scope ? ` · ${say("context_count", { count: number(meta.context_total) })}` : ""),
      shown.length ? el("ol", { class: "hits", start: String((page - 1) * PAGE + 1) }, lines) : el("p", { class: "note" }, say("none")),
      turn(),
    ].filter(Boolean);
  }

  function record(at) {
    const one = rows[at];
    if (!one) {
      main.replaceChildren(el("h1", {}, document.title), el("p", { class: "note" }, say("lost")), el("p", {}, el("a", { href: address({}) }, say("back"))));
      return;
    }
    if (details.has(at)) {
      drawRecord(one);
      return;
    }
    const [file] = meta.details.findLast(([, start]) => start <= at);
    const asked = waiting.has(file);
    waiting.set(file, () => { waiting.delete(file); if (state.record) record(Number(state.record) - 1); });
    if (!asked) script(file, () => details.has(at) ? waiting.get(file)() : broken(file));
  }

  function drawRecord(one) {
    const wanted = wantedTerms();
    const here = found.findIndex((each) => each.at === one.at);
    const listPage = here >= PAGE ? String(Math.floor(here / PAGE) + 1) : "";
    const to = (each) => address({ page: state.page, record: String(each.at + 1) });
    const around = el("nav", { class: "around", "aria-label": say("around") },
      el("a", { href: address({ page: listPage }), rel: "up" }, `← ${say("back")}`),
      here > 0 ? el("a", { href: to(found[here - 1]), rel: "prev" }, say("previous")) : null,
      here >= 0 ? el("span", { class: "quiet" }, say("hit", { hit: number(here + 1), total: number(found.length) })) : null,
      here >= 0 && here + 1 < found.length ? el("a", { href: to(found[here + 1]), rel: "next" }, say("next")) : null);
    main.replaceChildren(...window.SHOWME_RECORD.show({
      one,
      detail: details.get(one.at),
      account: meta.accounts[one.account],
      isContext: isContext(one),
      places: marksOf(one.text, one.marks, wanted),
      titlePlaces: marksOf(one.title, one.text ? [] : one.marks, wanted),
      together: together(one).map((row) => ({ row, isContext: isContext(row) })),
      address: (at) => to(rows[at]),
      around,
    }));
    main.querySelector("h1").focus();
    window.scrollTo(0, 0);
  }

  /** The rows of a thread: the platform's conversation, or else the chain of replies up and down, across accounts. */
  function together(one) {
    families ??= group();
    const set = families.get(familyOf(one)) ?? [one];
    return [...set].sort((a, b) => (a.posted === null) - (b.posted === null) || a.posted - b.posted || a.at - b.at);
  }

  const name = (one, native) => `${meta.accounts[one.account].platform}:${native}`;
  const roots = new Map();

  function familyOf(one) {
    if (one.thread) return `conversation ${one.account} ${one.thread}`;
    let at = name(one, one.native);
    while (roots.has(at)) at = roots.get(at);
    return at;
  }

  function group() {
    // replies to the same record are grouped even if that record is not in the package
    for (const one of rows) {
      if (one.thread || !one.parent || one.kind === "like") continue;
      const [child, parent] = [one.native, one.parent].map((native) => {
        let at = name(one, native);
        while (roots.has(at)) at = roots.get(at);
        return at;
      });
      if (child !== parent) roots.set(child, parent);
    }
    const sets = new Map();
    for (const one of rows) {
      const key = familyOf(one);
      if (sets.has(key)) sets.get(key).push(one);
      else sets.set(key, [one]);
    }
    return sets;
  }
})();
