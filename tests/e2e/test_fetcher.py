"""The fetcher against web servers on the loopback interface; nothing leaves the machine."""
import gzip
import hashlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import tap
from web import answer, send, serve, serve_folder

FETCHER = tap.ASSAY.parent.parent / "roles/fetcher"
MIRROR = tap.FIXTURES / "feeds"
KEV = "www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
EPSS = "epss.empiricalsecurity.com/epss_scores-current.csv.gz"
NVD = "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-{}.json.gz"


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
    return sorted(str(path.relative_to(root)) for path in root.rglob("*")
                  if path.is_file() and path.name != "fetched.tsv")


def test_fetches_a_mirror():
    with folder() as into, serve_folder(MIRROR) as url:
        lines = fetch(into, "--from", url, "--year", "2004", status=3)
        states = {line[2]: line[0] for line in lines}
        assert states[NVD.format(2002)] == "ok" and states[NVD.format(2003)] == "missing", states
        missing = [line for line in lines if line[0] == "missing"]
        assert [line[3] for line in missing if line[1] == "nvd"] == ["HTTP status 404"] * 2
        # A mirror may have only the distributions that it needs.
        assert {line[1] for line in missing} == {"nvd", "osv"}, missing
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
            osv = "storage.googleapis.com/osv-vulnerabilities/{}/all.zip"
            lines = fetch(into, "--from", url + "/", "--only", "osv")
            assert [line[2] for line in lines if line[0] == "ok"] == [osv.format(name) for name in (
                "AlmaLinux", "Alpine", "Chainguard", "Debian", "Mageia", "Red Hat", "Rocky Linux",
                "SUSE", "Ubuntu", "openEuler", "openSUSE")], lines
            states = {line[2]: line[0] for line in fetch(into, "--from", url, "--only", "osv")}
            assert set(states.values()) == {"same", "missing"}, states
            changed = pathlib.Path(mirror, "storage.googleapis.com/osv-vulnerabilities/Debian")
            os.utime(changed / "all.zip", (2e9, 2e9))
            states = {line[2]: line[0] for line in fetch(into, "--from", url, "--only", "osv")}
            assert [path for path in states if states[path] == "ok"] == [osv.format("Debian")], states


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


def kev_server(states):
    """Answers with each of states in turn, the last for ever; a state is called with the handler."""
    asked = []

    def reply(handler):
        asked.append(handler)
        states[min(len(asked), len(states)) - 1](handler)

    return serve(answer(reply)), asked


BODY = b'{"vulnerabilities":[' + b" " * 5000 + b"]}"


def whole(handler):
    send(handler, 200, BODY, ETag='"v1"')


def kept_kev(into):
    return pathlib.Path(into, KEV).read_bytes()


def test_asks_with_the_etag_that_it_was_given():
    def unchanged(handler):
        if handler.headers["If-None-Match"] == '"v1"' and not handler.headers["Range"]:
            return send(handler, 304, ETag='"v1"')
        return send(handler, 500)

    server, asked = kev_server([whole, unchanged, whole, whole])
    with folder() as into, server as url:
        words = ["--from", url, "--only", "kev"]
        assert fetch(into, *words)[0][0] == "ok"
        assert fetch(into, *words)[0][0] == "same"
        assert fetch(into, *words, "--cadence", "kev=1")[0][0] == "fresh"
        assert len(asked) == 2
        # A file that was put there by hand is not the one that the ETag is of.
        pathlib.Path(into, KEV).write_bytes(BODY + b"\n")
        assert fetch(into, *words, "--cadence", "kev=1")[0][0] == "ok"
        assert fetch(into, *words, "--cadence", "kev=1", "--force")[0][0] == "ok"
        assert not asked[2].headers["If-None-Match"] and not asked[3].headers["If-None-Match"]
        # Another source has other ETags.
        with serve(answer(whole)) as other:
            line = fetch(into, "--from", other, "--only", "kev", "--cadence", "kev=1")[0]
            assert line[0] == "ok", line


