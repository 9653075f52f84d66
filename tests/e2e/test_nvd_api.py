"""NVD's API 2.0: paging, its limits, what is kept when something breaks. The service is played on
the loopback interface."""
import datetime
import gzip
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse

import tap
from web import answer, send, serve, serve_folder

MIRROR = tap.FIXTURES / "feeds"
YEARS = "nvd.nist.gov/feeds/json/cve/2.0"
PAGES = "services.nvd.nist.gov/rest/json/cves/2.0"
NVD = f"{YEARS}/nvdcve-2.0-2024.json.gz"
KEY = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
DIRECT = {name: "" for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY",
                                "HTTP_PROXY", "ALL_PROXY")}
WORDS = "page\tbytes\tsha256"
DAY = 86400
NOW = int(time.time())


def stamp(when):
    return datetime.datetime.fromtimestamp(when, datetime.timezone.utc).strftime(
        "%Y-%m-%dT%H:%M:%S.000")


def read_time(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(
        tzinfo=datetime.timezone.utc).timestamp()


def record(number, modified, **more):
    return {"cve": {"id": f"CVE-2024-{number}", "published": "2024-03-01T10:15:08.123",
                    "lastModified": stamp(modified), "vulnStatus": "Analyzed",
                    "descriptions": [{"lang": "en", "value": f"Changed {number}."}],
                    "metrics": {}, "references": [], **more}}


class Api:
    """Answers as the service does: the records of a range of times, some a page."""
    def __init__(self, records, page=2000, key=None):
        self.records, self.page, self.key = records, page, key
        self.asked, self.times, self.keys = [], [], []
        self.hooks = {}  # number of a request, from 0: what to answer instead

    def body(self, query):
        start, end = read_time(query["lastModStartDate"]), read_time(query["lastModEndDate"])
        assert 0 < end - start <= 120 * DAY, "the service refuses longer ranges"
        found = [item for item in self.records if start <= datetime.datetime.strptime(
            item["cve"]["lastModified"], "%Y-%m-%dT%H:%M:%S.000").replace(
                tzinfo=datetime.timezone.utc).timestamp() <= end]
        first, most = int(query["startIndex"]), min(self.page, int(query["resultsPerPage"]))
        some = found[first:first + most]
        return {"resultsPerPage": len(some), "startIndex": first, "totalResults": len(found),
                "format": "NVD_CVE", "version": "2.0", "timestamp": stamp(time.time()),
                "vulnerabilities": some}

    def handle(self, handler):
        place = urllib.parse.urlsplit(handler.path)
        query = dict(urllib.parse.parse_qsl(place.query, strict_parsing=True))
        number = len(self.asked)
        self.asked.append(query)
        self.times.append(time.monotonic())
        self.keys.append(handler.headers["apiKey"])
        assert place.path == "/api/2.0" and KEY not in handler.path
        hook = self.hooks.get(number, self.hooks.get("all"))
        if hook:
            return hook(handler, self.body(query))
        if self.key and handler.headers["apiKey"] != self.key:
            return send(handler, 404, message="Invalid apiKey.")
        return send(handler, 200, json.dumps(self.body(query)).encode())

    def serve(self):
        return serve(answer(lambda handler: self.handle(handler)))

    def ranges(self):
        return [(read_time(query["lastModStartDate"]), read_time(query["lastModEndDate"]))
                for query in self.asked]


def source(folder, days=5):
    """A mirror whose files of the years are some days old."""
    copy = folder / "source"
    if not copy.exists():
        shutil.copytree(MIRROR, copy)
    for path in (copy / YEARS).glob("*.json.gz"):
        text = gzip.decompress(path.read_bytes())
        path.with_name(path.name.replace(".json.gz", ".meta")).write_text(
            f"lastModifiedDate:{stamp(NOW - days * DAY)[:19]}+00:00\r\nsize:{len(text)}\r\n"
            f"gzSize:{path.stat().st_size}\r\nsha256:{hashlib.sha256(text).hexdigest()}\r\n")
    return copy


def settings(folder, url, **values):
    path = folder / "state/assay.conf"
    path.parent.mkdir(exist_ok=True)
    if url:
        values["nvd_api_url"] = url + "/api/2.0"
    path.write_text("[fetch]\n" + "".join(f"{name} = {value}\n" for name, value in values.items()))


def key_file(folder, mode=0o600):
    path = folder / "nvd.key"
    path.write_text(KEY + "\n")
    path.chmod(mode)
    return path


def update(*words, status=0):
    return tap.assay("kb", "update", *words, status=status, env=DIRECT)


def pages(folder, root="state/mirror"):
    return sorted(path.name for path in (folder / root / PAGES).glob("changes-*"))


def listed(folder, root="state/mirror"):
    path = folder / root / PAGES / "changes.tsv"
    lines = path.read_text().splitlines() if path.exists() else [WORDS]
    tap.equal(lines[0], WORDS)
    return [line.split("\t")[0] for line in lines[1:]]


def kept_ids(folder, root="state/mirror"):
    found = []
    for name in listed(folder, root):
        page = json.loads(gzip.decompress((folder / root / PAGES / name).read_bytes()))
        found += [item["cve"]["id"] for item in page["vulnerabilities"]]
    return found


def a_day_later(folder, root="state/mirror", days=1):
    """As if everything had been fetched a day earlier."""
    base = folder / root
    note = base / "fetched.tsv"
    if note.exists():
        note.write_text(re.sub(r"^([^\t]+\t)(\d+)", lambda match: match[1] + str(
            int(match[2]) - days * DAY), note.read_text(), flags=re.M))

    def earlier(match):
        when = datetime.datetime.strptime(match[0], "%Y%m%dT%H%M%S") - datetime.timedelta(days)
        return when.strftime("%Y%m%dT%H%M%S")

    def earlier_day(match):
        return str(datetime.date.fromisoformat(match[0]) - datetime.timedelta(days))

    for path in (base / YEARS).glob("*.meta"):
        path.write_text(re.sub(r"\d{4}-\d\d-\d\d", earlier_day, path.read_text()))
    listing = base / PAGES / "changes.tsv"
    for name in pages(folder, root):
        (base / PAGES / name).rename(base / PAGES / re.sub(r"\d{8}T\d{6}", earlier, name))
    if listing.exists():
        listing.write_text(re.sub(r"\d{8}T\d{6}", earlier, listing.read_text()))


RECENT = [record(90100 + i, NOW - 3600 * (i + 1)) for i in range(5)]


def test_changes_come_page_by_page(folder):
    api = Api(RECENT, page=2)
    with serve_folder(source(folder)) as url, api.serve() as service:
        settings(folder, service)
        update("--from", url)
        tap.equal([int(query["startIndex"]) for query in api.asked], [0, 2, 4])
        tap.equal(sorted(set(api.keys), key=str), [None], "no key, no header")
        tap.equal(sorted(kept_ids(folder)), [item["cve"]["id"] for item in RECENT])
        tap.equal(pages(folder), listed(folder))
        tap.contains(tap.assay("kb", "show", "CVE-2024-90103").out, "Changed 90103.")
        # The range reaches back behind the files of the years: two days at least, and half a day.
        (start, end), = set(api.ranges())
        assert end >= NOW and NOW - 5.6 * DAY < start <= NOW - 2.5 * DAY, (start, end)
        # Changes are asked for once a day; nothing is when nothing is due.
        update("--from", url)
        tap.equal(len(api.asked), 3)


def test_a_day_later_only_changes_are_asked_for(folder):
    api, mirror = Api(RECENT), source(folder)
    with serve_folder(mirror) as url, api.serve() as service:
        settings(folder, service)
        update("--from", url)
        a_day_later(folder)
        last = max(to for _, to in api.ranges())
        (mirror / NVD).with_name("nvdcve-2.0-2024.meta").unlink()
        api.records = RECENT + [record(90200, NOW - 60)]
        update("--from", url)
        (_, _), (start, end) = api.ranges()
        assert last - 1.6 * DAY < start < last - 1.4 * DAY and end >= last, (start, end)
        assert "CVE-2024-90200" in kept_ids(folder) and len(listed(folder)) == 2
        # The files of the years were not even asked for, or the missing .meta had been seen.
        assert (folder / "state/mirror" / NVD.replace("json.gz", "meta")).exists()


def test_long_ranges_are_split(folder):
    records = [record(90100 + i, NOW - i * 30 * DAY - 60) for i in range(10)]
    api = Api(records)
    with serve_folder(source(folder, days=300)) as url, api.serve() as service:
        settings(folder, service)
        update("--from", url)
    tap.equal(len(api.asked), 3)
    ranges = api.ranges()
    for (_, end), (start, _) in zip(ranges, ranges[1:]):
        assert start < end, "ranges overlap, so that nothing falls between"
    tap.equal(sorted(set(kept_ids(folder))), [item["cve"]["id"] for item in records])


def test_the_key_comes_from_a_file_and_goes_into_a_header(folder):
    api = Api(RECENT, key=KEY)
    with serve_folder(source(folder)) as url, api.serve() as service:
        settings(folder, service, nvd_api_key=key_file(folder))
        result = update("--from", url)
        tap.equal(api.keys, [KEY])
        assert KEY not in result.err
        for path in (folder / "state").rglob("*"):
            assert not path.is_file() or KEY.encode() not in path.read_bytes(), path
        # The key is for the service alone.
        seen = []
        with serve(answer(lambda handler: (seen.append(handler.headers["apiKey"]),
                                           send(handler, 404)))) as other:
            update("--from", other, "--force", status=None)
        assert seen and set(seen) == {None}
        # One that the service does not know.
        api.key = "another"
        a_day_later(folder)
        tap.contains(update("--from", url, status=3).err, "HTTP status 404 (Invalid apiKey.)")


def test_a_key_that_others_can_read_is_refused(folder):
    api = Api(RECENT)
    with serve_folder(source(folder)) as url, api.serve() as service:
        for mode in (0o644, 0o640, 0o604, 0o620):
            settings(folder, service, nvd_api_key=key_file(folder, mode))
            result = update("--from", url, status=2)
            tap.contains(result.err, "others may read it")
            assert KEY not in result.err
        path = key_file(folder)
        path.write_text("two words\n")
        settings(folder, service, nvd_api_key=path)
        tap.contains(update("--from", url, status=2).err, "not an API key")
        if os.geteuid() == 0:
            key_file(folder)
            os.chown(path, 12345, 12345)
            tap.contains(update("--from", url, status=2).err, "make it yours")
        settings(folder, None, nvd_api_key=folder / "none")
        tap.contains(update("--from", url, status=2).err, "No such file")
        for wrong in ("http://192.0.2.1/api", "http://127.0.0.1.example.org/", "ftp://127.0.0.1/",
                      "https://user:word@127.0.0.1/", "https://"):
            settings(folder, None, nvd_api_url=wrong)
            tap.contains(update("--from", url, status=2).err, "nvd_api_url")
        settings(folder, None, nvd_api="perhaps")
        tap.contains(update("--from", url, status=2).err, "neither yes nor no")
        settings(folder, service, nvd_api="no")
        update("--from", url)
    tap.equal(api.asked, [])


def test_an_answer_that_is_redirected_is_not_followed(folder):
    seen = []
    with serve(answer(lambda handler: (seen.append(handler.path), send(handler, 404)))) as other:
        api = Api(RECENT)
        api.hooks["all"] = lambda handler, _: send(handler, 302, Location=other + "/x")
        with serve_folder(source(folder)) as url, api.serve() as service:
            settings(folder, service, nvd_api_key=key_file(folder))
            tap.contains(update("--from", url, status=3).err, "which is not followed")
    tap.equal(seen, [])


def test_a_service_that_is_busy_is_asked_again(folder):
    def refuse(status, **headers):
        return lambda handler, _: send(handler, status, **headers)

    api = Api(RECENT, page=3)
    api.hooks = {0: refuse(403, Retry_After="1"), 1: refuse(429, Retry_After="2"), 2: refuse(503),
                 4: refuse(503, Retry_After="1")}
    with serve_folder(source(folder)) as url, api.serve() as service:
        settings(folder, service, nvd_api_key=key_file(folder))
        update("--from", url)
    tap.equal([int(query["startIndex"]) for query in api.asked], [0, 0, 0, 0, 3, 3])
    waits = [b - a for a, b in zip(api.times, api.times[1:])]
    assert waits[0] >= 1 and waits[1] >= 2 and waits[2] >= 1 and waits[4] >= 1, waits
    tap.equal(len(kept_ids(folder)), 5)


def test_without_an_answer_the_files_of_the_years_are_used(folder):
    api, mirror = Api(RECENT), source(folder)
    api.hooks["all"] = lambda handler, _: send(handler, 403, Retry_After="500", message="Go away.")
    with serve_folder(mirror) as url, api.serve() as service:
        settings(folder, service)
        result = update("--from", url, status=3)
        tap.contains(result.err, f"{PAGES}: HTTP status 403; to be tried again in 500 s")
        tap.equal(pages(folder), [])
        # Without changes these are asked for each day.
        a_day_later(folder)
        text = gzip.decompress((mirror / NVD).read_bytes()).replace(b"A buffer", b"One buffer")
        (mirror / NVD).write_bytes(gzip.compress(text))
        source(folder, days=1)
        update("--from", url, status=3)
        assert gzip.decompress((folder / "state/mirror" / NVD).read_bytes()) == text


def test_a_silent_service_does_not_keep_from_the_files(folder):
    mirror = source(folder)
    with serve_folder(mirror) as url, socket.socket() as silent:
        with Api(RECENT).serve() as service:
            settings(folder, service)
            update("--from", url)
        a_day_later(folder)
        # What listens and never accepts: more connections are not even answered.
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        filling = [socket.socket() for _ in range(4)]
        for other in filling:
            other.setblocking(False)
            other.connect_ex(silent.getsockname())
        settings(folder, f"http://127.0.0.1:{silent.getsockname()[1]}")
        started = time.monotonic()
        result = update("--from", url, "--timeout", "2", status=3)
        assert time.monotonic() - started < 20
        tap.contains(result.err, f"assay: {PAGES}: ")
        tap.contains(result.err, "1 failed")
        for other in filling:
            other.close()


def test_pages_that_are_not_what_they_say_are_not_kept(folder):
    def changed(**members):
        return lambda handler, body: send(handler, 200, json.dumps({**body, **members}).encode())

    def raw(data, **more):
        return lambda handler, body: send(handler, 200, data, **more)

    cut = json.dumps({"resultsPerPage": 5, "startIndex": 0})[:-9].encode()
    cases = [
        (raw(b"<html>please log in</html>"), "not JSON"), (raw(b""), "empty"),
        (raw(cut), "JSON"), (raw(cut, length=9000), "bytes remaining"),
        (raw(b'{"vulnerabilities":[]}'), "not a page of NVD"),
        (changed(format="NVD_CPE"), "not a page of NVD"), (changed(version="3.0"), "not a page"),
        (changed(startIndex=1), "a page of 5 records"),
        (changed(startIndex=5, vulnerabilities=[], resultsPerPage=0), "begins with record 5"),
        (changed(totalResults=3), "a page of 5 records"),
        (changed(totalResults=9, resultsPerPage=7), "a page of 5 records"),
        (changed(totalResults="5"), "no number totalResults"),
        (changed(vulnerabilities=[{"cve": {"id": "x"}}] * 5), "vulnerabilities[0]"),
        (changed(vulnerabilities=[record(1, NOW)] * 5), "identifier"),
        (changed(vulnerabilities=[record(90001, NOW - 60 * DAY)] * 5), "of another time"),
        (changed(timestamp=stamp(NOW - 3 * DAY)), "clock of this machine"),
        (changed(timestamp=None), "no timestamp"),
    ]
    mirror = source(folder)
    with serve_folder(mirror) as url:
        for number, (hook, reason) in enumerate(cases):
            os.environ["ASSAY_STATE"] = str(folder / f"state{number}")
            api = Api(RECENT)
            api.hooks["all"] = hook
            with api.serve() as service:
                (folder / f"state{number}").mkdir()
                settings(folder, service, nvd_api_key=key_file(folder))
                (folder / "state/assay.conf").rename(folder / f"state{number}/assay.conf")
                result = tap.assay("kb", "update", "--from", url, "--only", "nvd", status=3,
                                   env=DIRECT)
            tap.contains(result.err, reason)
            tap.equal([path for path in pathlib.Path(folder, f"state{number}").rglob("*")
                       if PAGES in str(path) and path.is_file()], [], reason)


def test_a_broken_page_is_asked_for_again(folder):
    api = Api(RECENT, page=2)
    api.hooks = {0: lambda handler, _: send(handler, 200, b"{"),
                 2: lambda handler, body: send(handler, 200, json.dumps(body).encode()[:-40],
                                               length=len(json.dumps(body)))}
    with serve_folder(source(folder)) as url, api.serve() as service:
        settings(folder, service, nvd_api_key=key_file(folder))
        update("--from", url)
    tap.equal([int(query["startIndex"]) for query in api.asked], [0, 0, 2, 2, 4])
    tap.equal(len(kept_ids(folder)), 5)


def test_totals_that_change_begin_the_range_anew(folder):
    api = Api(RECENT, page=2)

    def one_is_gone(handler, _):
        api.records = RECENT[1:]
        send(handler, 200, json.dumps(api.body(api.asked[-1])).encode())

    api.hooks = {1: one_is_gone}
    with serve_folder(source(folder)) as url, api.serve() as service:
        settings(folder, service, nvd_api_key=key_file(folder))
        update("--from", url)
        tap.equal([int(query["startIndex"]) for query in api.asked], [0, 2, 0, 2])
        tap.equal(sorted(kept_ids(folder)), [item["cve"]["id"] for item in RECENT[1:]])
        # When it never ends, nothing of it is kept.
        a_day_later(folder)
        before = kept_ids(folder)

        def one_more(handler, _):
            api.records = api.records + [record(91000 + len(api.records), NOW - 600)]
            send(handler, 200, json.dumps(api.body(api.asked[-1])).encode())

        api.hooks = {"all": one_more}
        result = update("--from", url, status=3)
        tap.contains(result.err, "the number of records changes from page to page")
        tap.equal(kept_ids(folder), before)
        tap.equal(pages(folder), listed(folder))


def test_goes_on_where_it_was_broken_off(folder):
    api = Api(RECENT, page=2)
    api.hooks = {number: lambda handler, _: send(handler, 503, Retry_After="500")
                 for number in (2, 3)}
    with serve_folder(source(folder)) as url, api.serve() as service:
        settings(folder, service, nvd_api_key=key_file(folder))
        update("--from", url, status=3)
        tap.equal(len(pages(folder)), 2)
        tap.equal(listed(folder), [], "a range that is not whole counts for nothing")
        update("--from", url, status=3)
        tap.equal(len(api.asked), 4)
        update("--from", url)
        tap.equal([int(query["startIndex"]) for query in api.asked], [0, 2, 4, 4, 4])
        tap.equal(len(set(api.ranges())), 1)
        tap.equal(sorted(kept_ids(folder)), [item["cve"]["id"] for item in RECENT])
        # A page that is lost is seen, and its range fetched again.
        (folder / "state/mirror" / PAGES / pages(folder)[1]).unlink()
        update("--from", url)
        tap.equal(len(kept_ids(folder)), 5)


def test_what_is_interrupted_is_not_lost(folder):
    api = Api(RECENT, page=2)
    api.hooks = {1: lambda handler, body: time.sleep(20)}
    with serve_folder(source(folder)) as url, api.serve() as service:
        settings(folder, service)
        process = subprocess.Popen([str(tap.ASSAY), "kb", "update", "--from", url],
                                   stderr=subprocess.DEVNULL, env={**os.environ, **DIRECT})
        while len(api.asked) < 2:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
        assert process.returncode != 0 and listed(folder) == [] and len(pages(folder)) == 1
        leftover = folder / "state/mirror" / PAGES / ".page.json.part"
        assert not leftover.exists()
        update("--from", url)
        tap.equal([int(query["startIndex"]) for query in api.asked], [0, 2, 2, 4])
        tap.equal(sorted(kept_ids(folder)), [item["cve"]["id"] for item in RECENT])


def test_no_change_is_a_page_without_records(folder):
    api = Api([])
    with serve_folder(source(folder)) as url, api.serve() as service:
        settings(folder, service)
        update("--from", url)
        tap.equal((len(listed(folder)), kept_ids(folder)), (1, []))
        a_day_later(folder)
        update("--from", url)
        tap.equal(len(api.asked), 2)
        assert api.ranges()[1][0] > NOW - 2 * DAY


def test_files_of_years_take_in_the_changes_before_them(folder):
    api, mirror = Api(RECENT), source(folder)
    with serve_folder(mirror) as url, api.serve() as service:
        settings(folder, service)
        update("--from", url)
        tap.equal(len(listed(folder)), 1)
        a_day_later(folder, days=40)
        old = listed(folder)
        source(folder, days=2)
        update("--from", url)
        tap.equal(len(api.asked), 2)
        assert NOW - 2.6 * DAY < api.ranges()[1][0] < NOW - 2.4 * DAY, api.ranges()
        assert len(listed(folder)) == 1 and listed(folder) != old, listed(folder)
        tap.equal(pages(folder), listed(folder))


def test_a_mirror_hands_on_its_pages(folder):
    api, copy = Api(RECENT, page=2), folder / "copy"
    with serve_folder(source(folder)) as url, api.serve() as service:
        settings(folder, service)
        tap.assay("kb", "mirror", copy, "--from", url, env=DIRECT)
        tap.equal(len(listed(folder, "copy")), 3)
        (folder / "state/assay.conf").unlink()
    asked = len(api.asked)
    with serve_folder(copy) as url:
        for number, place in enumerate((copy, url)):
            os.environ["ASSAY_STATE"] = str(folder / f"state{number}")
            update("--from", place)
            tap.equal(sorted(kept_ids(folder, f"state{number}/mirror")),
                      [item["cve"]["id"] for item in RECENT])
            # What the mirror has taken into its files of the years goes, unless one of them fails.
            lines = (copy / PAGES / "changes.tsv").read_text()
            (copy / PAGES / "changes.tsv").write_text(WORDS + "\n")
            meta = copy / NVD.replace("json.gz", "meta")
            stated = meta.read_text()
            meta.write_text("<html>")
            a_day_later(folder, f"state{number}/mirror", days=2)
            update("--from", place, "--only", "nvd", status=3)
            tap.equal(len(listed(folder, f"state{number}/mirror")), 3)
            meta.write_text(stated)
            update("--from", place, "--only", "nvd", "--force")
            tap.equal(pages(folder, f"state{number}/mirror"), [])
            (copy / PAGES / "changes.tsv").write_text(lines)
        # A page that is another one than the list says is refused, with its range.
        (copy / PAGES / pages(folder, "copy")[1]).write_bytes(gzip.compress(b"{}"))
        for number, place in enumerate((copy, url), 2):
            os.environ["ASSAY_STATE"] = str(folder / f"state{number}")
            tap.contains(update("--from", place, status=3).err, "not the sha256")
            tap.equal(listed(folder, f"state{number}/mirror"), [])
        # A list may name pages and nothing else.
        for text in ("../../../etc/passwd\t1\t" + "0" * 64 + "\n", "x\n", "\0" * 300):
            (copy / PAGES / "changes.tsv").write_text(WORDS + "\n" + text)
            tap.contains(update("--from", copy, status=3).err, "changes.tsv:2: no page of changes")
    tap.equal(len(api.asked), asked)


def test_asks_no_more_often_than_the_service_allows(folder):
    api = Api(RECENT + [record(90300, NOW - 900)], page=1)
    with serve_folder(source(folder)) as url, api.serve() as service:
        settings(folder, service)
        update("--from", url)
    tap.equal(len(api.asked), 6)
    assert api.times[4] - api.times[0] < 15, "five at once"
    assert api.times[5] - api.times[0] >= 30, "and no sixth within half a minute"


def test_a_slow_answer_is_waited_for(folder):
    def slowly(handler, body):
        data = json.dumps(body).encode()
        time.sleep(2)
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        for at in range(0, len(data), 200):
            handler.wfile.write(data[at:at + 200])
            handler.wfile.flush()
            time.sleep(0.2)

    api = Api(RECENT)
    api.hooks = {0: slowly}
    with serve_folder(source(folder)) as url, api.serve() as service:
        settings(folder, service)
        update("--from", url, "--timeout", "1")
    tap.equal(len(kept_ids(folder)), 5)


tap.main(globals())
