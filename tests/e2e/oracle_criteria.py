"""NVD's configurations evaluated a second time, from the raw feeds: an independent answer to "which CVEs does
this server have", to hold the program's against. It knows docs/assessment.md and the schema of the feeds, and shares
no code with the program.
"""
import collections
import fnmatch
import gzip
import json
import re

import oracle_versions

Match = collections.namedtuple("Match", "name vulnerable start start_in end end_in")
Node = collections.namedtuple("Node", "is_and negate matches")
Configuration = collections.namedtuple("Configuration", "is_and negate nodes")
RANK = ["exact", "range", "product", "unconfirmed"]

LIBRARIES = {"npm": "node.js nodejs node npm", "pypi": "python pypi pip",
             "gem": "ruby rubygems rails ruby_on_rails", "maven": "java jdk gradle grails spring*",
             "composer": "php packagist composer laravel symfony", "cpan": "perl cpan",
             "nuget": ".net .net_framework nuget asp.net*", "pub": "dart pub flutter",
             "hex": "erlang hex elixir"}
COMPILED = {"maven": "maven", "golang": "go golang", "cargo": "rust crates* cargo"}
LINUX = ("linux linux_kernel unix posix x11 debian* ubuntu* red_hat* redhat* rhel* centos* suse* sles* "
         "fedora* alpine* almalinux* rocky* oracle_linux* amazon_linux*")
WINDOWS = "windows* win32 win64 microsoft_windows*"
FOREIGN = ("wordpress woocommerce joomla* drupal* typo3 mediawiki mybb moodle prestashop magento* concrete* "
           "craft_cms nextcloud owncloud discourse glpi opencart shopware phpbb dokuwiki backdrop* october* "
           "silverstripe jenkins jira* confluence* bamboo bitbucket* sonarqube teamcity mattermost jupyter* qgis "
           "chrome firefox edge* internet_explorer* safari thunderbird opera visual_studio* vscode intellij* "
           "eclipse foxit* phantompdf office* outlook word excel android* iphone* ios ipad* ipados watchos tvos "
           "apple* mac macos mac_os* os_x windows_phone* blackberry* harmonyos tizen cordova react_native "
           "chrome_os z/os z/linux aix hp-ux hpux solaris sunos freebsd openbsd netbsd os/2 netware vms openvms "
           "i5/os ibm_i qnx vxworks")
HARDWARE = {"x86_64": "x64 x86_64 amd64", "amd64": "x64 x86_64 amd64", "i686": "x86 i386 i686",
            "x86": "x86 i386 i686", "aarch64": "arm64 aarch64", "arm64": "arm64 aarch64",
            "ia64": "itanium* ia64", "s390x": "s390*", "ppc64le": "powerpc* ppc* power*",
            "sparc64": "sparc*"}
OPEN = ("*", "-", "")
EDITIONS = {"community": "community* open_source oss free",
            "enterprise": "enterprise* commercial premium* professional pro ultimate plus"}


def listed(value, words):
    return any(fnmatch.fnmatchcase(value, word) for word in words.split())


def split(cpe):
    """The attributes of a formatted string, quoting resolved."""
    parts, quoted = [""], False
    for char in cpe.lower():
        if quoted or char not in "\\:":
            parts[-1] += char
            quoted = False
        elif char == "\\":
            quoted = True
        else:
            parts.append("")
    return tuple(parts[2:13])


def read_match(raw, pool):
    start, start_in = raw.get("versionStartIncluding"), True
    if not start:
        start, start_in = raw.get("versionStartExcluding"), False
    end, end_in = raw.get("versionEndExcluding"), False
    if not end:
        end, end_in = raw.get("versionEndIncluding"), True
    match = Match(split(raw["criteria"]), raw["vulnerable"], start or "", start_in, end or "", end_in)
    return pool.setdefault(match, match)