def test_goes_on_with_what_was_cut():
    def cut(handler):
        send(handler, 200, BODY[:2000], length=len(BODY), ETag='"v1"')

    def rest(handler):
        assert handler.headers["Range"] == "bytes=2000-" and handler.headers["If-Range"] == '"v1"'
        send(handler, 206, BODY[2000:], ETag='"v1"',
             Content_Range=f"bytes 2000-{len(BODY) - 1}/{len(BODY)}")

    def another(handler):
        send(handler, 200, b'{"other":1}', ETag='"v2"')

    def elsewhere(handler):
        send(handler, 206, BODY[1000:], ETag='"v1"',
             Content_Range=f"bytes 1000-{len(BODY) - 1}/{len(BODY)}")

    def too_long(handler):
        send(handler, 416)

    for then, expected in [([rest], BODY), ([another], b'{"other":1}'), ([too_long, whole], BODY),
                           ([elsewhere], None)]:
        server, _ = kev_server([cut, *then])
        with folder() as into, server as url:
            line = fetch(into, "--from", url, "--only", "kev", status=0 if expected else 4)[0]
            if expected:
                assert line[0] == "ok" and kept_kev(into) == expected, line
                assert files_of(into) == [KEV], files_of(into)
            else:
                assert "another part" in line[3] and files_of(into) == [], (line, files_of(into))


def test_goes_on_in_another_run():
    def cut(handler):
        send(handler, 200, BODY[:3000], length=len(BODY), ETag='"v1"')

    def refuse(handler):
        send(handler, 503, Retry_After="1000")

    def rest(handler):
        assert handler.headers["Range"] == "bytes=3000-"
        send(handler, 206, BODY[3000:], Content_Range=f"bytes 3000-{len(BODY) - 1}/{len(BODY)}")

    server, asked = kev_server([cut, refuse, rest])
    with folder() as into, server as url:
        line = fetch(into, "--from", url, "--only", "kev", status=4)[0]
        assert "to be tried again in 1000 s" in line[3], line
        assert files_of(into) == [KEV + ".part", KEV + ".part.from"], files_of(into)
        assert fetch(into, "--from", url, "--only", "kev")[0][0] == "ok"
        assert kept_kev(into) == BODY and len(asked) == 3 and files_of(into) == [KEV]


def test_tries_again_when_a_server_is_busy():
    def busy(handler):
        send(handler, 503, b"busy", Retry_After="2")

    server, asked = kev_server([busy, whole])
    with folder() as into, server as url:
        started = time.monotonic()
        assert fetch(into, "--from", url, "--only", "kev")[0][0] == "ok"
        assert len(asked) == 2 and time.monotonic() - started >= 2


def test_does_not_ask_a_server_in_trouble_for_every_file():
    server, asked = kev_server([lambda handler: send(handler, 429, Retry_After="500")])
    with folder() as into, server as url:
        lines = fetch(into, "--from", url, status=4)
        assert len(lines) > 10 and len(asked) == 1 and "failed before" in lines[1][3], lines[:2]


def meta_of(text, packed, **other):
    fields = {"lastModifiedDate": "2026-01-01T00:00:00-05:00", "size": len(text),
              "gzSize": len(packed), "sha256": hashlib.sha256(text).hexdigest().upper(), **other}
    return "".join(f"{name}:{value}\r\n" for name, value in fields.items()).encode()


def nvd_mirror(root, text):
    file = pathlib.Path(root, NVD.format(2002))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(text, mtime=0))
    meta = file.with_name("nvdcve-2.0-2002.meta")
    meta.write_bytes(meta_of(text, file.read_bytes()))
    return file, meta


