"""Who a paragraph is about: the party that is its grammatical subject, a label before it, or a heading.

Dutch is a verb-second language: the subject stands first ("D66 wil …"), or right behind the verb when something else
was fronted ("Om wachtlijsten te verkorten, wil D66 …"). A party elsewhere in the sentence is only mentioned. The
closed word classes that tell these apart are data, `data/subject-words.csv`.
"""

import re
from itertools import pairwise

from extract.layout.lines import DASHES, TYPED_BULLETS
from extract.parties import Mention
from extract.splitting.marks import quoted_stretches
from extract.splitting.names import BEFORE_NAME, NAME_WORDS, SHORT_FORM, WORD, Names, Subject, split_short_form, words

_LEAD = re.compile(rf"\s*(?:(?:[#>|]+|[{DASHES}{TYPED_BULLETS}]|\d{{1,3}}[.)]|[a-z][.)])\s+)*(?:\*\*|__)?\s*")
_ARTICLE = re.compile(r"(?:de|het|’t|'t)\s+", re.IGNORECASE)
_ASIDE = re.compile(r"!?\s*(?:\([^()]{2,120}\)|,[^,.!?]{2,120},)")  # between a name and its verb
_BOLD_END = re.compile(r"\s*(?:\*\*|__)?")
_LABEL = re.compile(r"(?P<name>[^:–—|=\t\n]{2,60}?)(?::|\s[-–—=|]|\t)(?:\*\*|__)?(?:\s|$)")
_FIELD = re.compile(r"(?:partij|lijst|fractie|naam)\s*:\s*(?P<value>\S.{1,60})", re.IGNORECASE)
_HEADING_LEAD = re.compile(r"[\W_]*(?:\d+(?:\.\d+)*[.)]?\s+(?!plus))?[\W_]*(?<!\()", re.IGNORECASE)
_HEADING_TAIL = re.compile(r"[^\w)+]*$")
_CONJUNCTION = re.compile(r"\s*(?:,|/|&|\ben\b|\bof\b)\s*(?:ook\s+)?(?:(?:de|het)\s+)?")
_SENTENCE = re.compile(r".*?[.!?](?=\s|$)|.+", re.DOTALL)
_PARTY_NOUN_PHRASE = re.compile(
    r"(?:Ook\s+)?(?:[Dd]e|[Hh]et)\s+(?:[a-zà-ÿ-]+\s+){0,2}(?:[a-z]*partij|lijst|beweging)\s+(?=[A-ZÀ-Ý0-9])"
)
# "moet volgens de SP", "is voor DENK", "wordt door het CDA": the party is behind a verb and a preposition.
_PREPOSITION = re.compile(r"(?P<word>volgens|voor|door)\s+")
_CAPITALISED = re.compile(r"[A-ZÀ-Ý0-9][\w’'&-]*")
_LINKING = frozenset(["van", "voor", "de", "het", "en", "der", "den", "’t", "'t"])
_HEADING_CHARACTERS = 80
_HEADING_WORDS = 8
_STANCE_CHARACTERS = 80
_SOURCE_CHARACTERS = 160  # behind a quote, or in a line that gives its source
_SOURCE_LINE = re.compile(
    rf"\s*(?P<lead>(?:[{DASHES}>(|[]+\s*)*)(?:(?P<word>bron|uit|citaat|aldus)\b\s*:?\s*)?(?:(?:de|het)\s+)?",
    re.IGNORECASE,
)
_SOURCE_REST = re.compile(r"\s*(?:$|[,;:(/|)\]–—-].{0,120}$)", re.DOTALL)
_SOURCE_PERSON = re.compile(
    r"(?:(?:in|uit)?\s*(?:het\s)?(?:verkiezings|partij)?programma\s(?:van\s)?(?:(?:de|het)\s)?"
    r"|(?:[A-ZÀ-Ý][\w’'-]*\s)(?:(?:van|de|der|den|ter|ten)\s)*(?:[A-ZÀ-Ý][\w’'-]+\s?)?(?:,\s|\())",
    re.IGNORECASE,
)
_BARE_REST = re.compile(r"\)?\s*(?:$|[,(–—-]\s*[^:]{0,80}$)")
_PAGE_OF = re.compile(
    r"(?P<name>[A-ZÀ-Ý][\w’'&! -]{1,40}?),\s*(?:p|blz|pag|pagina|bladzijde|hst|hoofdstuk)\b", re.IGNORECASE
)
_SOURCE_MARK = re.compile(rf"\s*[.,;]?\s*(?:[{DASHES}(\[:]|$)")
_STRANGER = re.compile(
    rf"\s*(?:[(\[]|[{DASHES}]\s)\s*(?P<name>[^\W\d_][^,;()\[\]]{{1,60}}?)\s*(?:[,;][^()]*)?[)\]]?\s*"
)
_CLAUSE_LEAD = re.compile(r"(?:^|[,;:.!?–—-]\s+)(?:(?P<word>[a-zà-ÿ]+)\s+)?(?:(?:de|het)\s+)?$", re.IGNORECASE)
_PARTY_OF = re.compile(r"(?:de|het)\s+\w+\s+van\s+[A-ZÀ-Ý]", re.IGNORECASE)
_IN_FRONT = re.compile(
    r"(?:Bij|Volgens|Voor|Van|Ook|En|Maar|Want|Zelfs|Zo\s[a-z]+|Wat)\s(?P<name>[A-ZÀ-Ý][a-zà-ÿ]+(?:\s[A-ZÀ-Ý][\w’'-]+)*)"
)
_SPEAKER = re.compile(r"\s*(?P<name>[A-ZÀ-Ý][^:.!?\n]{0,40}):\s")
_OPENING_CHARACTERS = 500  # of what stands behind a verb, in which it is seen whom it is about


