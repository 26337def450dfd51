#!/usr/bin/env python3
"""Counts what `swift test` and pytest say they ran, and compares it with scripts/expected-tests.

    expect_tests.py SWIFT_LOG PYTEST_LOG

A run that was cut short, a filter that matched nothing and a test that skipped itself all look like success to an exit
code; here they do not. Prints "N passed, 0 failed" as the last line if all is well.
"""

import os
import re
import sys

EXPECTED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected-tests")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def expectations():
    least, skips = {}, set()
    with open(EXPECTED, encoding="utf-8") as file:
        for line in file:
            word, _, rest = line.strip().partition(" ")
            if word == "skip":
                skips.add(rest)
            elif word and not word.startswith("#"):
                least[word] = int(rest)
    return least, skips


def lines(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return [COLOURS.sub("", line).rstrip("\n") for line in file]


def swift_counts(log):
    """(passed, failed, skipped names, faults) of Swift Testing's and XCTest's summaries."""
    passed, failed, skipped, faults, summaries = 0, 0, [], [], 0
    for line in log:
        if match := re.search(r"^\S+ +Test run with (\d+) tests? (?:in \d+ suites? )?(passed|failed) after", line):
            summaries += 1
            passed += int(match[1])
        elif match := re.search(r"^\S+ +Test (.+?) skipped(?:\.|:|$)", line):
            skipped.append(match[1].strip('"'))
        elif re.search(r"^\S+ +Test (?!run with\b|case\b).+ failed after [0-9.]+ seconds", line):
            failed += 1
        elif match := re.search(r"Executed (\d+) tests?, with (\d+) failures?", line):
            if int(match[1]) or int(match[2]):
                faults.append("XCTest ran tests; this project's are Swift Testing's")
    if summaries == 0:
        faults.append("swift test printed no summary: it was cut short")
    if any("Test run with" in line and " failed after" in line for line in log) and failed == 0:
        failed = 1
    return passed - failed - len(skipped), failed, skipped, faults


def pytest_counts(log):
    """The same of pytest's last line, such as `3 failed, 12 passed, 1 skipped in 4.2s`."""
    for line in reversed(log):
        if re.search(r"\bin [0-9.]+s\b", line) and re.search(r"\d+ (passed|failed|error|skipped)|no tests ran", line):
            count = {word: int(number) for number, word in re.findall(r"(\d+) ([a-z]+)", line.split(" in ")[0])}
            failed = count.get("failed", 0) + count.get("error", 0) + count.get("errors", 0)
            skipped = [line for line in log if line.startswith("SKIPPED")]
            return count.get("passed", 0), failed, skipped, []
    return 0, 0, [], ["pytest printed no summary: it was cut short"]


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: expect_tests.py SWIFT_LOG PYTEST_LOG")
    least, allowed = expectations()
    total, failures, faults = 0, 0, []
    for kind, counts in (("swift", swift_counts(lines(sys.argv[1]))), ("python", pytest_counts(lines(sys.argv[2])))):
        passed, failed, skipped, found = counts
        total, failures = total + passed, failures + failed
        faults += found
        faults += [f"skipped without need: {name}" for name in skipped if name not in allowed]
        if passed < least[kind]:
            faults.append(f"only {passed} {kind} tests passed; scripts/expected-tests asks for {least[kind]}")
    for fault in faults:
        print(f"error: {fault}")
    print(f"{total} passed, {failures} failed" + (f", {len(faults)} other faults" if faults else ""))
    sys.exit(1 if failures or faults else 0)


if __name__ == "__main__":
    main()
