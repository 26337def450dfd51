#!/usr/bin/env python3
"""Checks that arrows between modules point downwards only, and that pure modules stay pure.

Each module may import what stands behind its name in MODULES, nothing else; a new module has to be entered here. A pure
module decides: it has no clock, no random source, no file and no socket, so nothing that could give it one.
"""

import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")

# Bottom up. Everything may import RoostCore.
PURE = {
    "RoostCore": "",
    "Events": "",
    "Liquid": "",
    "Ladders": "",
    "Catalog": "",
    "Profiles": "Events",
    "Segments": "Events Profiles",
    "Delivery": "Events Profiles",
    "Journeys": "Events Profiles Segments Delivery",
    "Engine": "Events Liquid Catalog Profiles Segments Journeys Delivery",
    "Rehearsal": "Events Profiles Segments Journeys Delivery Engine",
    "Lint": "Events Profiles Segments Journeys Delivery Engine",
}
SHELL = {
    "Console": "",
    "Channels": "CLibCrypto Liquid",
    "Storage": "CChecksum CRocksDB",
    "History": "CChecksum Events",
    "Runtime": "Events Liquid Catalog Profiles Segments Journeys Delivery Engine Rehearsal Storage History Channels",
    "Server": "WebSDK CZlib Lint Events Liquid Catalog Profiles Segments Journeys Delivery Engine Rehearsal Storage History Runtime Channels Console",
    "roost": "CZlib Lint Events Ladders Liquid Catalog Profiles Segments Journeys Delivery Engine Rehearsal Storage History Runtime Channels Console Server",
}
MODULES = {**PURE, **SHELL}

# Modules of the toolchain that give locks and atomics only.
HARMLESS = {"Swift", "Synchronization"}
# The console renders pages from values; it is not pure by name, but needs nothing of the outside either.
WITHOUT_OUTSIDE = set(PURE) | {"Console"}

# Clocks and random sources that need no import.
IMPURE = re.compile(
    r"\b(ContinuousClock|SuspendingClock|SystemRandomNumberGenerator|readLine|print|debugPrint|CommandLine)\b"
    r"|\.(randomElement|shuffled|shuffle)\(\)|\.random\(in:[^)]*\)(?!\s*,\s*using)"
)
IMPORT = re.compile(
    r"^\s*(?:@[\w()]+\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+"
    r"(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)"
)
COMMENT = re.compile(r"//.*|\"(?:[^\"\\]|\\.)*\"")


def faults_of(module, path, text):
    allowed = set(MODULES[module].split()) | {"RoostCore"}
    name = os.path.relpath(path, ROOT)
    for number, line in enumerate(text.splitlines(), start=1):
        if match := IMPORT.match(line):
            imported = match[1]
            if imported in MODULES or imported.startswith("C") and os.path.isdir(os.path.join(ROOT, "Sources", imported)):
                if imported not in allowed or imported == module:
                    yield f"{name}:{number}: {module} must not import {imported}"
            elif module in WITHOUT_OUTSIDE and imported not in HARMLESS:
                yield f"{name}:{number}: {module} is pure and must not import {imported}"
        elif module in PURE and (match := IMPURE.search(COMMENT.sub("", line))):
            yield f"{name}:{number}: {module} is pure and must not use {match[0]}"


def table_faults():
    known = list(MODULES)
    for module, imports in MODULES.items():
        for imported in imports.split():
            if imported in MODULES and known.index(imported) > known.index(module):
                yield f"check_imports.py: {imported} stands above {module}"
            if module in PURE and imported not in PURE:
                yield f"check_imports.py: pure {module} may not import {imported}"


def main():
    sources = os.path.join(ROOT, "Sources")
    faults = list(table_faults())
    files = 0
    for module in sorted(os.listdir(sources)):
        swift = [
            os.path.join(folder, file)
            for folder, _, names in os.walk(os.path.join(sources, module))
            for file in names
            if file.endswith(".swift")
        ]
        if not swift:
            continue
        if module not in MODULES:
            faults.append(f"Sources/{module}: unknown module; enter it in scripts/check_imports.py and ARCHITECTURE.md")
            continue
        for path in sorted(swift):
            files += 1
            with open(path, encoding="utf-8") as file:
                faults += faults_of(module, path, file.read())
    if files == 0:
        faults.append("no sources found")
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    print(f"{files} files, {len(faults)} faults", file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