def heading_subject(line: str, names: Names) -> Subject | None:
    """The party that a line introduces and says nothing about: "## D66", "Wat wil de SP?", "Partij: CDA"."""
    bare = heading_text(line)
    article = _ARTICLE.match(bare)
    for name in (bare, bare[article.end() :] if article else bare):
        long, short = split_short_form(name)
        for candidate in (name, long, short):
            if candidate == short and not _could_be_name(long):
                continue  # "Nee! Er zijn er genoeg verdwenen (BBB)." is a statement with its source
            party_id = names.party_named(candidate) if candidate else None
            if party_id:
                return Subject(party_id, long, "heading", short)
    field = _FIELD.fullmatch(bare)
    return _branch(field["value"], names) if field else _introduced(bare, names)


def _could_be_name(text: str) -> bool:
    return len(text.split()) <= NAME_WORDS + 2 and not re.search(r"[.!?](?:\s|[”\"’»])|[„“«]", text)


def _branch(name: str, names: Names) -> Subject:
    """The party of a name that a field gives, such as "CDA" or a branch, "VVD Zandrecht"; else an unknown one."""
    mention = names.at(name, 0)
    place = name[mention.end :].split() if mention else []
    known = mention and all(_CAPITALISED.fullmatch(word) for word in place)
    return Subject(mention.party_id or None if mention and known else None, name, "heading")


def _introduced(line: str, names: Names) -> Subject | None:
    """The one party in a short line whose other words only introduce it: "Tot slot: 50PLUS", "Nu de SP."."""
    if len(line.split()) > _HEADING_WORDS:
        return None
    mentions = names.mentions(line)
    parties = {mention.party_id for mention in mentions}
    rest = line
    for mention in reversed(mentions):
        rest = f"{rest[: mention.start]} {rest[mention.end :]}"
    if len(parties) != 1 or not all(word.lower() in words("introducing") for word in WORD.findall(rest)):
        return None
    return _subject(mentions[0], "heading", None)


def is_party_like(line: str) -> bool:
    """Whether a heading names what must be a party, known or not: "Partij Zonneschijn", "Lijst Veenstra"."""
    name_words = heading_text(line).split()
    return bool(name_words) and name_words[0][:1].isupper() and _has_party_noun([word.lower() for word in name_words])


