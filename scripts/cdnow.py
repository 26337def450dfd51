#!/usr/bin/env python3
"""Turns CDNOW's purchases into Segment-shaped events: cdnow.ndjson, sorted by time.

    cdnow.py FOLDER     FOLDER holds CDNOW_master.txt, or the wheel of lifetimes 0.11.3 that contains it

A row is customer, date, number of CDs and dollars. It becomes one `track` "Order Completed" with a messageId of its own
(255 rows are byte for byte the same and still separate purchases). Dates have no time of day: a purchase happens at noon
UTC, plus the row's number in milliseconds so that the order of the file is the order of events. Before a customer's first
purchase stands one `identify` with the e-mail address and the consent to marketing.
"""

import glob
import json
import os
import sys
import zipfile

MEMBER = "lifetimes/datasets/CDNOW_master.txt"
# Counted independently of this script; a file that differs is another edition and would make every figure wrong.
EXPECTED = {"rows": 69_659, "customers": 23_570, "cents": 250_031_563, "units": 167_881, "repeated rows": 255}


def source(folder):
    """The text of CDNOW_master.txt, unpacked from the wheel where needed."""
    path = os.path.join(folder, "CDNOW_master.txt")
    if not os.path.exists(path):
        wheels = glob.glob(os.path.join(folder, "[Ll]ifetimes-0.11.3-*.whl"))
        if not wheels:
            sys.exit(f"error: there is neither CDNOW_master.txt nor the wheel of lifetimes 0.11.3 in {folder}")
        with zipfile.ZipFile(wheels[0]) as wheel, open(path + ".new", "wb") as file:
            file.write(wheel.read(MEMBER))
        os.replace(path + ".new", path)
    with open(path, encoding="ascii") as file:
        return file.read()


def purchases(text):
    """(row number from 1, customer, yyyymmdd, quantity, cents) of every line after the heading."""
    for number, line in enumerate(text.splitlines()[1:], start=1):
        customer, date, quantity, dollars = line.split()
        whole, _, fraction = dollars.partition(".")
        if len(fraction) != 2:
            sys.exit(f"error: row {number} has no amount in cents: {dollars}")
        yield number, customer, date, int(quantity), int(whole) * 100 + int(fraction)


def check(rows):
    found = {
        "rows": len(rows),
        "customers": len({row[1] for row in rows}),
        "cents": sum(row[4] for row in rows),
        "units": sum(row[3] for row in rows),
        "repeated rows": len(rows) - len({row[1:] for row in rows}),
    }
    if found != EXPECTED:
        sys.exit(f"error: this is not the expected CDNOW_master.txt: found {found}, expected {EXPECTED}")


def timestamp(date, number=0):
    seconds, milliseconds = divmod(number, 1_000)
    minutes, seconds = divmod(seconds, 60)
    return f"{date[:4]}-{date[4:6]}-{date[6:]}T12:{minutes:02}:{seconds:02}.{milliseconds:03}Z"


def identify(customer, date):
    return {
        "type": "identify",
        "messageId": f"cdnow-identify-{customer}",
        "timestamp": timestamp(date),
        "userId": f"cdnow-{customer}",
        "traits": {"email": f"customer{customer}@cdnow.example"},
        "context": {"consent": {"categoryPreferences": {"marketing": True}}},
    }


def order(number, customer, date, quantity, cents):
    return {
        "type": "track",
        "event": "Order Completed",
        "messageId": f"cdnow-row-{number}",
        "timestamp": timestamp(date, number),
        "userId": f"cdnow-{customer}",
        "properties": {
            "order_id": f"cdnow-{number}",
            "total": float(f"{cents // 100}.{cents % 100:02}"),
            "currency": "USD",
            "quantity": quantity,
        },
    }


def events(rows):
    first = {}
    for _, customer, date, _, _ in rows:
        first[customer] = min(date, first.get(customer, date))
    found = [identify(customer, date) for customer, date in first.items()]
    found += [order(*row) for row in rows]
    # Stable: at the same moment, customers in the order of the file.
    found.sort(key=lambda event: event["timestamp"])
    return found


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: cdnow.py FOLDER")
    folder = sys.argv[1]
    rows = list(purchases(source(folder)))
    check(rows)
    path = os.path.join(folder, "cdnow.ndjson")
    with open(path + ".new", "w", encoding="utf-8") as file:
        for event in events(rows):
            file.write(json.dumps(event, separators=(",", ":")) + "\n")
    os.replace(path + ".new", path)
    print(f"{path}: {len(rows)} orders of {EXPECTED['customers']} customers, USD {EXPECTED['cents'] / 100:,.2f}")


if __name__ == "__main__":
    main()
