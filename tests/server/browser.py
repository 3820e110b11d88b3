"""An annotator at work: headless Chromium in front of a real Label Studio, with mouse and keyboard."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.server.conftest import PASSWORD, USER, Studio

__all__ = ["Annotator", "annotator"]

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# From the first to the last of some words, as they stand on the page: x and y of both ends.
WHERE = """(words) => {
  const walker = document.createTreeWalker(document.querySelector(".lsf-htx-richtext"), NodeFilter.SHOW_TEXT);
  const nodes = [];
  let text = "";
  while (walker.nextNode()) { nodes.push([walker.currentNode, text.length]); text += walker.currentNode.data; }
  const place = (at) => nodes.filter((node) => node[1] <= at).map((node) => [node[0], at - node[1]]).at(-1);
  const first = text.indexOf(words);
  const [start, startAt] = place(first), [end, endAt] = place(first + words.length - 1);
  const range = document.createRange();
  range.setStart(start, startAt);
  range.setEnd(end, endAt + 1);
  start.parentElement.scrollIntoView({ block: "center" });
  const boxes = [...range.getClientRects()];
  const one = boxes[0], other = boxes.at(-1);
  return [one.left, one.top + one.height / 2, other.right, other.top + other.height / 2];
}"""


@contextmanager
def annotator(studio: Studio) -> Iterator["Annotator"]:
    """Somebody who has logged in."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        page.set_default_timeout(60_000)
        page.goto(f"{studio.url}/user/login/")
        page.fill("input[name=email]", USER)
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_url(f"{studio.url}/")
        yield Annotator(studio, page)
        browser.close()


class Annotator:
    """What an annotator does on the page of a task."""

    def __init__(self, studio: Studio, page: Page) -> None:
        self.studio = studio
        self.page = page

    def open(self, task: dict[str, Any]) -> None:
        """Open a task, with what it is pre-annotated with."""
        self.page.goto(f"{self.studio.url}/projects/{task['project']}/data?task={task['id']}")
        self.page.wait_for_selector(".lsf-htx-richtext")
        expected = sum(item["type"] == "labels" for one in task["predictions"] for item in one["result"])
        self.page.wait_for_function(
            "(count) => document.querySelectorAll('.htx-highlight').length >= count", arg=expected
        )

    def draw(self, key: str, words: str) -> None:
        """Press a label's key and drag over some words."""
        before = self.page.locator(".htx-highlight").count()
        self.page.keyboard.press("Escape")
        self.page.get_by_text("View region details").wait_for()  # nothing is selected, to which the key would go
        self.page.keyboard.press(key)
        self.page.locator(".lsf-label_selected").wait_for()
        left, top, right, bottom = self.page.evaluate(WHERE, words)
        self.page.mouse.move(left + 0.5, top)
        self.page.mouse.down()
        self.page.mouse.move((left + right) / 2, (top + bottom) / 2, steps=5)
        self.page.mouse.move(right - 0.5, bottom, steps=5)
        self.page.mouse.up()
        self.page.wait_for_function("(count) => document.querySelectorAll('.htx-highlight').length > count", arg=before)

    def select(self, label: str) -> None:
        """Select a region in the list."""
        self.page.keyboard.press("Escape")
        self.page.locator(".lsf-outliner-item", has_text=label).click()

    def link(self, label: str, other: str) -> None:
        """Link one region with another."""
        self.select(label)
        self.page.keyboard.press("Alt+r")
        self.page.locator(".lsf-outliner-item", has_text=other).click()

    def write(self, name: str, text: str) -> None:
        """Write into a field of the region that is selected, and leave the field."""
        field = self.page.locator(f"[name={name}]:visible")
        field.fill(text)
        field.blur()
        self.page.wait_for_timeout(500)  # it is taken over a little later, and then no label is selected any more

    def choose(self, *values: str) -> None:
        """Click choices of the region that is selected."""
        for value in values:
            self.page.locator(f".gs-panel input[name={value}]:visible").click()

    def submit(self) -> None:
        """Submit what was drawn."""
        with self.page.expect_response(
            lambda answer: "/annotations" in answer.url and answer.request.method == "POST"
        ) as said:
            self.page.get_by_role("button", name="Submit").click()
        assert said.value.ok