def heading_text(line: str) -> str:
    """What a heading says, without marks of emphasis, symbols, numbers and a final colon."""
    lead = _HEADING_LEAD.match(line)
    return _HEADING_TAIL.sub("", line[lead.end() if lead else 0 :])


def is_heading_like(line: str) -> bool:
    """Whether a line is short and unpunctuated enough to head what follows."""
    bare = heading_text(line)
    short = 0 < len(bare) <= _HEADING_CHARACTERS and len(bare.split()) <= _HEADING_WORDS
    return short and line.rstrip(" *_")[-1:] not in ".!?;,…”\"»’'"


def paragraph_subject(paragraph: str, names: Names) -> Subject | None:
    """The party that a paragraph is about, or None when it goes on about whoever came before."""
    lead = _LEAD.match(paragraph)
    start = lead.end() if lead else 0
    label = _label(paragraph, start, names)
    if label:
        return label
    first, second = (*_SENTENCE.findall(paragraph, start)[:2], "", "")[:2]
    if not first:
        return None
    subject = _first(first, names) or _apposition(first, names)
    if subject or _is_anaphor(first):
        return subject
    return _topic(first, names) or _inverted(first, names) or _unknown(first, names) or _stance(second.lstrip(), names)


def is_label(line: str, names: Names, *, known: bool = True) -> bool:
    """Whether a line begins with a name and a colon, a bar or the like: a party's or, unless `known`, anybody's."""
    lead = _LEAD.match(line)
    label = _label(line, lead.end() if lead else 0, names)
    if label and label.party_id:
        return known
    return not known and speaker(line) is not None


def speaker(line: str) -> str | None:
    """Who speaks in a line of a debate; not what a field is called, such as "Standpunt:"."""
    found = _SPEAKER.match(line)
    is_field = found and found["name"].split()[0].casefold() in words("field")
    return found["name"] if found and not is_field else None


def opens_with_anaphor(text: str) -> bool:
    """Whether a paragraph opens with "De partij" or "Zij", and so goes on about whoever came before."""
    lead = _LEAD.match(text)
    first = _SENTENCE.search(text, lead.end() if lead else 0)
    return bool(first) and _is_anaphor(first.group()) and not _PARTY_OF.match(first.group())  # type: ignore[union-attr]


def is_capitalised(name: str) -> bool:
    """Whether all words of a name begin with a capital, but for "van", "voor" and articles."""
    name_words = name.split()
    return len(name_words) <= NAME_WORDS and all(
        _CAPITALISED.fullmatch(word.strip("!.()")) or word in _LINKING for word in name_words
    )


def stranger_in_front(sentence: str, names: Names) -> str | None:
    """A person whom a sentence is about, by what stands in front: "Bij Wilders", "Maar Timmermans", "Ook Jetten"."""
    found = _IN_FRONT.match(sentence)
    name = found["name"] if found else None
    is_name = name and name.casefold() not in words("not-a-party") and not names.is_common_word(name)
    return name if is_name and not names.mentions(name or "") else None


def names_anaphor(text: str) -> bool:
    """Whether "de partij", "zij" or the like stands anywhere in a text, outside quotes."""
    said = [word.group().lower() for word in WORD.finditer(unquoted(text))]
    return any(word in words("anaphor") for word in said) or any(
        one in ("de", "het", "deze") and two in words("anaphor-noun") for one, two in pairwise(said)
    )


def unquoted(text: str) -> str:
    """A text with blanks in place of all that stands between quote marks."""
    pieces: list[str] = []
    end = 0
    for each in quoted_stretches(text):
        pieces += [text[end : each.start], " " * (each.end - each.start)]
        end = each.end
    return "".join([*pieces, text[end:]])


def lone_party(text: str, names: Names, *, late: bool = False) -> Subject | None:
    """The one party that a text names outside quotes, unless only to hold another against it.

    With `late` it must be set as the one that the text is about: "… maar de BBB legt de nadruk op", "… (BBB)".
    """
    said = unquoted(text)
    mentions = names.mentions(said)
    own = [each for each in mentions if not _is_contrast(said, each)]
    if len({each.party_id for each in own}) != 1:
        return None
    if late and (len({each.party_id for each in mentions}) > 1 or not any(_is_late(said, each) for each in own)):
        return None
    return Subject(own[0].party_id, own[0].as_written, "subject")


