"""Hold a page, as it is now, to WCAG 2.2 AA with axe."""

from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def faults(page: Page) -> list[str]:
    """Give each fault with the element it is at. The script runs outside the page's own policy."""
    page.evaluate(AXE + "; true")
    found = page.evaluate("tags => axe.run(document, { runOnly: tags })", TAGS)
    return [f"{fault['id']}: {node['html'][:150]}" for fault in found["violations"] for node in fault["nodes"]]


def overflow(page: Page) -> int:
    """Give by how many pixels the page is wider than the window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width