def test_compares_nvd_with_its_meta_file():
    with folder() as mirror, folder() as into:
        file, meta = nvd_mirror(mirror, b'{"one":1}')
        names = [NVD.format(2002), NVD.format(2002).replace(".json.gz", ".meta")]
        for source in (serve_folder(mirror), None):
            with (source or tempfile.TemporaryDirectory()) as url:
                words = ["--from", url if source else mirror, "--only", "nvd", "--year", "2002"]
                shutil.rmtree(into)
                nvd_mirror(mirror, b'{"one":1}')
                assert fetch(into, *words)[0][0] == "ok" and files_of(into) == names
                # The same content is not downloaded again, whatever its time says.
                os.utime(file, (2e9, 2e9))
                assert fetch(into, *words)[0][0] == "same"
                pathlib.Path(into, names[1]).unlink()
                assert fetch(into, *words)[0][0] == "same" and files_of(into) == names
                nvd_mirror(mirror, b'{"two":2}')
                assert fetch(into, *words)[0][0] == "ok"
                assert pathlib.Path(into, names[0]).read_bytes() == file.read_bytes()
                kept = pathlib.Path(into, names[0]).read_bytes()
                for wrong, reason in [
                        (meta_of(b"x", b"y"), "not the sha256"), (b"<html>", "no .meta file"),
                        (b"lastModifiedDate:x\r\nsha256:12\r\n", "no sha256"),
                        (b"lastModifiedDate:" + b"x" * 9000, "larger than"), (b"", "empty")]:
                    meta.write_bytes(wrong)
                    (line,) = fetch(into, *words, status=4)
                    assert line[0] == "failed" and reason in line[3], (wrong, line)
                    assert pathlib.Path(into, names[0]).read_bytes() == kept
                    assert files_of(into) == names, files_of(into)
                # Cut short within the gzip.
                nvd_mirror(mirror, b'{"three":3}' * 1000)
                file.write_bytes(file.read_bytes()[:-9])
                (line,) = fetch(into, *words, status=4)
                assert line[0] == "failed" and pathlib.Path(into, names[0]).read_bytes() == kept


def test_copies_from_a_folder():
    with folder() as into:
        words = ["--from", MIRROR, "--year", "2004"]
        states = {line[2]: line[0] for line in fetch(into, *words, status=3)}
        assert states[NVD.format(2002)] == "ok" and states[NVD.format(2003)] == "missing", states
        assert files_of(into) == [name for name in files_of(MIRROR) if "2024" not in name]
        states = {line[2]: line[0] for line in fetch(into, *words, status=3)}
        assert set(states.values()) == {"same", "missing"}, states
    with folder() as mirror, folder() as into:
        wrong = pathlib.Path(mirror, KEV)
        wrong.parent.mkdir(parents=True)
        wrong.write_text("<html>")
        (line,) = fetch(into, "--from", mirror, "--only", "kev", status=4)
        assert line[0] == "failed" and "not JSON" in line[3] and files_of(into) == [], line
        wrong.unlink()
        os.mkfifo(wrong)
        (line,) = fetch(into, "--from", mirror, "--only", "kev", status=4)
        assert "not a regular file" in line[3], line


def test_two_do_not_write_to_one_folder():
    def slow(handler):
        time.sleep(2)
        whole(handler)

    with folder() as into, serve(answer(slow)) as url:
        words = ["--from", url, "--only", "kev"]
        first = subprocess.Popen([FETCHER, "--into", into, *words], stdout=subprocess.PIPE)
        time.sleep(0.7)
        assert fetch(into, *words, status=4) == []
        first.communicate(timeout=20)
        assert first.returncode == 0 and kept_kev(into) == BODY


def test_a_folder_that_cannot_be_written_is_told_once():
    with folder() as into, folder() as place, serve(answer(whole)) as url:
        # Where another account can start it, wherever this tree lies.
        program = shutil.copy(FETCHER, place)
        os.chmod(place, 0o755)
        os.chmod(into, 0o555)
        words = [program, "--into", into, "--from", url]
        if os.getuid() == 0:
            words = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", *words]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        tap.equal((done.returncode, done.stdout), (4, ""))
        tap.contains(done.stderr, "cannot be written to: Permission denied")
        tap.equal(done.stderr.count("\n"), 1)