def _is_contrast(text: str, mention: Mention) -> bool:
    """Whether a party is only named beside another: "net als de VVD", "anders dan bij D66", "samen met het CDA"."""
    before = re.sub(
        r"\s+(?:de|het)\s*$", " ", text[max(0, mention.start - BEFORE_NAME) : mention.start], flags=re.IGNORECASE
    )
    before = before.rstrip().casefold()
    return any(re.search(rf"(?<!\w){re.escape(each)}$", before) for each in words("contrast"))


def _is_late(text: str, mention: Mention) -> bool:
    """Whether a party is set as the one that a text is about, other than by opening it."""
    before, after = text[max(0, mention.start - BEFORE_NAME) : mention.start], text[mention.end :]
    if re.search(r"[(\[]\s*(?:(?:de|het)\s+)?$", before, re.IGNORECASE) and re.fullmatch(
        r"[^()]{0,60}[)\]][\s.]*", after
    ):
        return True
    near = re.sub(r"\s+(?:de|het)\s*$", " ", before, flags=re.IGNORECASE).split()
    last = near[-1].casefold().strip("“”\"'‘’") if near else ""
    follows = WORD.search(after[:30])
    following = follows.group() if follows and not after[: follows.start()].strip() else ""
    if last in words("attributing") or last in words("person-verb"):
        return True
    if last == "bij" and (not following or following in words("with-bij") or re.match(r"\s*[.,;:)]", after)):
        return True
    clause = _CLAUSE_LEAD.search(before)
    conjunction = (clause["word"] or "").casefold() if clause else ""
    is_clause = clause and (not conjunction or conjunction in words("joining"))
    return bool(is_clause and _is_finite_verb(following) and following in words("person-verb") | words("verb"))


def attribution(text: str, names: Names, *, strangers: bool = False) -> Subject | None:
    """The party that stands behind a quote as its source: "“…” (SP, p. 12)", "“…”, zegt de PvdD".

    With `strangers`, also a name there that the register does not know.
    """
    stretches = quoted_stretches(text)
    if not stretches or stretches[-1].closing is None:
        return None
    said = unquoted(text)
    tail = said[stretches[-1].end :]
    if not tail.strip() or len(tail.strip()) > _SOURCE_CHARACTERS:
        return None
    mentions = [each for each in names.mentions(said) if not _is_contrast(said, each)]
    if len({each.party_id for each in mentions}) == 1 and mentions[-1].start >= stretches[-1].end:
        if stretches[0].start <= len(text) / 3 or _SOURCE_MARK.match(tail):
            return Subject(mentions[-1].party_id, mentions[-1].as_written, "attribution")
        return None
    stranger = _STRANGER.fullmatch(tail) if strangers and not mentions else None
    is_name = stranger and all(
        word[:1].isupper() or word.casefold() in _LINKING or not word[:1].isalpha() for word in stranger["name"].split()
    )
    return Subject(None, stranger["name"], "attribution") if stranger and is_name else None


def source_line(line: str, names: Names) -> tuple[Subject, bool] | None:
    """The party of a line that can give the source of the quote above it, and whether the line says so itself.

    "Bron: FVD, hoofdstuk Energie" does; "> VVD" and "Volt, p. 3" may also be headings.
    """
    lead = _SOURCE_LINE.match(line)
    if not lead or len(line.strip()) > _SOURCE_CHARACTERS or line.rstrip().endswith(":"):
        return None
    person = _SOURCE_PERSON.match(line, lead.end())
    mention = names.at(line, lead.end()) or (names.at(line, person.end()) if person else None)
    said = unquoted(line)
    is_marked = bool(lead["lead"].strip() or lead["word"])
    if mention and (_SOURCE_REST if is_marked else _BARE_REST).match(said, mention.end):
        return Subject(mention.party_id or None, mention.as_written, "attribution"), bool(lead["word"])
    stranger = _PAGE_OF.match(line, lead.end()) if not mention and said == line else None
    return (Subject(None, stranger["name"], "attribution"), bool(lead["word"])) if stranger else None


