"""What every end-to-end test needs: cases that speak TAP, and running the built `assay`.

A test file defines functions named test_*; `tap.main(globals())` at its end runs them in order. A
test fails by raising, is skipped by `tap.skip("why")`.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import traceback

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FIXTURES = ROOT / "tests/fixtures"
# The binary under test; meson sets ASSAY_BINARY.
ASSAY = pathlib.Path(os.environ.get("ASSAY_BINARY", ROOT / "build/src/cli/assay"))
# Tables are as wide in every test, whatever terminal it is started on.
os.environ.pop("COLUMNS", None)


class Skip(Exception):
    pass


def skip(why):
    raise Skip(why)


def shared(relative):
    """A path in the reference data beside the checkout; skips when it is not there."""
    base = os.environ.get("ASSAY_SHARED") or ROOT.parent / "shared"
    path = pathlib.Path(base) / relative
    if not path.exists():
        skip(f"no reference data: {relative}")
    return path


class Result:
    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout.decode("utf-8", "replace")
        self.err = done.stderr.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"status {self.status}\n--- out\n{self.out[:4000]}\n--- err\n{self.err[:4000]}"


def assay(*words, stdin=b"", status=0, env=None, timeout=240):
    """Runs assay; status None takes any exit status."""
    if isinstance(stdin, str):
        stdin = stdin.encode()
    done = subprocess.run([str(ASSAY), *map(str, words)], input=stdin, capture_output=True,
                          env={**os.environ, **(env or {})}, timeout=timeout)
    result = Result(done)
    if status is not None and result.status != status:
        raise AssertionError(f"assay {' '.join(map(str, words))}: expected {status}: {result!r}")
    return result


def equal(got, expected, what=""):
    if got != expected:
        raise AssertionError(f"{what}: got {got!r}, expected {expected!r}")


def contains(text, part):
    if part not in text:
        raise AssertionError(f"{part!r} is not in:\n{text[:4000]}")


def _run(test, folder):
    """One test in a folder of its own, with its own state; returns the TAP words."""
    os.environ["ASSAY_STATE"] = str(folder / "state")
    os.environ.pop("ASSAY_KNOWLEDGE", None)
    try:
        test(folder) if test.__code__.co_argcount else test()
        return "ok", ""
    except Skip as reason:
        return "ok", f" # SKIP {reason}"
    except Exception:  # pylint: disable=broad-except
        for line in traceback.format_exc().splitlines():
            print(f"# {line}")
        return "not ok", ""


def main(names):
    tests = [value for name, value in names.items() if name.startswith("test_")]
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    for number, test in enumerate(tests, 1):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-e2e-"))
        word, tail = _run(test, folder)
        failed += word != "ok"
        print(f"{word} {number} - {test.__name__[5:].replace('_', ' ')}{tail}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if failed else 0)