def read_node(raw, pool):
    return Node(raw.get("operator") == "AND", bool(raw.get("negate")),
                tuple(read_match(match, pool) for match in raw["cpeMatch"]))


class Feeds:
    """All configurations, and where each product stands in them as vulnerable."""

    def __init__(self, files):
        self.configurations, self.owners, self.by_product = [], [], collections.defaultdict(list)
        pool = {}
        for file in files:
            with gzip.open(file) as stream:
                records = json.load(stream)["vulnerabilities"]
            for record in records:
                self.add(record["cve"], pool)

    def add(self, cve, pool):
        if cve.get("vulnStatus") == "Rejected":
            return
        for raw in cve.get("configurations") or []:
            configuration = Configuration(raw.get("operator") == "AND", bool(raw.get("negate")),
                                          tuple(read_node(node, pool) for node in raw["nodes"]))
            number = len(self.configurations)
            self.configurations.append(configuration)
            self.owners.append(cve["id"])
            products = {match.name[:3] for node in configuration.nodes for match in node.matches
                        if match.vulnerable}
            for product in products:
                self.by_product[product].append(number)


class Aliases:
    """share/cpe-aliases.tsv: products that were renamed."""

    def __init__(self, path):
        self.names = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                names = [("a", *one.split(":", 1)) if one[1] != ":" else tuple(one.split(":", 2))
                         for one in line.replace("\t", " ").split()]
                for one in names:
                    self.names[one] = names

    def of(self, product):
        return [product] + [one for one in self.names.get(product, []) if one != product]


class Software:
    """Installed software that states its CPE: part, vendor, product, version, update, and of the other attributes
    sw_edition, target_sw and target_hw, "" where it leaves them open."""

    def __init__(self, name, product, version, update="", stated=("", "", ""), ecosystem="cpe"):
        self.name, self.product, self.ecosystem = name, product, ecosystem
        self.version, self.update = version, update
        self.edition, self.target, self.hardware = stated
        self.key = oracle_versions.parse(version, update, product) if version else None


class Server:
    """platforms: (product, version) of the system, "" for a version that is not told."""

    def __init__(self, family, arch, platforms, software, aliases):
        self.family, self.arch, self.software = family, arch, software
        self.present = collections.defaultdict(list)
        for one in software:
            for product in aliases.of(one.product):
                self.present[product].append(one)
        for product, version in platforms:
            self.present[product].append(Software("", product, version, ecosystem=""))


def version_answer(match, key):
    """"exact", "range", "product", "" for another version, None where there is no order."""
    version, update = match.name[3], match.name[4]
    update = "" if update in OPEN else update
    if version in ("*", "-"):
        if not match.start and not match.end:
            return "product"
        start = oracle_versions.parse(match.start, product=match.name[:3]) if match.start else None
        end = oracle_versions.parse(match.end, update if match.end_in else "", match.name[:3]) if match.end else None
        if (match.start and not start) or (match.end and not end) or key is None:
            return None
        if start and end and oracle_versions.compare(start, end) is None:
            return None
        low = oracle_versions.compare(key, start) if start else 1
        high = oracle_versions.compare(key, end) if end else -1
        if low is not None and (low < 0 or low == 0 and not match.start_in):
            return ""
        if high is not None and (high > 0 or high == 0 and not match.end_in):
            return ""
        return None if low is None or high is None else "range"
    order = oracle_versions.compare(key, oracle_versions.parse(version, update, match.name[:3]))
    return None if order is None else "exact" if order == 0 else ""


def target_answer(target, server, ecosystem):
    """True, False, or None for a word that says nothing here."""
    if target in OPEN:
        return True
    for home, words in {**LIBRARIES, **COMPILED}.items():
        if listed(target, words):
            return ecosystem == home or home in COMPILED and ecosystem not in {**LIBRARIES, **COMPILED}
    if listed(target, LINUX):
        return server.family != "windows"
    if listed(target, WINDOWS):
        return server.family != "linux"
    return False if listed(target, FOREIGN) else None