def _label(paragraph: str, start: int, names: Names) -> Subject | None:
    """A name set off from the text: "**CDA**: …", "PvdA – ziet …", "VOLT (Volt Nederland) — …"."""
    label = _LABEL.match(paragraph, start)
    if not label:
        return None
    article = _ARTICLE.match(label["name"])
    name, short = split_short_form(label["name"][article.end() if article else 0 :].strip("*_ "))
    party_id = names.party_labelled(name) or (names.party_labelled(short) if short else None)
    is_unknown_party = is_party_like(name) and _capitalised_run(name, 0)[0] == len(name)
    return Subject(party_id, name, "label", short) if party_id or is_unknown_party else None


def _first(text: str, names: Names) -> Subject | None:
    """A party that opens the sentence: "De Partij voor de Dieren (PvdD) ziet", "Ook D66 wil"."""
    position = 0
    first = WORD.match(text)
    if first and first.group().lower() in words("focus"):
        position = first.end() + 1
    return _noun_phrase(text, position, names, unknown=position > 0)


def _apposition(text: str, names: Names) -> Subject | None:
    """A party behind the noun for what it is: "De partij D66 wil", "De vrijzinnige partij Code Oranje wil"."""
    noun = _PARTY_NOUN_PHRASE.match(text)
    if not noun:
        return None
    return _noun_phrase(text, noun.end(), names) or _unknown(text, names, noun.end())


def _noun_phrase(text: str, position: int, names: Names, *, unknown: bool = True) -> Subject | None:
    """The party, or the parties joined by "en", named at a position, an article before each.

    With `unknown`, also a name that says itself that it is a party's: "Partij Zonneschijn".
    """
    article = _ARTICLE.match(text, position)
    start = article.end() if article else position
    mention = names.at(text, start) or names.at(text, position)
    if not mention:
        end, name_words = _capitalised_run(text, start)
        is_party = unknown and len(name_words) > 1 and name_words[0].lower() in words("name-opener")
        return Subject(None, text[start:end], "subject") if is_party else None
    short = SHORT_FORM.match(text, mention.end)
    end = _BOLD_END.match(text, short.end() if short else mention.end).end()  # type: ignore[union-attr]
    last = mention
    while (conjunction := _CONJUNCTION.match(text, end)) and (other := names.at(text, conjunction.end())):
        last, end = other, other.end
    if last.party_id != mention.party_id:
        return Subject(None, text[mention.start : last.end], "subject")
    return _subject(mention, "subject", short["short"] if short else None)


def _is_anaphor(text: str) -> bool:
    """Whether the sentence opens with "De partij" or "Ze": it goes on about whoever came before."""
    opening = [word.group().lower() for word in WORD.finditer(text[:60])][:2]
    if not opening or opening[0] in words("anaphor"):
        return True
    return opening[0] in ("de", "het", "deze") and opening[-1] in words("anaphor-noun") and not _programme(text)


def _topic(text: str, names: Names) -> Subject | None:
    """A party that the sentence sets as its topic: "Volgens de SP", "Het programma van D66"."""
    lowered = text[:40].lower()
    for opener in sorted(words("topic"), key=len, reverse=True):
        if lowered.startswith(opener + " "):
            return _noun_phrase(text, len(opener) + 1, names)
    programme = _programme(text)
    return _noun_phrase(text, programme.end(), names) if programme else None


def _programme(text: str) -> re.Match[str] | None:
    nouns = "|".join(sorted(words("programme-noun")))
    return re.match(
        rf"(?:(?:in|uit|blijkens)\s+)?(?:het|de)\s+(?:[a-zà-ÿ]+\s+)?(?:{nouns})\s+van\s+", text, re.IGNORECASE
    )


