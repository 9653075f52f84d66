"""The tables of share/: form, duplicates, references; and, where a mirror of the feeds is at
hand, whether every CPE product and lifecycle name that they use is one the feeds have."""
import glob
import gzip
import json
import os
import re
import sys
import zipfile

SHARE = os.environ["ASSAY_SHARE"]
BESIDE = os.environ.get("ASSAY_SHARED") or os.environ["ASSAY_BESIDE"]
MIRROR = os.environ.get("ASSAY_MIRROR") or os.path.join(BESIDE, "mirror")
LIFECYCLES = os.path.join(MIRROR, "endoflife.date/api/v1/products/full/index.json")
HERE = os.path.dirname(os.path.abspath(__file__))
COLUMNS = {
    "categories.tsv": 5, "cpe-aliases.tsv": 2, "distributions.tsv": 11, "identities.tsv": 6,
    "os-support.tsv": 5, "security-software.tsv": 8, "source-aliases.tsv": 4, "streams.tsv": 6, "suppliers.tsv": 6,
    "taxonomy.tsv": 2, "publishers.tsv": 5, "unsupported.tsv": 6, "windows-releases.tsv": 5, "builds.tsv": 5,
    "updates.tsv": 6, "setups.tsv": 4,
}
SYSTEMS = {"any", "linux", "windows", "dpkg", "rpm", "apk", "pacman", "snap", "flatpak"}
RULES = {"-", "java", "openjdk", "python", "name-version", "mozilla", "two", "three", "year",
         "dotnetfx", "sql-server", "exchange", "citrix", "minio", "otp", "imagemagick", "visual-studio"}
number = 0
failed = 0


def rows(name):
    with open(os.path.join(SHARE, name), encoding="utf-8") as file:
        for at, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if line and not line.startswith("#"):
                yield at, line.split("\t")


def report(name, problems):
    global number, failed
    number += 1
    failed += bool(problems)
    print(f"{'not ok' if problems else 'ok'} {number} {name}")
    for problem in problems:
        print("#  ", problem)


def skip(name, why):
    global number
    number += 1
    print(f"ok {number} {name} # SKIP {why}")


def bad_form():
    for name, columns in COLUMNS.items():
        for at, cells in rows(name):
            if len(cells) != columns or "" in cells or any(c != c.strip() for c in cells):
                yield f"{name}:{at}: not {columns} trimmed cells"


def too_few_rules():
    """Products of Windows that hand-made rules know, whatever the knowledge has."""
    known = [cells for _, cells in rows("identities.tsv")
             if cells[0] in ("windows", "any") and (cells[3] != "-" or cells[4] != "-")]
    if len(known) < 600:
        yield f"identities.tsv: {len(known)} products of Windows"


def duplicates():
    keys = {"identities.tsv": (0, 1, 2), "categories.tsv": (0, 1, 2),
            "security-software.tsv": (1, 2, 3), "unsupported.tsv": (0, 1), "cpe-aliases.tsv": (0,),
            "distributions.tsv": (0, 1), "os-support.tsv": (0, 1), "suppliers.tsv": (0, 1, 2),
            "windows-releases.tsv": (0, 1, 2), "taxonomy.tsv": (1,), "streams.tsv": (0, 1, 2, 3), "publishers.tsv": (0,), "builds.tsv": (0, 1),
            "updates.tsv": (0, 1, 3), "setups.tsv": (0, 1)}
    for name, columns in keys.items():
        name_column = {"identities.tsv": 1, "categories.tsv": 1, "security-software.tsv": 2}.get(name)
        seen = {}
        for at, cells in rows(name):
            names = [cells[columns[0]]]
            if name_column is not None:
                names = cells[name_column].split("|")
            elif name == "cpe-aliases.tsv":
                names = [cells[0]] + cells[1].split(" ")
            for one in names:
                key = (one.lower(),) + tuple(cells[c] for c in columns if c != name_column)
                if key in seen:
                    yield f"{name}:{at}: {one} is also in line {seen[key]}"
                seen[key] = at


