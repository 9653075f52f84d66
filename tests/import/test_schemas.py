"""Every inventory that is written obeys docs/formats/inventory.schema.json, and reading one and
writing it again gives the same bytes. usage: test_schemas.py CONVERT"""
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/e2e"))
import tap  # noqa: E402

import jsonschema  # noqa: E402

CONVERT = sys.argv[1]
FORMATS = ROOT / "docs/formats"
INVENTORIES = sorted((tap.FIXTURES / "inventories").glob("*.json"))
IMPORTS = sorted((tap.FIXTURES / "imports").glob("*.json"))


def schema(name):
    return json.loads((FORMATS / f"{name}.schema.json").read_text())


def convert(path):
    return subprocess.run([CONVERT, str(path)], check=True, capture_output=True).stdout


def validate(document, where):
    validator = jsonschema.Draft202012Validator(schema("inventory"))
    for error in validator.iter_errors(document):
        raise AssertionError(f"{where}: {error.json_path}: {error.message}")


def test_schemas_are_schemas():
    for path in FORMATS.glob("*.schema.json"):
        jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text()))


def test_inventories_obey_the_schema_and_keep_their_bytes():
    assert len(INVENTORIES) >= 5
    for path in INVENTORIES:
        validate(json.loads(path.read_text()), path.name)
        tap.equal(convert(path).decode(), path.read_text(), path.name)


def test_imports_obey_the_schema(folder):
    assert len(IMPORTS) >= 3
    for path in IMPORTS:
        written = convert(path)
        validate(json.loads(written), path.name)
        again = folder / path.name
        again.write_bytes(written)
        tap.equal(convert(again), written, path.name)


def test_the_example_of_the_documentation_is_read(folder):
    text = (FORMATS / "inventory.md").read_text()
    example = text.split("```json\n", 1)[1].split("```", 1)[0]
    validate(json.loads(example), "inventory.md")
    path = folder / "example.json"
    path.write_text(example)
    tap.equal(json.loads(convert(path))["server"]["name"], "db01")


def test_the_schema_names_every_field_of_the_documentation():
    text = (FORMATS / "inventory.md").read_text()
    definitions = schema("inventory")["$defs"]
    for name in ("software", "update", "connection"):
        for field in definitions[name]["properties"]:
            tap.contains(text, f"`{field}`")


def test_a_wrong_document_is_refused(folder):
    path = folder / "wrong.json"
    path.write_text('{"format": "assay-inventory", "format_version": 99}')
    done = subprocess.run([CONVERT, str(path)], capture_output=True, check=False)
    tap.equal(done.returncode, 1)
    tap.contains(done.stderr.decode(), "version: an inventory of format version 99")


tap.main(globals())