def _inverted(text: str, names: Names) -> Subject | None:
    """A party right behind the finite verb, when something else was fronted."""
    found = list(WORD.finditer(text))
    fronted = bool(found) and found[0].group().lower() in words("fronting")
    for index, word in enumerate(found[1:], start=1):
        before = found[index - 1].group().lower()
        if not (_is_finite_verb(word.group()) or _is_past_tense(word.group(), before)):
            continue
        position = word.end() + 1
        preposition = _PREPOSITION.match(text, position)
        if preposition and word.group() in words(f"with-{preposition['word']}"):
            subject = _noun_phrase(text, preposition.end(), names)
            if subject:
                return subject
        after_comma = text[found[index - 1].end() : word.start()].strip() == ","
        if not fronted and not after_comma:
            continue
        following = WORD.match(text, position)
        if following and following.group().lower() in words("focus"):
            position = following.end() + 1
        if _is_anaphor(text[position : position + _OPENING_CHARACTERS]):
            return None
        subject = _noun_phrase(text, position, names)
        if subject:
            return subject
    return None


def _stance(text: str, names: Names) -> Subject | None:
    """The party that takes a stance in a second sentence, when the first is about nobody.

    "Huren is te duur. De SP wil …" opens a section; "De VVD heeft dat beloofd." is only a mention.
    """
    if not text or _is_anaphor(text):
        return None
    subject = _first(text, names) or _inverted(text, names)
    takes_stance = any(word.group() in words("person-verb") for word in WORD.finditer(text[:_STANCE_CHARACTERS]))
    return subject if takes_stance else None


def _is_finite_verb(word: str) -> bool:
    if not word.islower() or word in words("not-a-verb") or word in words("fronting"):
        return False
    return word in words("verb") or (word.endswith("t") and len(word) > 3)


def _is_past_tense(word: str, before: str) -> bool:
    """A regular past tense ("diende"); behind an article the same form is an adjective ("de verdeelde PvdA")."""
    return (
        word.islower()
        and len(word) > 4
        and word.endswith(("de", "te"))
        and word not in words("not-past")
        and before not in words("determiner")
    )


def _unknown(text: str, names: Names, position: int = 0) -> Subject | None:
    """A name that the register does not know, as subject of a verb that only persons and parties take."""
    article = _ARTICLE.match(text, position)
    start = article.end() if article else position
    end, name_words = _capitalised_run(text, start)
    if not name_words or name_words[0].lower() in words("fronting") | words("anaphor"):
        return None
    short = SHORT_FORM.match(text, end)
    aside = _ASIDE.match(text, end)
    behind = short.end() if short else aside.end() if aside else end
    verb = WORD.match(text, behind + 1)
    if not verb or verb.group() not in words("person-verb") or not _is_name(name_words, bool(article), names):
        return None
    return Subject(None, text[start:end], "subject", short["short"] if short else None)


def _capitalised_run(text: str, start: int) -> tuple[int, list[str]]:
    """End and words of the capitalised words at a position, with "van", "voor" and articles between them."""
    run: list[str] = []
    end = position = start
    while len(run) < NAME_WORDS:
        word = WORD.match(text, position)
        if not word:
            break
        if _CAPITALISED.fullmatch(word.group()):
            end = word.end()
        elif word.group() not in _LINKING or not run:
            break
        run.append(word.group())
        position = word.end() + 1
        if text[word.end() : position] != " ":
            break
    while run and run[-1] in _LINKING:
        run.pop()
    return end, run


def _is_name(name_words: list[str], has_article: bool, names: Names) -> bool:
    lowered = [word.lower() for word in name_words]
    if " ".join(lowered) in words("not-a-party"):
        return False
    if _has_party_noun(lowered):
        return True
    if any(word in words("not-a-party") for word in lowered):
        return False
    if any(sum(map(str.isupper, word)) >= 2 or word.isdigit() for word in name_words):
        return True
    if has_article:
        return len(name_words) > 1
    return not any(names.is_common_word(word) for word in name_words)


def _has_party_noun(lowered: list[str]) -> bool:
    nouns = [word for word in lowered if word in words("party-noun") or word.endswith("partij")]
    return bool(nouns) and (len(lowered) > 1 or nouns[0] not in words("party-noun"))


def _subject(mention: Mention, evidence: str, short: str | None) -> Subject:
    return Subject(mention.party_id or None, mention.as_written, evidence, short)
