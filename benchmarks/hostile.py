"""Texts made to cost: how much CPU time each takes, and how that grows when the text doubles. Linux and macOS.

    make hostile
    python -m benchmarks.hostile [--only WORDS] [--sizes 250000 500000 1000000] [--cutoff SECONDS]

Each text goes through all stages with the classifiers and our language pipeline, in a process of its own whose CPU time
counts; digests are held against manifestos that say the same over and over. The tests take the same texts, smaller.
"""

import argparse
import json
import os
import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

from rich.console import Console

from benchmarks.shared import cpu_seconds_of_children
from extract.costs import TooCostlyError, bounded, seconds_for
from extract.extraction import STAGES, Resources, load_resources, read
from extract.language.pipeline import OURS
from extract.reading.facts import Facts
from extract.records import Certified, Extraction
from extract.settings import Settings
from extract.tables import rows_of
from extract.verification.examination import Examination, digest_of
from extract.verification.sources import source_of
from pipelines.paths import MODELS

MOST_GROWTH = 2.3
"""Times that CPU time may grow when a text doubles: 2 is linear, the rest is what sorting and noise add."""

_SIZES = (250_000, 500_000, 1_000_000)  # characters
_NOTICEABLE = 1.0  # seconds from which on growth says something
_CUTOFF = 600  # seconds of CPU time for one text, so that what never ends does
_SENTENCE = "De gemeente moet zorgen dat elke wijk een bibliotheek krijgt, ook in de kleine kernen"
_WORDS = ("huis", "zorg", "water", "kind", "werk", "markt", "natuur", "recht", "school", "dijk", "bos", "trein")


def _word(number: int) -> str:
    """One of endlessly many words of letters, the same for the same number."""
    word = _WORDS[number % len(_WORDS)]
    while number := number // len(_WORDS):
        word += _WORDS[number % len(_WORDS)]
    return word


