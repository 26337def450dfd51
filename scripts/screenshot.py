#!/usr/bin/env python3
"""Signs in with the operator token and takes a picture of one page, with Debian's Chromium.

    screenshot.py URL TOKEN_FILE FILE
"""

import shutil
import sys

from playwright.sync_api import sync_playwright

BROWSERS = ["chromium", "chromium-browser", "google-chrome"]


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: screenshot.py URL TOKEN_FILE FILE")
    url, token_file, file = sys.argv[1:]
    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser_path is None:
        sys.exit(f"error: none of {', '.join(BROWSERS)} is installed")
    with open(token_file, encoding="ascii") as opened:
        token = opened.readline().strip()
    with sync_playwright() as playwright:
        # Chromium's own sandbox needs rights that containers and root do not have; the only page is our own.
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-GB")
        page.goto(url)
        if page.locator("#token").count():
            page.fill("#token", token)
            page.press("#token", "Enter")
            page.wait_for_load_state()
            page.goto(url)
        if page.locator("#token").count():
            sys.exit(f"error: {page.url} does not accept the token of {token_file}")
        page.screenshot(path=file)
        browser.close()


if __name__ == "__main__":
    main()
