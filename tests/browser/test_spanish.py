"""Every page in Spanish: no English that is ours, whatever the role of the reader."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.support.browser import PLAIN, Portal, addresses, certified

pytestmark = pytest.mark.browser

ENGLISH = re.compile(
    r"\b([Tt]he|and|[Oo]f|[Ww]ith|[Ww]as|[Ww]ere|[Ii]s|[Aa]re|[Tt]his|[Tt]hat|[Ff]rom|[Ff]or|[Bb]y|[Yy]our?|[Ww]hat|[Ww]hich|[Nn]othing|"
    r"[Nn]one|[Hh]as|[Aa]ll|[Ss]earch|[Rr]ecords?|[Aa]ccounts?|[Cc]aptures?)\b(?!:)"
)
"""Words that are frequent in English and are none of Spanish; not AND, and not the fields of a query (from:)."""

OURS = """() => {
  // what the program says by itself: no names, no queries, no words of an archive, nothing that says that it is English
  const others = "script, style, code, pre, kbd, samp, mark, datalist, textarea, [lang=en]:not(html), .brand, .snippet, .hit-title, .hit-who, "
    + ".record-text, .record-title, .query-text, .thread-text, .letterhead p, .subject";
  const body = document.querySelector(".brand-body").textContent;
  const shown = [["title", document.title]];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent.closest(others)) shown.push([parent.tagName + "." + parent.className, walker.currentNode.nodeValue]);
  }
  for (const element of document.querySelectorAll("[title], [aria-label], [alt], [data-sending]"))
    for (const name of ["title", "aria-label", "alt", "data-sending", "data-failed", "data-large", "data-left"])
      if (element.hasAttribute(name) && !element.closest(others)) shown.push([element.tagName + " " + name, element.getAttribute(name)]);
  return shown.map(([where, text]) => [where, text.replaceAll(body, "").replaceAll("Show-Me Records", "").replace(/\\s+/g, " ").trim()])
    .filter(([, text]) => text);
}"""


def english(page: Page) -> list[str]:
    return [f"{where}: {text}" for where, text in page.evaluate(OURS) if ENGLISH.search(text)]


def test_the_walk_sees_english(portal: Portal) -> None:
    page = portal.page("ada")
    page.goto(portal.address + "/captures")
    assert len(english(page)) > 20


@pytest.mark.parametrize("name", ["ada", "gwen"])
def test_no_page_says_a_word_of_english(portal: Portal, name: str) -> None:
    page = portal.page(name)
    page.goto(portal.address + "/language/es")
    walked = PLAIN if name == "gwen" else [*addresses(page, portal), *certified(page, portal)]
    found: list[str] = []
    for address in walked:
        page.goto(portal.address + address)
        assert page.evaluate("document.documentElement.lang") == "es", address
        found += [f"{address}: {one}" for one in english(page)]
    assert not found, "\n".join(found)