def stated_target(target, stated):
    """Whether what is stated is the criterion's target, in its or another word for the same."""
    worlds = [*LIBRARIES.values(), *COMPILED.values(), LINUX, WINDOWS]
    return target in OPEN or target == stated or any(listed(target, words) and listed(stated, words)
                                                     for words in worlds)


def told_edition(match, one):
    """False where the version of the software tells that it is of another edition."""
    vendor, product, edition = match.name[1], match.name[2], match.name[7]
    version = f"{one.version} {one.update}".strip().lower()
    if product == "jenkins" and vendor in ("jenkins", "cloudbees") and re.fullmatch(r"[\d.]+", version):
        return (edition, version.count(".")) not in (("lts", 1), ("-", 2))
    if vendor == "adobe" and re.fullmatch(r"acrobat(_reader)?(_dc)?", product):
        track = re.match(r"[^.]*\.[^.]*\.([23])\d{4}(\.|$)", version)
        return not track or (edition, track[1]) not in (("classic", "2"), ("continuous", "3"))
    if (vendor, product) == ("isc", "bind") and edition == "supported_preview" and version[:1].isdigit():
        return re.search(r"(?<![a-z])s", version) is not None
    if product == "puppet" and vendor in ("puppet", "puppetlabs"):
        return edition != "enterprise" or one.edition != ""
    if vendor == "mozilla" and product in ("firefox", "thunderbird"):
        return (edition == "esr") == (one.edition == "esr") or one.edition != "esr" and edition != "esr"
    return True


def edition_answer(match, one):
    edition = match.name[7]
    if edition in OPEN or not one.edition:
        return told_edition(match, one)
    kinds = [next((kind for kind, words in EDITIONS.items() if listed(text, words)), None)
             for text in (edition, one.edition)]
    same = kinds[0] == kinds[1] if None not in kinds else edition == one.edition
    return same and told_edition(match, one)


def hardware_answer(match, one, server):
    """Words for hardware that is not known say nothing."""
    asked, there = match.name[9], one.hardware or server.arch.lower()
    if asked in OPEN or not any(listed(asked, words) for words in HARDWARE.values()):
        return True
    known = next((words for words in HARDWARE.values() if listed(there, words)), "")
    return listed(asked, known)


def match_answer(match, one, server):
    """How sure the criterion names this software in its world; "" when not."""
    answer = version_answer(match, one.key)
    if not answer:
        return answer
    if not hardware_answer(match, one, server) or not edition_answer(match, one):
        return ""
    if one.target:
        return answer if stated_target(match.name[8], one.target) else ""
    fits = target_answer(match.name[8], server, one.ecosystem)
    return answer if fits else "unconfirmed" if fits is None else ""


def term_holds(match, server):
    return any(match_answer(match, one, server) for one in server.present.get(match.name[:3], ()))


def node_holds(node, server):
    holds = [term_holds(match, server) for match in node.matches]
    return (all(holds) if node.is_and else any(holds)) != node.negate


def bounds(match):
    return (match.start, match.start_in if match.start else None, match.end,
            match.end_in if match.end else None)


def other_name(node, hit):
    """Nodes of vulnerable software with the same ranges are names of one program."""
    if node.is_and or hit.is_and or node.negate or hit.negate or len(node.matches) != len(hit.matches):
        return False
    known = {bounds(match) for match in hit.matches if match.vulnerable}
    return all(match.vulnerable and (match.start or match.end) and bounds(match) in known
               for match in node.matches)


def configuration_holds(configuration, server, hit):
    holds = [node_holds(node, server) or configuration.is_and and node is not hit and other_name(node, hit)
             for node in configuration.nodes]
    return (all(holds) if configuration.is_and else any(holds)) != configuration.negate