def _repeated(piece: str) -> Callable[[int], str]:
    return lambda size: (piece * (size // len(piece) + 1))[:size]


def _numbered(pattern: str) -> Callable[[int], str]:
    """Lines or words that all differ: `{n}` is a number, `{w}` a word."""

    def made(size: int) -> str:
        parts: list[str] = []
        room = size
        for number in count(1):
            part = pattern.format(n=number, w=_word(number))
            if len(part) > room:
                return "".join(parts)
            parts.append(part)
            room -= len(part)
        raise AssertionError

    return made


def _nested(opening: str, closing: str) -> Callable[[int], str]:
    def made(size: int) -> str:
        depth = size // (len(opening) + len(closing))
        return f"{opening * depth}{closing * depth}"

    return made


def _twice(pattern: str) -> Callable[[int], str]:
    """Lines that all differ, and the same lines once more."""
    return lambda size: _numbered(pattern)(size // 2) * 2


def _torn(half: str) -> str:
    """A word that stands whole so often that it counts as one, and once in two halves."""
    return f"{half}{half}\n" * 3 + f"{half} {half}"


def _digest(quote: str) -> Callable[[int], str]:
    """A digest whose parties each have claims, followed by quotes."""
    parts = ("VVD", "CDA", "D66", "SP")

    def made(size: int) -> str:
        lines: list[str] = []
        room = size
        for number in count():
            party = parts[number // 40 % len(parts)]
            line = (
                f"{party} wil meer {_word(number)}.\n" if number % 4 == 0 else quote.format(n=number, w=_word(number))
            )
            if len(line) > room:
                return "".join(lines)
            lines.append(line)
            room -= len(line)
        raise AssertionError

    return made


@dataclass(frozen=True, slots=True)
class Hostile:
    """A text that is made to cost: its name, how to make one of a size in characters, and the type of its file."""

    name: str
    made: Callable[[int], str]
    ending: str = ".txt"


HOSTILE = (
    Hostile("verbs behind a fronted word", _repeated("Om wil ")),
    Hostile("numbers of three digits", _repeated("100 ")),
    Hostile("prepositions of deadlines", _repeated("voor ")),
    Hostile("a table of contents that is one line", lambda size: "Inhoud\n" + "." * (size - 9) + " 1"),
    Hostile("a title of contents with dots", lambda size: "Inhoud" + "." * (size - 7) + "x"),
    Hostile("a page number with slashes", lambda size: "1" + "/" * (size - 2) + "x"),
    Hostile("dots in a quote", lambda size: "Zij zeggen “a b c d e " + "." * (size - 30) + "x” nu."),
    Hostile(
        "words torn apart",
        lambda size: "\n".join([*["ab" * (size // 8)] * 3, "ab" * (size // 16) + " " + "ab" * (size // 16)]),
    ),
    Hostile("long commitments", _repeated("Wij willen " + "een beter land en " * 270 + "maken. ")),
    Hostile("long commitments that deny", _repeated("Wij willen " + "niet meer " * 480 + "doen. ")),
    Hostile(
        "long commitments in frames", _repeated("Wij willen " + "ervoor zorgen dat wij willen " * 165 + "dit doen. ")
    ),
    Hostile(
        "long commitments in clauses", _repeated("Wij willen dat " + "de huizen die wij bouwen, " * 185 + "er komen. ")
    ),
    Hostile("long enumerations", _repeated("Wij willen meer " + "huizen, wegen, " * 320 + "en dijken bouwen. ")),
    Hostile("prepositions", _repeated("Wij investeren " + "in huizen van hout voor mensen " * 155 + "in 2025. ")),
    Hostile("one long heading", lambda size: "# " + "kop " * (size // 12) + "\n" + "a\n" * (size // 3)),
    Hostile(
        "headings in headings", lambda size: "".join(f"{'.'.join('1' * (n % 30 + 1))} Kop\n" for n in range(size // 36))
    ),
    Hostile("one long word", _repeated("a")),
    Hostile("one long word of many keywords", _repeated("digitalisering")),
    Hostile("one word of hyphens", _repeated("a-")),
    Hostile("words that end in a hyphen", _repeated("a- ")),
    Hostile("lines that end in a hyphen", _repeated("a-\n")),
    Hostile("words broken at line ends", _numbered("{w}-\n{w} ")),
    Hostile("soft hyphens", _repeated("a\u00ad")),
    Hostile("lines that end in a soft hyphen", _repeated("woord\u00ad\n")),
    Hostile("hyphens of a PDF", _repeated("woord\u0002\n")),
    Hostile("single letters", _repeated("a b c ")),
    Hostile("lines of single letters", _repeated("a b c\n")),
    Hostile("tiny sentences", _repeated("A. ")),
    Hostile("tiny sentences on lines", _repeated("Ja. Nee.\n")),
    Hostile("tiny commitments", _repeated("Wij willen dit. ")),
    Hostile("glued sentences", _repeated("ja.Nee")),
    Hostile("one sentence", _numbered("{w} en ")),
    Hostile("opening marks", _repeated("“")),
    Hostile("opening marks before letters", _repeated("‘a “")),
    Hostile("closing marks", _repeated("a” ")),
    Hostile("straight marks", _repeated('"a ')),
    Hostile("nested marks", _nested("“‘", "’”")),
    Hostile("apostrophes", _repeated("’s ")),
    Hostile("digits", _repeated("1234567890")),
    Hostile("digits and dots", _repeated("1.2.")),
    Hostile("amounts", _repeated("€ 1.000,00 miljoen ")),
    Hostile("years", _repeated("2025 ")),
    Hostile("bullets", _repeated("• a\n")),
    Hostile("bullets alone", _repeated("•\n")),
    Hostile("numbered items", _numbered("{n}. {w}\n")),
    Hostile("numbers glued to items", _numbered("{n}.{w}\n")),
    Hostile("letters of items", _repeated("a) woord\n")),
    Hostile("abbreviations", _repeated("etc. m.b.t. ")),
    Hostile("initials", _repeated("A.B.")),
    Hostile("names of parties", _repeated("VVD D66 SP ")),
    Hostile("lines of names of parties", _repeated("VVD\nD66\n")),
    Hostile("unknown parties", _numbered("Partij {w} wil dit.\n")),
    Hostile("subjects", _repeated("De partij wil ")),
    Hostile("lines of subjects", _repeated("De partij wil dit.\n")),
    Hostile("headings", _repeated("# Kop\n")),
    Hostile("headings that differ", _numbered("{w}\n\n")),
    Hostile("headings in capitals", _numbered("HOOFDSTUK {n}\n\n")),
    Hostile("dotted leaders", _numbered("{w} ........ {n}\n")),
    Hostile("dots", _repeated(".")),
    Hostile("ellipses", _repeated("… a ")),
    Hostile("form feeds", _repeated("a\f")),
    Hostile("form feeds alone", _repeated("\f")),
    Hostile("page numbers", _numbered("{w} {w}\n{n}\n\f")),
    Hostile("numbers on lines", _numbered("{n}\n")),
    Hostile("tabs", _repeated("a\t")),
    Hostile("columns of tabs", _repeated("a\tb\tc\n")),
    Hostile("one letter with all accents", _repeated("\u0301")),
    Hostile("accents out of order", _repeated("\u0301\u0327")),
    Hostile("accents", _repeated("e\u0301")),
    Hostile("capitals that grow in lower case", _repeated("\u0130")),
    Hostile("one line over and over", _repeated(f"{_SENTENCE}.\n")),
    Hostile("one short line over and over", _repeated("Programma 2025\n")),
    Hostile("each line twice", _twice("Over {w}\n")),
    Hostile("furniture between halves", _numbered("de {w} van\nProgramma 2025\n{n}\nde {w} is goed.\n")),
    Hostile("spaces", _repeated(" ")),
    Hostile("spaces between words", lambda size: "\n".join(["a" + " " * 1_000 + "b"] * (size // 1_003))),
    Hostile("line ends", _repeated("\n")),
    Hostile("carriage returns", _repeated("a\r")),
    Hostile("indents", _numbered("        {w}\n  {w}\n")),
    Hostile("parentheses", _nested("(", ")")),
    Hostile("opening parentheses", _repeated("(a ")),
    Hostile("slashes", _repeated("a/")),
    Hostile("addresses of pages", _numbered("https://www.{w}.nl/{w}?{w}={n} ")),
    Hostile("one address", lambda size: "https://www." + "a.nl/" * (size // 5)),
    Hostile("addresses of mail", _repeated("a@b.")),
    Hostile("underscores", _repeated("_a")),
    Hostile("semicolons", _numbered("{w} zal {w} worden; ")),
    Hostile("items that end in semicolons", _numbered("- {w};\n")),
    Hostile("commas and verbs", _numbered("wij willen {w} maken, ")),
    Hostile("verbs", _repeated("willen moeten zullen worden ")),
    Hostile("te and infinitives", _repeated("om te maken ")),
    Hostile("en en en", _repeated("en ")),
    Hostile("zero width", _repeated("a\u200b")),
    Hostile("mixed case", _repeated("aBcD")),
    Hostile("capitals in words", _repeated("WoordEnWoord ")),
    Hostile("capitals", _repeated("WOORD ")),
    Hostile("emoji", _repeated("😀")),
    Hostile("replacement characters", _repeated("\ufffd")),
    Hostile("symbols", _repeated("\uf0b7 a\n")),
    Hostile("a digest", _digest(f"“{_SENTENCE} {{w}}.”\n")),
    Hostile("a digest without closing marks", _digest(f"“{_SENTENCE} {{w}}.\n")),
    Hostile("a digest that repeats a quote", _digest(f"“{_SENTENCE}.”\n")),
    Hostile("block quotes", _repeated("> a\n")),
    Hostile("words that all differ", _numbered("{w} ")),
    Hostile("sentences that all differ", _numbered("Wij willen dat {w} de {w} niet meer {w}. ")),
    Hostile("paragraphs", _numbered(f"{_SENTENCE} {{w}}.\n\n")),
    Hostile("elements in elements", _nested("<div>", "</div>"), ".html"),
    Hostile("elements that do not end", _repeated("<b>a"), ".html"),
    Hostile("opening brackets", _repeated("<"), ".html"),
    Hostile("attributes", lambda size: f"<p {_numbered('{w}{n}=a ')(size)}>a</p>", ".html"),
    Hostile("lists in lists", _nested("<ul><li>a", "</li></ul>"), ".html"),
    Hostile("tables", _repeated("<table><tr><td>a</td></tr></table>"), ".html"),
    Hostile("character references", _repeated("&amp;a"), ".html"),
    Hostile("comments", _repeated("<!-- a"), ".html"),
    Hostile("quotes in quotes", _repeated("> "), ".md"),
    Hostile("stars", _repeated("*a "), ".md"),
    Hostile("links", _repeated("[a]("), ".md"),
    Hostile("links in links", _nested("[", "](a)"), ".md"),
    Hostile("code marks", _repeated("`a"), ".md"),
    Hostile("deep items", lambda size: "".join(" " * (2 * (n % 40)) + "- a\n" for n in range(size // 43)), ".md"),
)
"""Every text, by what it is made of."""


@dataclass(frozen=True, slots=True)
class HostilePair:
    """A digest and a manifesto that cost when one is held against the other, each of a size in characters."""

    name: str
    digest: Callable[[int], str]
    manifesto: Callable[[int], str]


_QUOTE = f"“{_SENTENCE}.”\n"
HOSTILE_PAIRS = (
    HostilePair("one quote over and over", _digest(_QUOTE), _repeated(f"{_SENTENCE}.\n")),
    HostilePair(
        "quotes that differ by a word", _digest(_QUOTE.replace(".", " {w}.")), _numbered(f"{_SENTENCE} {{w}}.\n")
    ),
    HostilePair("quotes of frequent words", _digest("“Wij willen {w} en de de de de de.”\n"), _repeated("de de en ")),
    HostilePair("long quotes", _digest(f"“{'een twee drie ' * 200}{{w}}.”\n"), _repeated("een twee drie ")),
    HostilePair(
        "one quote that is all", lambda size: f"VVD wil dit.\n“{'een twee ' * (size // 9)}.”", _repeated("een twee ")
    ),
)
"""Every pair, by what the digest quotes."""


def extracted(text: Hostile, characters: int, *, resources: Resources) -> Extraction:
    """What all stages give of a text of that many characters."""
    return _extracted(text.made(characters), f"{text.name}{text.ending}", tuple(STAGES), resources)


def certified(pair: HostilePair, characters: int, *, resources: Resources) -> Certified:
    """What a manifesto says of a digest, each of that many characters."""
    stages = ("split", "extract")
    digest = _extracted(pair.digest(characters), "digest.txt", stages, resources)
    manifesto = _extracted(pair.manifesto(characters), "VVD_TK2025.txt", stages, resources)
    asked, source = digest_of(rows_of(digest).tables), source_of(rows_of(manifesto))
    if asked is None or source is None:
        raise SystemExit(f"{pair.name}: the digest is read as a manifesto, or the manifesto is not read.")
    examined = Examination([asked], resources.register)
    return examined.settled([examined.against(source)])


def _extracted(text: str, name: str, stages: Sequence[str], resources: Resources) -> Extraction:
    data = text.encode("utf-8", "surrogatepass")
    with bounded(seconds_for(len(data))):
        found = read(data, name=name, facts=Facts(), settings=resources.settings)
    for stage in stages:
        with bounded(seconds_for(len(data))):
            found = STAGES[stage](found, resources=resources)
    return found


def main(only: str, sizes: Sequence[int], cutoff: int) -> None:
    """Print, for each text and size, the CPU seconds, how they grew, the memory and what ended it."""
    console = Console(highlight=False, width=140)
    resources = load_resources(Settings(language_pipeline=OURS), models=MODELS)
    extracted(HOSTILE[0], 1_000, resources=resources)  # loads what is loaded once
    console.print(f"{'text':44}" + "".join(f"{size:>10,} {'×':>5}" for size in sizes) + "   memory  ended by")
    worst = 0.0
    for text in (each for each in (*HOSTILE, *HOSTILE_PAIRS) if only in each.name):
        line, seconds, memory, ended = f"{text.name:44}", 0.0, 0, ""
        for size in sizes:
            before = seconds
            seconds, memory, ended = _measured(text, size, resources, cutoff)
            growth = seconds / before if before else 0.0
            worst = max(worst, growth if seconds > _NOTICEABLE else 0.0)
            line += f"{seconds:10.2f} {growth or '':5.3}" if growth else f"{seconds:10.2f} {'':5}"
            if ended.startswith("cut"):
                break
        console.print(f"{line} {memory:6,} MB  {ended}", markup=False, soft_wrap=True)
    console.print(f"Most growth when a text doubles: {worst:.2f}; at most {MOST_GROWTH} is wanted.")


def _measured(text: Hostile | HostilePair, size: int, resources: Resources, cutoff: int) -> tuple[float, int, str]:
    """CPU seconds of a process that extracts a text, its most memory in MB, and what ended it."""
    reader, writer = os.pipe()
    began = cpu_seconds_of_children()
    pid = os.fork()
    if not pid:
        os.close(reader)
        resource.setrlimit(resource.RLIMIT_CPU, (cutoff, cutoff + 1))
        said = _ended_by(text, size, resources)
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        os.write(writer, json.dumps([most, said]).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answer = pipe.read()
    os.waitpid(pid, 0)
    memory, ended = json.loads(answer) if answer else (0, f"cut off after {cutoff} s")
    return cpu_seconds_of_children() - began, memory, ended


def _ended_by(text: Hostile | HostilePair, size: int, resources: Resources) -> str:
    try:
        if isinstance(text, HostilePair):
            said = certified(text, size, resources=resources)
            codes = {each.code for each in said.problems} - {"quote-not-verified"}
            return " ".join(sorted(codes)) or f"{len(said.certificates):,} certificates"
        found = extracted(text, size, resources=resources)
    except TooCostlyError:
        return "too-costly"
    except BaseException as error:  # told, or the table would have a hole
        return f"{type(error).__name__}: {error}"
    return f"{len(found.sentences):,} sentences" if found.document else found.problems[0].code


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES)
    parser.add_argument("--cutoff", type=int, default=_CUTOFF)
    arguments = parser.parse_args()
    main(arguments.only, arguments.sizes, arguments.cutoff)
