"""docs/formats/accepted.schema.json and the reader agree on what a rule is.
usage: test_schema.py ACCEPT_READ"""
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/e2e"))
import tap  # noqa: E402

READER = sys.argv[1]
GOOD = {"cve": "CVE-2024-0001", "reason": "not reachable", "author": "alice", "until": "2026-12-31"}

# A change of the good rule, and whether it is a rule then.
CASES = [
    ({}, True),
    ({"until": "never"}, True),
    ({"cve": None}, False),
    ({"software": "openssl*", "server": "db*|web?", "product": "f5:nginx"}, True),
    ({"until": "31.12.2026"}, False),
    ({"until": "2026-13-01"}, False),
    ({"until": "Never"}, False),
    ({"until": 2026}, False),
    ({"reason": ""}, False),
    ({"reason": "x" * 4096}, True),
    ({"reason": "x" * 4097}, False),
    ({"author": 7}, False),
    ({"cve": "CVE-24-1"}, False),
    ({"cve": "cve-2024-0001"}, True),
    ({"servers": "db*"}, False),
]
MISSING = ["reason", "author", "until", "cve"]


def read(folder, document):
    path = folder / "rules.json"
    path.write_text(json.dumps(document))
    done = subprocess.run([READER, str(path)], capture_output=True, text=True)
    return done.returncode == 0 and done.stdout.startswith("1 rules, 0 ")


def check(folder, rule, expected):
    import jsonschema
    schema = json.loads((ROOT / "docs/formats/accepted.schema.json").read_text())
    document = {"format": "assay-accepted", "format_version": 1, "rules": [rule]}
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    tap.equal(validator.is_valid(document), expected, f"schema: {rule}")
    tap.equal(read(folder, document), expected, f"reader: {rule}")


def test_the_schema_and_the_reader_agree(folder):
    for change, expected in CASES:
        check(folder, {**GOOD, **change}, expected)
    for name in MISSING:
        check(folder, {key: value for key, value in GOOD.items() if key != name}, False)


def test_the_example_of_the_documentation_is_read(folder):
    text = (ROOT / "docs/formats/accepted.md").read_text()
    example = json.loads(text.split("```json")[1].split("```")[0])
    path = folder / "example.json"
    path.write_text(json.dumps(example))
    out = subprocess.run([READER, str(path)], capture_output=True, text=True, check=True).stdout
    tap.equal(out, f"{len(example['rules'])} rules, 0 problems\n")


tap.main(globals())
