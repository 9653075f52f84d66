"""CPE applicability held against a second reading of the same feeds (oracle_criteria.py): servers with
software of real products, at the ends of the ranges that NVD states for them, just before and just behind, alone and
together with what the configurations ask for besides. Every finding and its confidence must be the same.

By itself: `python3 test_applicability.py --all [PRODUCTS] [SEED]` takes all feeds instead of a few years.
"""
import json
import pathlib
import random
import re
import sys

import oracle_criteria as oracle
import tap

YEARS = (2010, 2015, 2021, 2026)
PRODUCTS, VERSIONS, ON_A_SERVER = 300, 6, 60
SYSTEMS = {
    "linux": ({"family": "linux", "id": "debian", "name": "Debian GNU/Linux", "version_id": "12"}, "x86_64",
              [(("o", "linux", "linux_kernel"), ""), (("o", "debian", "debian_linux"), "12")]),
    "windows": ({"family": "windows", "id": "windows", "name": "Windows Server 2019 Standard",
                 "edition": "ServerStandard", "build": "17763.1"}, "AMD64",
                [(("o", "microsoft", "windows"), ""),
                 (("o", "microsoft", "windows_server_2019"), "10.0.17763.1")]),
}


def step(version, by):
    """The version with its last number one higher or lower."""
    numbers = list(re.finditer(r"\d{1,9}", version))
    if not numbers or int(numbers[-1][0]) + by < 0:
        return version
    last = numbers[-1]
    return version[:last.start()] + str(int(last[0]) + by) + version[last.end():]


def versions_of(feeds, product):
    """Version and update pairs that the criteria of a product turn on."""
    found = set()
    for number in feeds.by_product[product]:
        for node in feeds.configurations[number].nodes:
            for match in node.matches:
                if match.name[:3] != product:
                    continue
                version, update = match.name[3], match.name[4].strip("*-")
                for end in (match.start, match.end):
                    if end:
                        found.update(((end, ""), (step(end, 1), ""), (step(end, -1), "")))
                if version not in ("*", "-"):
                    found.update(((version, update), (version, ""), (step(version, 1), "")))
    return sorted(pair for pair in found if len(pair[0]) < 100 and pair[0].strip())


def stated_of(feeds, product, chance):
    """What a CPE of the product may state besides, as some criterion of it does."""
    names = sorted({match.name[7:10] for number in feeds.by_product[product][:60]
                    for node in feeds.configurations[number].nodes for match in node.matches
                    if match.name[:3] == product})
    return tuple("" if part in oracle.OPEN or chance.random() < 0.3 else part for part in chance.choice(names))


def choose(feeds, aliases, count, seed):
    """Software of products taken by chance, the much named ones more often, with what their configurations ask for
    besides standing near them."""
    chance = random.Random(seed)
    products = [product for product in feeds.by_product if product[0] != "h" and "-" not in product]
    weights = [len(feeds.by_product[product]) ** 0.5 for product in products]
    software = []
    for product in chance.choices(products, weights, k=count):
        pairs = versions_of(feeds, product) or [("1.0", "")]
        for version, update in chance.sample(pairs, min(VERSIONS, len(pairs))):
            stated = stated_of(feeds, product, chance) if chance.random() < 0.3 else ("", "", "")
            software.append((product, version, update, stated))
        together = [match for number in feeds.by_product[product][:40]
                    if feeds.configurations[number].is_and for node in feeds.configurations[number].nodes
                    for match in node.matches if match.name[0] == "a" and match.name[:3] != product]
        for match in chance.sample(together, min(2, len(together))):
            version = match.end or match.name[3].strip("*-") or "1.0"
            software.append((match.name[:3], version, match.name[4].strip("*-")))
    return software


def document(system, arch, software):
    items = [{"ecosystem": one.ecosystem, "name": one.name, "version": one.version or "1",
              "cpe": "cpe:2.3:" + ":".join(oracle.quote(part) for part in
                                           (*one.product, one.version)) +
                     ":" + ":".join(oracle.quote(part) or "*" for part in
                                    (one.update, "", "", one.edition, one.target, one.hardware, ""))}
             for one in software]
    return {"format": "assay-inventory", "format_version": 1, "software_known": "yes",
            "server": {"name": "oracle", "machine": {"arch": arch}, "os": system}, "software": items}


def ask(folder, knowledge, system, arch, software):
    path = folder / "inventory.json"
    path.write_text(json.dumps(document(system, arch, software)), encoding="utf-8")
    report = tap.assay("assess", path, "--format", "json", "--all", status=None,
                       env={"ASSAY_KNOWLEDGE": str(knowledge)}).json()
    names = {one.name for one in software}
    return {(one["software"], one["cve"]): (one["confidence"], one["criterion"])
            for one in report["findings"] if one["software"] in names}


def compare(folder, feeds, aliases, knowledge, count, seed):
    chosen = choose(feeds, aliases, count, seed)
    differences, compared = [], 0
    for at in range(0, len(chosen), ON_A_SERVER):
        software = [oracle.Software(f"s{at + number}", *one) for number, one in
                    enumerate(chosen[at:at + ON_A_SERVER])]
        by_name = {one.name: one for one in software}
        for kind, (system, arch, platforms) in SYSTEMS.items():
            server = oracle.Server(kind, arch, platforms, software, aliases)
            expected = oracle.findings(feeds, server, aliases)
            got = ask(folder, knowledge, system, arch, software)
            compared += len(expected)
            for key in sorted(expected.keys() | got.keys()):
                wanted, (answer, criterion) = expected.get(key), got.get(key, (None, ""))
                if wanted != answer:
                    one = by_name[key[0]]
                    differences.append(f"{key[1]} {kind} {':'.join(one.product)} {one.version} {one.update} "
                                       f"{one.edition}/{one.target}/{one.hardware}: "
                                       f"expected {wanted}, got {answer} {criterion}")
    return differences, compared, len(chosen)


