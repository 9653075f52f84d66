#!/usr/bin/env python3
"""Reads back what `render` writes: HTML by a parser, JSON by its schema, CSV by a reader. TAP.

usage: check_reports.py RENDER FORMATS_FOLDER
"""
import base64
import csv
import hashlib
import html.parser
import json
import pathlib
import re
import subprocess
import sys
import tempfile

SAMPLES = ["rich", "clean", "unknown", "hostile", "big"]
VOID = {"meta", "input", "br", "link"}


class Page(html.parser.HTMLParser):
    """Checks nesting and collects what could run or load."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.problems, self.ids, self.anchors = [], [], [], []
        self.scripts, self.styles, self.rows, self.text = [], [], 0, []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        names = set(attributes)
        if tag in ("img", "iframe", "object", "embed", "link", "base", "form"):
            self.problems.append(f"element {tag}")
        for name in names:
            if name.startswith("on") or name == "style":
                self.problems.append(f"attribute {name} of {tag}")
        if tag == "script" and "src" in names:
            self.problems.append("script from elsewhere")
        if "id" in attributes:
            self.ids.append(attributes["id"])
        href = attributes.get("href", "")
        if href.startswith("#"):
            self.anchors.append(href[1:])
        elif href and not href.startswith("https://nvd.nist.gov/vuln/detail/CVE-"):
            self.problems.append(f"link {href}")
        if tag == "tr":
            self.rows += 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif self.open and self.open[-1] == "style":
            self.styles.append(data)
        else:
            self.text.append(data)


def read_page(folder, name):
    source = (folder / f"{name}.html").read_text("utf-8")
    page = Page()
    page.feed(source)
    page.close()
    return source, page


def check_html(folder, name):
    source, page = read_page(folder, name)
    assert not page.problems, page.problems[:5]
    assert not page.open, page.open
    assert len(page.scripts) == 2 and len(page.styles) == 1, "two scripts, one style"
    assert len(page.ids) == len(set(page.ids)), "an id twice"
    missing = set(page.anchors) - set(page.ids)
    assert not missing, f"links into nothing: {missing}"
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", source), "control character"
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', source).group(1)
    assert "default-src 'none'" in policy and "unsafe" not in policy, policy
    for text in page.scripts + page.styles:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy, "hash in the policy"


def check_html_says(folder):
    _, page = read_page(folder, "rich")
    text = " ".join(" ".join(page.text).split())
    for part in ("db01 needs attention now", "CVE-2026-10002", "no fix yet", "not stated", "after 1", "NodeSource",
                 "1 of its 5 feeds older than 30 days",
                 "not endorsed or certified by the NVD", "packages covered by Debian:12",
                 "1 finding accepted as risk · 1 finding cleared by VEX: listed and not counted",
                 "accepted until 2027-12-31", "not reachable from outside (by alice, until 2027-12-31, "
                 "rule 3 of accepted.json)", "not affected by VEX",
                 "listed since 2026-10-13, to be fixed by 2026-11-03, used by ransomware",
                 "Record What CVE-2023-"):
        assert part in text, part
    big = (folder / "big.html").read_text("utf-8")
    assert big.count("<tr data-l=") > 10000, "every row is there without scripts"
    assert len(big) < 10_000_000, "1 kB a finding at most"


def check_json(folder, name, formats):
    import jsonschema
    schema = json.loads((formats / "assessment.schema.json").read_text())
    document = json.loads((folder / f"{name}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)


def check_explanation(folder, formats):
    import jsonschema
    schema = json.loads((formats / "explanation.schema.json").read_text())
    document = json.loads((folder / "explain.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)


def check_json_counts(folder):
    document = json.loads((folder / "rich.json").read_text("utf-8"))
    counts = document["counts"]["confirmed"]
    confirmed = [f for f in document["findings"] if f["confirmed"]]
    assert counts["total"] == len(confirmed) == 142
    for level in ("critical", "high", "medium", "low", "unknown"):
        assert counts[level] == sum(f["level"] == level for f in confirmed), level
    risks = dict(document["risks"])
    assert risks.pop("total") == sum(risks.values())
    accepted = [f for f in document["findings"] if f["accepted"]]
    assert document["counts"]["accepted"]["total"] == len(accepted) == 2
    assert not any(f["confirmed"] for f in accepted)
    assert [f["accepted"]["as"] for f in accepted] == ["risk", "not_affected"]
    assert [f["accepted"]["until"] for f in accepted] == ["2027-12-31", None]


def check_json_says(folder):
    document = json.loads((folder / "rich.json").read_text("utf-8"))
    says = {finding["cve"]: finding["description"] for finding in document["findings"]}
    assert None in says.values(), "a record without text"
    for cve, text in says.items():
        assert text in (None, "A flaw that is used") or text.startswith(f"What {cve} <b>says</b>."), text
    assert "A flaw that is used" in says.values(), "a record without text that is known exploited"
    assert any(text and len(text) > 1000 for text in says.values()), "whole texts"
    worst = document["findings"][:3]
    assert [f["exploited_since"] for f in worst] == ["2026-10-13"] * 3
    assert [f["exploited_due"] for f in worst] == ["2026-11-03", "2026-11-03", None]
    names = {software["name"]: software["cpe"] for software in document["software"]}
    assert names["nginx"] == "cpe:2.3:a:example:nginx:1.0\\+2:*:*:*:*:*:*:*", names["nginx"]
    assert names["libexample20"] is None


def check_csv(folder, name):
    with open(folder / f"{name}.csv", newline="", encoding="utf-8") as source:
        text = source.read()
        assert text.count("\r\n") == text.count("\n"), "lines end in CRLF"
    rows = list(csv.reader(text.splitlines(), strict=True))
    assert all(len(row) == len(rows[0]) for row in rows), "every row has every column"
    for row in rows[1:]:
        for cell in row:
            begun = cell.lstrip(" ")[:1]
            assert not begun or begun not in "=+-@|\uff1d\uff0b\uff0d\uff20", f"formula: {cell[:40]}"
    expected = {"rich": 142, "clean": 0, "unknown": 0, "hostile": 3, "big": 10000}[name]
    assert len(rows) - 1 == expected, len(rows)


def main():
    render, formats = sys.argv[1], pathlib.Path(sys.argv[2])
    try:
        import jsonschema  # noqa: F401
        has_schema = True
    except ImportError:
        has_schema = False
    cases = []
    for name in SAMPLES:
        if name != "big":
            cases.append((f"html of {name}", check_html, (name,)))
        cases.append((f"csv of {name}", check_csv, (name,)))
        if has_schema and name != "big":
            cases.append((f"json of {name}", check_json, (name, formats)))
    cases.append(("html says what matters", check_html_says, ()))
    cases.append(("json counts agree", check_json_counts, ()))
    cases.append(("json says what records say", check_json_says, ()))
    if has_schema:
        cases.append(("json of an explanation", check_explanation, (formats,)))
    failed = 0
    print(f"1..{len(cases)}")
    with tempfile.TemporaryDirectory(prefix="assay-report-") as folder:
        subprocess.run([render, folder], check=True)
        for number, (name, check, arguments) in enumerate(cases, 1):
            try:
                check(pathlib.Path(folder), *arguments)
                print(f"ok {number} - {name}")
            except Exception as problem:  # pylint: disable=broad-except
                failed += 1
                for line in repr(problem)[:2000].splitlines():
                    print(f"# {line}")
                print(f"not ok {number} - {name}")
    sys.exit(1 if failed else 0)


main()
