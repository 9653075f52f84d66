"""The fetcher against web servers on the loopback interface; nothing leaves the machine."""
import contextlib
import functools
import http.server
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import tap

FETCHER = tap.ASSAY.parent.parent / "roles/fetcher"
MIRROR = tap.FIXTURES / "feeds"
KEV = "www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
EPSS = "epss.empiricalsecurity.com/epss_scores-current.csv.gz"
NVD = "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-{}.json.gz"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serve(handler):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def serve_folder(folder):
    return serve(functools.partial(Quiet, directory=str(folder)))


def answer(function):
    """A handler whose GET is function(handler)."""
    return type("Handler", (Quiet,), {"do_GET": function})


def send(handler, status, body=b"", length=None, **headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.end_headers()
    handler.wfile.write(body)


def fetch(into, *words, status=0):
    # No proxy of the machine stands between the test and its servers.
    env = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run([FETCHER, "--into", into, *words], capture_output=True, timeout=60,
                          env=env, text=True)
    assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
    return [line.split("\t") for line in done.stdout.splitlines()]


def folder():
    return tempfile.TemporaryDirectory(prefix="assay-fetch-")


def files_of(root):
    root = pathlib.Path(root)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_fetches_a_mirror():
    with folder() as into, serve_folder(MIRROR) as url:
        lines = fetch(into, "--from", url, "--year", "2004", status=3)
        states = {line[2]: line[0] for line in lines}
        assert states[NVD.format(2002)] == "ok" and states[NVD.format(2003)] == "missing", states
        assert [line[3] for line in lines if line[0] == "missing"] == ["HTTP status 404"] * 2
        wanted = [name for name in files_of(MIRROR) if "2024" not in name]
        assert files_of(into) == wanted, files_of(into)
        for name in wanted:
            copy, source = pathlib.Path(into, name), MIRROR / name
            assert copy.read_bytes() == source.read_bytes(), name
            assert int(copy.stat().st_mtime) == int(source.stat().st_mtime), name


def test_fetches_one_feed_and_only_what_changed():
    with folder() as mirror, folder() as into:
        shutil.copytree(MIRROR, mirror, dirs_exist_ok=True)
        with serve_folder(mirror) as url:
            assert [line[:3] for line in fetch(into, "--from", url + "/", "--only", "osv")] == [
                ["ok", "osv", f"storage.googleapis.com/osv-vulnerabilities/{name}/all.zip"]
                for name in ("AlmaLinux", "Debian")]
            states = [line[0] for line in fetch(into, "--from", url, "--only", "osv")]
            assert states == ["same", "same"], states
            changed = pathlib.Path(mirror, "storage.googleapis.com/osv-vulnerabilities/Debian")
            os.utime(changed / "all.zip", (2e9, 2e9))
            states = [line[0] for line in fetch(into, "--from", url, "--only", "osv")]
            assert states == ["same", "ok"], states


def test_keeps_what_it_has_when_a_download_fails():
    def cut(handler):
        send(handler, 200, b"{\"half\":", length=1000)

    def portal(handler):
        send(handler, 200, b"<html>please log in</html>")

    def trouble(handler):
        send(handler, 503, b"{}")

    def nothing(handler):
        send(handler, 200)

    for handler, reason in [(cut, "bytes remaining"), (portal, "what came is not JSON"),
                            (trouble, "HTTP status 503"), (nothing, "what came is empty")]:
        with folder() as into, serve(answer(handler)) as url:
            kept = pathlib.Path(into, KEV)
            kept.parent.mkdir(parents=True)
            kept.write_text("{\"old\":true}")
            (line,) = fetch(into, "--from", url, "--only", "kev", status=4)
            assert line[0] == "failed" and reason in line[3], line
            assert kept.read_text() == "{\"old\":true}" and files_of(into) == [KEV], files_of(into)


def test_follows_no_redirect_of_a_mirror():
    def elsewhere(handler):
        send(handler, 302, Location="https://www.cisa.gov/other.json")

    with folder() as into, serve(answer(elsewhere)) as url:
        (line,) = fetch(into, "--from", url, "--only", "kev", status=4)
        assert line[0] == "failed" and "redirected to https://www.cisa.gov/other.json" in line[3]
        assert files_of(into) == []


def test_gives_up_on_a_server_that_does_not_answer():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with folder() as into:
            started = time.monotonic()
            lines = fetch(into, "--from", url, "--timeout", "2", status=4)
            assert time.monotonic() - started < 5
            assert {line[0] for line in lines} == {"failed"}
            assert "not tried" in lines[-1][3], lines[-1]


def test_stops_when_asked():
    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"{" * 1000)
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass

    with folder() as into, serve(answer(endless)) as url:
        process = subprocess.Popen([FETCHER, "--into", into, "--from", url, "--only", "kev"],
                                   stdout=subprocess.PIPE)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        assert process.returncode == 4, process.returncode
        assert files_of(into) == [], files_of(into)


def test_refuses_wrong_usage():
    for words in [[], ["--into"], ["--into", ""], ["--into", "x", "--only", "nvdx"],
                  ["--into", "x", "--from", "file:///etc"], ["--into", "x", "--year", "1999"],
                  ["--into", "x", "--timeout", "0"], ["--into", "x", "--timeout", "1s"],
                  ["--into", "x", "extra"]]:
        done = subprocess.run([FETCHER, *words], capture_output=True, timeout=10, text=True)
        assert done.returncode == 2 and done.stderr.count("\n") == 1, (words, done)


tap.main(globals())