def test_survives_a_spoilt_note_of_what_was_fetched():
    with folder() as into, serve_folder(MIRROR) as url:
        for text in (b"", b"\0\xff\n\n\t\t\t\t\t\t\n", b"x\t99999999999999999999\t1\t1\tlive\t\n",
                     b"\t" * 100000):
            pathlib.Path(into, "fetched.tsv").write_bytes(text)
            assert fetch(into, "--from", url, "--only", "kev", "--force")[0][0] == "ok"
            assert pathlib.Path(into, "fetched.tsv").read_bytes().count(b"\n") == 1


def test_follows_a_redirect_within_the_mirror():
    def moved(handler):
        if handler.path.startswith("/new/"):
            return whole(handler)
        return send(handler, 301, Location="/new" + handler.path)

    def around(handler):
        send(handler, 302, Location="/x" + handler.path)

    with folder() as into, serve(answer(moved)) as url:
        assert fetch(into, "--from", url, "--only", "kev")[0][0] == "ok"
    with folder() as into, serve(answer(around)) as url:
        (line,) = fetch(into, "--from", url, "--only", "kev", status=4)
        assert "redirected more than" in line[3], line
    # Another port is another server.
    with folder() as into, serve(answer(whole)) as other:
        with serve(answer(lambda handler: send(handler, 302, Location=other + "/x"))) as url:
            (line,) = fetch(into, "--from", url, "--only", "kev", status=4)
            assert "not followed" in line[3] and files_of(into) == [], line


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


def test_is_shut_in_while_it_reads_what_servers_send():
    """By name, so that a thread looks it up; the folder is a link, as is one within it."""
    if os.environ.get("ASSAY_SANITIZED"):
        tap.skip("a sanitizer's build does without")
    seen = []

    def look(handler):
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text("utf-8")
        seen.append(dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line))
        whole(handler)

    with folder() as place, serve(answer(look)) as url:
        into, elsewhere = pathlib.Path(place, "link"), pathlib.Path(place, "elsewhere")
        pathlib.Path(place, "real").mkdir()
        elsewhere.mkdir()
        into.symlink_to("real")
        (into / "www.cisa.gov").symlink_to(elsewhere)
        process = subprocess.Popen([FETCHER, "--into", into, "--only", "kev", "--from",
                                    url.replace("127.0.0.1", "localhost")], stdout=subprocess.PIPE)
        process.communicate(timeout=20)
        assert process.returncode == 0 and kept_kev(into) == BODY
        assert (elsewhere / pathlib.Path(KEV).relative_to("www.cisa.gov")).exists()
        (state,) = seen
        assert state["Seccomp"].strip() == "2" and state["NoNewPrivs"].strip() == "1", state
        # Of what root may, writing into folders of others is left.
        assert int(state["CapEff"], 16) & ~2 == 0 and int(state["CapBnd"], 16) & ~2 == 0, state


def test_refuses_wrong_usage():
    for words in [[], ["--into"], ["--into", ""], ["--into", "x", "--only", "nvdx"],
                  ["--into", "x", "--from", "file:///etc"], ["--into", "x", "--year", "1999"],
                  ["--into", "x", "--timeout", "0"], ["--into", "x", "--timeout", "1s"],
                  ["--into", "x", "--from", "/no/such/folder"], ["--into", "x", "--cadence", "nvd"],
                  ["--into", "x", "--cadence", "nvd=1000"],
                  ["--into", "x", "extra"]]:
        done = subprocess.run([FETCHER, *words], capture_output=True, timeout=10, text=True)
        assert done.returncode == 2 and done.stderr.count("\n") == 1, (words, done)


tap.main(globals())