def bad_values():
    taxonomy = {tuple(cells) for _, cells in rows("taxonomy.tsv")}
    subs = {sub for _, sub in taxonomy}
    for at, cells in rows("categories.tsv"):
        if (cells[3], cells[4]) not in taxonomy or cells[0] not in SYSTEMS:
            yield f"categories.tsv:{at}: {cells[0]}, {cells[3]}, {cells[4]}"
    for at, cells in rows("publishers.tsv"):
        if (cells[3], cells[4]) not in taxonomy | {("-", "-")} or cells[2] not in RULES:
            yield f"publishers.tsv:{at}: {cells[2:]}"
    for at, cells in rows("security-software.tsv"):
        known = cells[4] in subs and cells[1] in SYSTEMS and {cells[5], cells[6]} <= {"yes", "no"}
        if not known or not re.fullmatch(r"-|[a-z-]+=[a-z-]+", cells[7]):
            yield f"security-software.tsv:{at}: {cells}"
    for at, cells in rows("identities.tsv"):
        if cells[0] not in SYSTEMS or cells[5] not in RULES:
            yield f"identities.tsv:{at}: {cells[0]}, {cells[5]}"
        for pair in [] if cells[3] == "-" else cells[3].split(" "):
            if not re.fullmatch(r"([oh]:)?[^: ]+:[^: ]+", pair):
                yield f"identities.tsv:{at}: {pair}"
    for at, cells in rows("unsupported.tsv"):
        if cells[2] not in ("ended", "limited") or not re.fullmatch(r"-|\d{4}-\d\d-\d\d", cells[3]):
            yield f"unsupported.tsv:{at}: {cells[2]}, {cells[3]}"
    for at, cells in rows("os-support.tsv"):
        for date in cells[3:]:
            if not re.fullmatch(r"-|\d{4}-\d\d-\d\d", date):
                yield f"os-support.tsv:{at}: {date}"
        if cells[4] != "-" and cells[4] < cells[3]:
            yield f"os-support.tsv:{at}: extended before the end"


def unreachable_categories():
    reached = {(cells[3], cells[4]) for _, cells in rows("categories.tsv")}
    reached |= {("Security & Compliance", cells[4]) for _, cells in rows("security-software.tsv")}
    for at, cells in rows("taxonomy.tsv"):
        if tuple(cells) not in reached:
            yield f"taxonomy.tsv:{at}: no row has {cells[0]}, {cells[1]}"


def used_products():
    """(file:line, part, vendor, product)"""
    for at, cells in rows("identities.tsv"):
        for pair in [] if cells[3] == "-" else cells[3].split(" "):
            yield f"identities.tsv:{at}", pair
    for at, cells in rows("cpe-aliases.tsv"):
        for pair in [cells[0]] + cells[1].split(" "):
            yield f"cpe-aliases.tsv:{at}", pair


def feed_products():
    pattern = re.compile(rb'cpe:2\.3:([aoh]:(?:[^:"\\]|\\\\.)+:(?:[^:"\\]|\\\\.)+):')
    found = set()
    files = sorted(glob.glob(os.path.join(MIRROR, "nvd.nist.gov/feeds/json/cve/2.0/*.json.gz")))
    for path in files:
        with gzip.open(path) as file:
            found.update(pattern.findall(file.read()))
    for path in glob.glob(os.path.join(MIRROR, "github.com/CVEProject/cvelistV5/archive/refs/heads/main.zip")):
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                found.update(pattern.findall(archive.read(member)))
    return {re.sub(r"\\\\(.)", r"\1", one.decode().lower()) for one in found}


def unknown_products():
    known = feed_products()
    with open(os.path.join(HERE, "beyond-mirror.txt"), encoding="utf-8") as file:
        beyond = dict(line.rstrip("\n").split("\t") for line in file if line[0] != "#")
    for pair in sorted(beyond):
        if not beyond[pair] or "a:" + pair in known:
            yield f"beyond-mirror.txt: {pair} has no reason, or the records have it"
    for where, pair in used_products():
        alias = where.startswith("cpe-aliases")
        name = pair if re.match(r"[oh]:", pair) else "a:" + pair
        names = {"a:" + pair, "o:" + pair, "h:" + pair} if alias else {name}
        if not names & known and pair not in beyond:
            yield f"{where}: no record has {pair}"