def run(folder, files, mirror, count, seed):
    knowledge = folder / "knowledge"
    tap.assay("kb", "build", "--from", mirror, "--only", "nvd", "--out", knowledge, status=None)
    feeds = oracle.Feeds(files)
    aliases = oracle.Aliases(tap.ROOT / "share/cpe-aliases.tsv")
    differences, compared, pieces = compare(folder, feeds, aliases, knowledge, count, seed)
    print(f"# applicability: {len(feeds.configurations)} configurations, {pieces} pieces of software on two "
          f"systems, {compared} findings, {len(differences)} differences")
    for line in differences[:200]:
        print(f"#   {line}")
    tap.equal(len(differences), 0, "differences")


FEEDS = "nvd.nist.gov/feeds/json/cve/2.0"
OVERRIDES = "github.com/anchore/nvd-data-overrides/data/2024"
TREES = 400


def a_match(chance):
    """A criterion about one of four programs, hardware that is not there, or a system."""
    name = chance.choice(("a:example:one", "a:example:two", "a:example:three", "a:example:absent",
                          "o:linux:linux_kernel", "o:microsoft:windows", "h:example:box"))
    raw = {"vulnerable": name.startswith("a:") and chance.random() < 0.7,
           "criteria": f"cpe:2.3:{name}:{chance.choice('*-')}:*:*:*:*:*:*:*", "matchCriteriaId": "0"}
    if name.startswith("a:"):
        version = chance.choice(("*", "*", "*", "1.0", "2.0"))
        raw["criteria"] = f"cpe:2.3:{name}:{version}:*:*:*:*:{chance.choice(('*', '*', 'linux', 'windows'))}:*:*"
        if version == "*" and chance.random() < 0.8:
            raw["versionEndExcluding"] = chance.choice(("1.0", "1.5", "2.0", "3.0"))
    return raw


def a_tree(chance):
    """A configuration with every operator and negation that the schema knows."""
    nodes = [{"operator": chance.choice(("AND", "OR", "OR")), "negate": chance.random() < 0.25,
              "cpeMatch": [a_match(chance) for _ in range(chance.randint(1, 3))]}
             for _ in range(chance.randint(1, 3))]
    return {"operator": chance.choice(("AND", "AND", "OR")), "negate": chance.random() < 0.1, "nodes": nodes}


def test_trees_with_negation_are_evaluated_whole(folder):
    """No record of NVD negates anything: overrides of records do, built and assessed as any other."""
    chance = random.Random(3)
    feeds = oracle.Feeds([])
    records = folder / "mirror" / OVERRIDES
    records.mkdir(parents=True)
    for number in range(TREES):
        name = f"CVE-2024-{10000 + number}"
        trees = [a_tree(chance) for _ in range(chance.randint(1, 2))]
        (records / f"{name}.json").write_text(json.dumps({"cve": {"id": name, "configurations": trees}}))
        feeds.add({"id": name, "configurations": trees}, {})
    knowledge = folder / "knowledge"
    tap.assay("kb", "build", "--from", folder / "mirror", "--out", knowledge, status=None)
    aliases = oracle.Aliases(tap.ROOT / "share/cpe-aliases.tsv")
    compared = negated = 0
    for versions in ((("one", "1.0"),), (("one", "1.2"), ("two", "2.0")), (("two", "1.5"), ("three", "0.9")),
                     (("one", "2.5"), ("two", "1.0"), ("three", "2.0"))):
        software = [oracle.Software(name, ("a", "example", name), version) for name, version in versions]
        for kind, (system, arch, platforms) in SYSTEMS.items():
            server = oracle.Server(kind, arch, platforms, software, aliases)
            expected = oracle.findings(feeds, server, aliases)
            got = {key: answer for key, (answer, _) in ask(folder, knowledge, system, arch, software).items()}
            tap.equal(got, expected, f"{kind} {versions}")
            compared += len(expected)
            negated += sum(any(tree.negate or any(node.negate for node in tree.nodes)
                               for number, tree in enumerate(feeds.configurations)
                               if feeds.owners[number] == cve) for _, cve in expected)
    print(f"# applicability: {compared} findings of {TREES} made records, {negated} with negation")
    assert negated > 100


def test_findings_are_those_of_a_second_reading(folder):
    mirror = tap.shared("mirror")
    part = folder / "mirror" / FEEDS
    part.mkdir(parents=True)
    files = [mirror / FEEDS / f"nvdcve-2.0-{year}.json.gz" for year in YEARS]
    for file in files:
        (part / file.name).symlink_to(file)
    run(folder, files, folder / "mirror", PRODUCTS, 1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--all"]:
        def test_findings_are_those_of_a_second_reading(folder):  # noqa: F811
            mirror = tap.shared("mirror")
            run(pathlib.Path(folder), sorted((mirror / FEEDS).glob("*.json.gz")), mirror,
                int(sys.argv[2]) if len(sys.argv) > 2 else 3000,
                int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    tap.main(globals())
