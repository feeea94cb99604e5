"""What one step of a weight's slider costs in the browser, with seven vendors compared, six of them ranked.

`python tests/benchmarks/whatif.py [steps]`. Measured is the script's time from the slider's event
until everything that follows at once is drawn: scores, places, sentences, flip points, chart. Ends
with status 1 if the median is 16 ms or more.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402 - after the path

from tests.conftest import CHROMIUM_ARGUMENTS, WIDE, chromium_binary  # noqa: E402
from tests.site import Site  # noqa: E402

LIMIT = 16
STEP = """async steps => {
  const hand = document.querySelector('[data-hand] .rng'), times = [];
  for (let i = 0; i < steps; i++) {
    hand.value = 5 + i % 50;
    const start = performance.now();
    hand.dispatchEvent(new Event('input', {bubbles: true}));
    times.push(performance.now() - start);
    await new Promise(requestAnimationFrame);
  }
  return times;
}"""


def vendors(site: Site) -> list[str]:
    """Public ids of six ranked vendors and one that is not, made on the site."""
    code = """
from tests.browser.varied import varied_vendors
print(*[vendor.public_id for vendor in varied_vendors()])
"""
    return site.manage("shell", "--verbosity", "0", "--command", code).stdout.split()


def sign_in(page: Page, folder: Path) -> None:
    """Sign in as any of the sample people."""
    people = json.loads((folder / "demo-sign-ins.json").read_text(encoding="utf-8"))
    email, password = next(iter(people.items()))
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def measure(site: Site, folder: Path, steps: int) -> list[float]:
    """Milliseconds of each step."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_binary(), args=CHROMIUM_ARGUMENTS
        )
        page = browser.new_page(base_url=site.url, viewport=WIDE)
        sign_in(page, folder)
        page.goto("/compare/?" + "&".join(f"v={key}" for key in vendors(site)))
        page.wait_for_load_state("networkidle")
        page.evaluate(STEP, 20)
        times: list[float] = page.evaluate(STEP, steps)
        browser.close()
    return times


def main(steps: int) -> int:
    """Start an installation with the samples, measure, print the figures."""
    with tempfile.TemporaryDirectory(prefix="vetting-whatif-") as name:
        folder = Path(name)
        site = Site(folder)
        try:
            site.manage("demo", "--no-serve")
            site.serve()
            times = sorted(measure(site, folder, steps))
        finally:
            site.close()
    median, slow = statistics.median(times), times[int(0.95 * len(times))]
    print(
        f"{steps} steps: median {median:.1f} ms, 95 of 100 under {slow:.1f} ms, longest"
        f" {times[-1]:.1f} ms (median < {LIMIT} ms)"
    )
    return int(median >= LIMIT)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