def numbers(text):
    return [int(part) for part in text.split(".")] if re.fullmatch(r"\d{1,9}(\.\d{1,9}){0,7}", text) else None


def alike(left, right, count):
    return (left + [0] * count)[:count] == (right + [0] * count)[:count]


def is_empty(match):
    """A range that ends before it begins."""
    order = match.start and oracle_versions.compare(oracle_versions.parse(match.start, product=match.name[:3]),
                                                    oracle_versions.parse(match.end, product=match.name[:3]))
    return bool(match.start) and (order is None or order > 0)


def branch_answer(node, match, one):
    """"fixed" or "doubt" where the record ends the version's own branch before match does, else ""."""
    shown = f"{one.version} {one.update}" if one.update else one.version
    patch = re.match(r"[a-z](\d+) ", match.end)
    if match.name[2] == "nginx_plus" and patch and shown == patch[1]:
        return "doubt"
    version, end = numbers(shown), numbers(re.match(r"[\d.]*", match.end)[0].rstrip("."))
    if match.name[3] not in ("*", "-") or not version or not end:
        return ""
    apart = len(end) == 1 and end[0] >= 1000 and not 1990 <= end[0] <= 2099 and len(version) > 1 and version[0] < 1000
    if match.name[2] == "jenkins" and match.name[1] in ("jenkins", "cloudbees") and match.name[7] == "*" and \
            min(len(end), len(version)) > 1:
        apart |= (len(end) == 2) != (len(version) == 2)
    if node.is_and or node.negate:
        return "doubt" if apart else ""
    beside = [other for other in node.matches
              if other.vulnerable and other is not match and other.name[:3] == match.name[:3] and other.end and
              other.name[4:] == match.name[4:] and other.name[3] in ("*", "-") and
              (not match.start or other.start == match.start) and
              version_answer(other, one.key) is not None and numbers(other.end) and not is_empty(other)]
    answers = {"doubt" if apart else ""}
    for other in beside:
        last, own = numbers(other.end), other.end.count(".")
        order = oracle_versions.compare(one.key, oracle_versions.parse(
            other.end, other.name[4].strip("*-") if other.end_in else "", other.name[:3]))
        if order is None or order < 0 or order == 0 and other.end_in:
            continue
        fits = own > 0 and alike(version, last, own) and not alike(end, last, own)
        if other.end_in:
            rest = [numbers(third.end) for third in beside if third is not other]
            answers.add("doubt" if fits and not any(alike(third, last, own) for third in rest) else "")
        elif fits:
            answers.add("fixed" if own > 1 else "doubt")
        elif own > 0 and alike(version, last, 1) and not alike(end, last, 1):
            answers.add("doubt")
    return max(answers, key=["", "doubt", "fixed"].index)


def findings(feeds, server, aliases, undefined=None):
    """{(name of software, CVE): confidence}."""
    found = {}
    for one in server.software:
        for product in aliases.of(one.product):
            for number in feeds.by_product.get(product, ()):
                judge(feeds, number, server, one, product, found, undefined)
    return found


def judge(feeds, number, server, one, product, found, undefined):
    configuration = feeds.configurations[number]
    for node in configuration.nodes:
        for match in node.matches:
            if not match.vulnerable or match.name[:3] != product:
                continue
            answer = match_answer(match, one, server)
            if answer is None and undefined is not None:
                undefined.append((one, match))
            if answer and configuration_holds(configuration, server, node):
                branch = "" if configuration.negate else branch_answer(node, match, one)
                if branch == "fixed":
                    continue
                answer = "unconfirmed" if branch else answer
                key = (one.name, feeds.owners[number])
                best = found.get(key, answer)
                found[key] = min(best, answer, key=RANK.index)


def quote(text):
    """As an attribute of a formatted string: `_` for blanks, the rest quoted."""
    return re.sub(r"([^a-z0-9._-])", r"\\\1", re.sub(r"\s+", "_", text.strip().lower()))