# Without a life cycle of their own although endoflife.date has one for the CPE product.
APART = {
    "oracle:openjdk": "of the distributions' builds, which follow their release",
    "redis:redis": "of Redis Stack, which is numbered apart",
    "sonarsource:sonarqube": "of two editions that the name does not tell apart",
}


def missing_lifecycles():
    with open(LIFECYCLES, encoding="utf-8") as file:
        known = {}
        for product in json.load(file)["result"]:
            for one in product["identifiers"]:
                if one["type"] == "cpe":
                    parts = re.sub(r"\\(.)", r"\1", one["id"]).split(":")
                    known[":".join(parts[-2:])] = product["name"]
    for at, cells in rows("identities.tsv"):
        for pair in cells[3].split(" ") if cells[4] == "-" else []:
            if pair in known and pair not in APART:
                yield f"identities.tsv:{at}: {pair} has the life cycle {known[pair]}"


def unknown_lifecycles():
    with open(LIFECYCLES, encoding="utf-8") as file:
        products = {p["name"]: {r["name"] for r in p["releases"]}
                    for p in json.load(file)["result"]}
    for name, column in (("identities.tsv", 4), ("distributions.tsv", 3),
                         ("windows-releases.tsv", 3)):
        for at, cells in rows(name):
            if cells[column] != "-" and cells[column] not in products:
                yield f"{name}:{at}: no product {cells[column]}"
    builds = {"sql-server": "mssqlserver", "exchange": "msexchange"}
    for at, cells in rows("builds.tsv"):
        if cells[4] not in products[builds[cells[0]]]:
            yield f"builds.tsv:{at}: no release {cells[4]}"
    for at, cells in rows("windows-releases.tsv"):
        if cells[4] not in products[cells[3]]:
            yield f"windows-releases.tsv:{at}: no release {cells[4]}"


def build_of(text):
    numbers = [int(one) for one in re.findall(r"\d+", text)[:4]]
    return tuple(numbers + [0] * (4 - len(numbers)))


def wrong_builds():
    """The newest build of each release on endoflife.date is of that release in builds.tsv too, and
    the CVE List's fixed builds of SQL Server's Azure Connect Pack are of that."""
    path = os.path.join(MIRROR, "endoflife.date/api/v1/products/full/index.json")
    with open(path, encoding="utf-8") as file:
        feed = {p["name"]: p["releases"] for p in json.load(file)["result"]}
    for product, name in (("sql-server", "mssqlserver"), ("exchange", "msexchange")):
        table = sorted((build_of(cells[1]), cells[4]) for _, cells in rows("builds.tsv")
                       if cells[0] == product)
        releases = {release["name"]: release["latest"]["name"] for release in feed[name]}
        for build, cycle in table:
            if cycle not in releases:
                yield f"builds.tsv: {build}: no release {cycle} of {name}"
        cycles = {cycle for _, cycle in table}
        known = [(cycle, build_of(releases[cycle])) for cycle in cycles & set(releases)]
        if product == "sql-server":
            known += [("13.0-sp3-acp", build_of("13.0.7045.2")), ("13.0-sp3", build_of("13.0.6450.1"))]
        for cycle, build in known:
            # The feed has an update of 2019's CU14 as one of CU15: only the release counts.
            below = [row for row in table if row[0] <= build and row[0][:2] == build[:2]]
            if not below or below[-1][1] != cycle:
                yield f"builds.tsv: {build} is of {cycle} on endoflife.date"


report("cells", list(bad_form()))
if not failed:
    report("duplicates", list(duplicates()))
    report("values", list(bad_values()))
    report("products of Windows", list(too_few_rules()))
    report("categories are reachable", list(unreachable_categories()))
if not os.path.isdir(os.path.join(MIRROR, "nvd.nist.gov")):
    skip("CPE products are known", f"no mirror at {MIRROR}")
    skip("lifecycle products are known", f"no mirror at {MIRROR}")
    skip("lifecycle products are named", f"no mirror at {MIRROR}")
    skip("builds are those of their releases", f"no mirror at {MIRROR}")
elif not failed:
    report("CPE products are known", list(unknown_products()))
    report("lifecycle products are known", list(unknown_lifecycles()))
    report("lifecycle products are named", list(missing_lifecycles()))
    report("builds are those of their releases", list(wrong_builds()))
print(f"1..{number}")
sys.exit(1 if failed else 0)
