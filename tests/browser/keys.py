"""What of a page a mouse can do and a keyboard cannot; and a way about a page with Tab alone."""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Locator, Page

SCRIPT = Path(__file__).with_name("unreached.js").read_text()
HAS_FOCUS = "node => node.getRootNode().activeElement === node"  # also in a shadow tree


def unreached(page: Page, *, focuses: bool = False) -> Iterator[tuple[str, str]]:
    """What is wrong, and where. `focuses`: the focus goes around too, to be seen; a page that goes on being used leaves
    it out."""
    for what, place in page.evaluate(SCRIPT, focuses):
        yield str(what), str(place)


def tab_to(target: Locator, *, most: int = 120, back: bool = False) -> None:
    """Press Tab (`back`: with Shift) until what is meant has the focus."""
    target.wait_for()
    for _ in range(most):
        if target.evaluate(HAS_FOCUS):
            return
        target.page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"{most} times Tab do not reach {target}: at {where(target.page)}")


def focus(page: Page) -> Locator:
    """What has the focus, to wait for."""
    return page.locator("*:focus")


def where(page: Page) -> str:
    """What has the focus."""
    return str(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
