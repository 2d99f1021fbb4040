"use strict";
// The page's own part: it unpacks the documents, filters their sentences, and shows each in its place.
// What is shown is told by the address, so that a link reproduces it. Text becomes text nodes, never markup.

const index = JSON.parse(document.getElementById("index").textContent);
const words = index.words;
const $ = (id) => document.getElementById(id);
const PAGE = 50; // sentences shown at once
const AROUND = 1500; // characters shown before and after a sentence
const TOGETHER = 8; // documents unpacked at once
const PARTS = 10000; // of a probability
const FIXED = ["q", "party", "kind", "election", "document", "certificate", "proposals", "headings", "min", "sort"];
const FIELDS = FIXED.concat(index.codebooks.map((book) => book.id));
const UNCERTAIN = "?";

let lang = "nl";
let state = {};
const scope = { kind: "", election: "" }; // what the figures are about
let hits = [];
let shown = 0;
const documents = []; // unpacked

// --- words ----------------------------------------------------------------------------------------------------------

const say = (key) => (words[key] || {})[lang] || key;
const number = (n) => n.toLocaleString(lang);
const percent = (parts) => Math.round((100 * parts) / PARTS) + " %";
const labelName = (book, label) => say(`${book.id}:${label}`);
const partyName = (party) => index.parties[party].name || say("no-party");

function element(name, properties, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

// --- documents --------------------------------------------------------------------------------------------------------

const unpacking = [];
const unpack = (rank) => (unpacking[rank] = unpacking[rank] || unpacked(rank));

async function unpacked(rank) {
  const block = $("document-" + rank);
  const packed = atob(block.textContent.trim());
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i); // much faster than a function for each
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const made = await new Response(stream).json();
  block.remove();
  Object.assign(made, { rank, about: index.documents[rank], folded: null });
  made.at = places(made.text);
  made.quoteOf = new Int32Array(made.sentences.start.length).fill(-1);
  made.quotes.forEach((quote, position) => {
    for (let i = firstFrom(made.sentences.end, quote.start + 1); i < made.sentences.start.length; i++) {
      if (made.sentences.start[i] >= quote.end) break;
      made.quoteOf[i] = position;
    }
  });
  documents[rank] = made;
  return made;
}

// From a count of code points, as the dataset has it, to a place in a string of UTF-16 units.
function places(text) {
  if (!/[\ud800-\udbff]/.test(text)) return (offset) => offset;
  const units = new Int32Array([...text].length + 1);
  let unit = 0, point = 0;
  for (const character of text) { units[point++] = unit; unit += character.length; }
  units[point] = unit;
  return (offset) => units[offset];
}

function firstFrom(values, wanted) {
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < wanted) low = middle + 1; else high = middle;
  }
  return low;
}

const isHeading = (made, i) => made.passages.kind[made.sentences.passage[i]] === "heading";
const sourceOf = (made, i) => made.about.kind === "manifesto" ? "manifesto" : made.quoteOf[i] >= 0 ? "quote" : "summary";

// Lower case without accents, of the same length.
function fold(text) {
  const lower = text.replaceAll("İ", "I").toLowerCase(); // which would grow
  if (lower.length !== text.length) return text;
  return lower.replace(/[\u00e0-\u017f]/g, (letter) => {
    const bare = letter.normalize("NFD")[0];
    return bare.length === 1 ? bare : letter;
  }).replace(/[’‘]/g, "'");
}

const textOf = (made, i) => made.text.slice(made.at(made.sentences.start[i]), made.at(made.sentences.end[i]));
const idOf = (made, i) => `${made.about.id}.sen.${made.sentences.start[i]}-${made.sentences.end[i]}`;
const partyOf = (made, i) => {
  const section = made.sections[made.sentences.section[i]];
  return section ? section[2] : index.nowhere;
};

// --- filters ----------------------------------------------------------------------------------------------------------

// "gratis openbaar vervoer" together, other words anywhere in the sentence.
function asked(q) {
  const found = fold(q).match(/"[^"]+"|[^\s"]+/g) || [];
  return found.map((each) => each.replaceAll('"', "").replace(/(?<=.)[.,;:!?]+$/, "").trim()).filter(Boolean);
}

function matching(made) {
  const found = [];
  const { about, sentences } = made;
  if (state.document && about.id !== state.document) return found;
  if (state.kind && about.kind !== state.kind) return found;
  if (state.election && (about.election || UNCERTAIN) !== state.election) return found;
  const needles = asked(state.q || "");
  let candidates = null;
  if (needles.length) {
    made.folded = made.folded || fold(made.text);
    candidates = containing(made, needles);
  }
  const wanted = index.codebooks.filter((book) => state[book.id] && made.labels[book.id]).map((book) => {
    const labels = made.labels[book.id];
    return { labels, uncertain: state[book.id] === UNCERTAIN, label: labels.names.indexOf(state[book.id]) };
  });
  const least = (Number(state.min) || 0) * PARTS / 100;
  const party = state.party === undefined ? -1 : index.parties.findIndex((each) => each.id === state.party);
  const count = candidates ? candidates.length : sentences.start.length;
  for (let n = 0; n < count; n++) {
    const i = candidates ? candidates[n] : n;
    if (state.party !== undefined && partyOf(made, i) !== party) continue;
    if (!wanted.every((each) => each.uncertain ? !each.labels.counts[i]
      : each.labels.counts[i] && each.labels.label[i] === each.label)) continue;
    if (least && sureness(made, i) < least) continue;
    if (state.headings === "no" && isHeading(made, i)) continue;
    if (state.proposals) {
      const proposal = made.proposals[i];
      if (!proposal || (state.proposals !== "all" && proposal[1] !== state.proposals)) continue;
    }
    if (state.certificate) {
      const quote = made.quotes[made.quoteOf[i]];
      if (!quote || quote.status !== state.certificate) continue;
    }
    found.push(i);
  }
  return found;
}

function containing(made, needles) {
  const { at, folded, sentences } = made;
  const longest = needles.reduce((a, b) => (b.length > a.length ? b : a));
  const found = [];
  let from = folded.indexOf(longest);
  while (from >= 0) {
    let i = firstFrom(sentences.end, from + 1);
    while (i > 0 && at(sentences.end[i - 1]) > from) i--;
    while (i < sentences.start.length && at(sentences.end[i]) <= from) i++;
    if (i === sentences.start.length) break;
    const start = at(sentences.start[i]), end = at(sentences.end[i]);
    if (start <= from) {
      const text = folded.slice(start, end);
      if (needles.every((needle) => text.includes(needle))) found.push(i);
    }
    from = folded.indexOf(longest, start <= from ? end : from + 1);
  }
  return found;
}

let turn = 0; // a newer question ends an older one

async function search() {
  const mine = ++turn;
  hits = [];
  shown = 0;
  $("hits").replaceChildren();
  $("more").hidden = true;
  $("download").disabled = true; // until all that was asked for is found
  for (let rank = 0; rank < index.documents.length; rank++) {
    if (!documents[rank]) {
      $("count").textContent = `${say("reading")} ${number(rank + 1)} / ${number(index.documents.length)} …`;
      // Some at once, for the browser inflates them beside this script.
      await Promise.all(Array.from({ length: Math.min(TOGETHER, index.documents.length - rank) }, (_, n) => unpack(rank + n)));
      if (mine !== turn) return;
    }
    for (const i of matching(documents[rank])) hits.push([rank, i]);
    if (rank === 0 && hits.length > PAGE && !state.sort) showMore(); // what stands first is there at once
  }
  if (state.sort) order();
  if (state.sort || !shown) { $("hits").replaceChildren(); shown = 0; showMore(); }
  $("more").hidden = shown >= hits.length;
  $("count").textContent = counted();
  $("download").disabled = false;
  $("caution").hidden = !["for", "against"].includes(state.proposals);
  document.body.classList.toggle("asked", FIELDS.some((key) => state[key]));
  byParty();
  document.body.dataset.ready = "yes";
}

// The lowest probability of the labels that are asked for, or of all.
function sureness(made, i) {
  const asked = index.codebooks.filter((book) => state[book.id]);
  const of = (asked.length ? asked : index.codebooks).filter((book) => made.labels[book.id]);
  return Math.min(...of.map((book) => made.labels[book.id].probability[i]));
}

function order() {
  const sign = state.sort === "unsure" ? 1 : -1;
  const sure = new Map(hits.map((each) => [each, sureness(documents[each[0]], each[1])]));
  hits.sort((a, b) => sign * (sure.get(a) - sure.get(b)));
}

function counted() {
  const sentences = `${number(hits.length)} ${say(hits.length === 1 ? "sentence" : "sentences")}`;
  if (!state.certificate) return sentences;
  const inQuotes = new Set(hits.map(([rank, i]) => rank + "/" + documents[rank].quoteOf[i]));
  return `${sentences} ${say("in")} ${number(inQuotes.size)} ${say(inQuotes.size === 1 ? "quote" : "quotes")}`;
}

// Sentences found by party, and per 1,000 of all that it has in such documents.
function byParty() {
  const box = $("by-party");
  const found = new Map();
  const running = new Map(); // those that are no headings, which rates leave out
  const add = (counts, party) => counts.set(party, (counts.get(party) || 0) + 1);
  for (const [rank, i] of hits) {
    const party = partyOf(documents[rank], i);
    add(found, party);
    if (!isHeading(documents[rank], i)) add(running, party);
  }
  box.hidden = found.size < 2 || !FIELDS.some((key) => state[key]);
  if (box.hidden) return;
  const totals = new Map();
  for (const [place, count] of index.sentences) {
    const [party, election, kind] = index.places[place];
    if (state.election && election !== state.election || state.kind && kind !== state.kind) continue;
    totals.set(party, (totals.get(party) || 0) + count);
  }
  const ranked = [...found].sort((a, b) => b[1] - a[1]);
  box.querySelector("ol").replaceChildren(...ranked.map(([party, count]) => {
    const bar = element("i", {});
    bar.style.width = `${(100 * count) / ranked[0][1]}%`;
    const rate = state.document ? "" : ` · ${rateOf(running.get(party) || 0, totals.get(party))} ${say("per-thousand")}`;
    return element("li", {}, element("a", { href: "#" + address({ ...state, s: "", party: index.parties[party].id }) },
      element("span", {}, partyName(party)), bar, element("span", {}, number(count) + rate)));
  }));
}

const rateOf = (count, total) => {
  const rate = total ? (1000 * count) / total : 0;
  const digits = rate < 10 ? 1 : 0;
  return rate.toLocaleString(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
};

// --- rows -------------------------------------------------------------------------------------------------------------

function showMore() {
  const rows = hits.slice(shown, shown + PAGE).map(([rank, i]) => hit(documents[rank], i));
  $("hits").append(...rows);
  shown += rows.length;
  $("more").hidden = shown >= hits.length;
  mark();
}

function hit(made, i) {
  const quote = made.quotes[made.quoteOf[i]];
  const labels = index.codebooks.filter((book) => made.labels[book.id]).map((book) => {
    const labels = made.labels[book.id];
    const label = labels.counts[i] ? labels.names[labels.label[i]] : UNCERTAIN;
    const quiet = label === UNCERTAIN || label === book.nothing;
    const said = `${labelName(book, labels.names[labels.label[i]])} ${percent(labels.probability[i])}`;
    return element("span", { className: quiet ? "quiet" : "label" }, label === UNCERTAIN ? `${say("uncertain")}: ${said}` : said);
  });
  return element("li", {},
    element("a", { href: "#" + address({ ...state, s: idOf(made, i) }), "data-sentence": idOf(made, i) },
      element("span", { className: "said" }, ...highlighted(textOf(made, i))),
      element("span", { className: "about" },
        element("b", {}, partyName(partyOf(made, i))),
        element("span", {}, made.about.election || made.about.name),
        element("span", { className: "source " + sourceOf(made, i) }, sourceName(made, i)),
        made.sentences.page[i] ? element("span", {}, `${say("page")} ${made.sentences.page[i]}`) : null,
        ...labels,
        state.proposals && made.proposals[i] ? element("span", { className: "label" }, commitment(made, i)) : null,
        quote && quote.status !== "none"
          ? element("span", { className: "status " + quote.status }, statusName(quote)) : null)));
}

const isDraft = (made) => made.about.status === "draft";
const sourceName = (made, i) => say("source-" + sourceOf(made, i)) + (isDraft(made) ? ` (${say("state-draft")})` : "");

// How a quote was found; where that is in a draft or elsewhere, how exactly, too.
function statusName(quote) {
  const best = quote.certificates[0];
  const exactly = best && best.match && best.match !== quote.status ? `: ${say("status-" + best.match)}` : "";
  return say("status-" + quote.status) + exactly;
}

// What is to be done, for or against, with what.
function commitment(made, i) {
  const [action, polarity, from, to] = made.proposals[i];
  const object = from === null ? "" : made.text.slice(made.at(from), made.at(to));
  return [polarity && say("polarity-" + polarity), action, object && `“${object}”`].filter(Boolean).join(" · ");
}

function highlighted(text) {
  const needles = asked(state.q || "");
  if (!needles.length) return [text];
  const folded = fold(text);
  const spans = [];
  for (const needle of needles) {
    for (let from = folded.indexOf(needle); from >= 0; from = folded.indexOf(needle, from + needle.length)) {
      spans.push([from, from + needle.length]);
    }
  }
  spans.sort((a, b) => a[0] - b[0]);
  const made = [];
  let done = 0;
  for (const [start, end] of spans) {
    if (end <= done) continue;
    made.push(text.slice(done, Math.max(start, done)), element("mark", {}, text.slice(Math.max(start, done), end)));
    done = end;
  }
  return [...made, text.slice(done)];
}

function mark() {
  for (const link of $("hits").querySelectorAll("a")) {
    if (link.dataset.sentence === state.s) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// --- a sentence in its place --------------------------------------------------------------------------------------------

async function open(id) {
  const [, document_, start, end] = /^(.*)\.(?:sen|at)\.(\d+)-(\d+)$/.exec(id) || [];
  const rank = index.documents.findIndex((each) => each.id === document_);
  if (rank < 0) { close(); return; }
  const made = await unpack(rank);
  if (state.s !== id) return; // another was chosen meanwhile
  const i = made.sentences.start.indexOf(Number(start));
  const isSentence = id.includes(".sen.") && i >= 0;
  $("reader-body").replaceChildren(...(isSentence ? facts(made, i) : []), ...provenance(made, Number(start), Number(end), isSentence ? i : -1));
  $("reader-text").replaceChildren(...around(made, Number(start), Number(end)));
  const heading = made.headings[made.passages.heading[firstFrom(made.passages.end, Number(start) + 1)]] || "";
  $("reader-where").replaceChildren(...heading.split(" > ").filter(Boolean).slice(-2).map((each) => element("li", {}, each)));
  $("reader-title").textContent = made.about.name + (isDraft(made) ? ` (${say("state-draft")})` : "");
  $("reader").hidden = false;
  document.body.classList.add("reading");
  const marked = $("reader-text").querySelector("mark");
  const box = $("reader-text");
  if (marked) box.scrollTop = marked.offsetTop - box.offsetTop - box.clientHeight / 3;
  mark();
  $("reader-title").focus({ preventScroll: true });
}

function close() {
  $("reader").hidden = true;
  document.body.classList.remove("reading");
  mark();
}

function around(made, start, end) {
  const { at, text, sentences } = made;
  const first = Math.max(0, start - AROUND), last = end + AROUND;
  const nodes = [];
  let done = at(first);
  if (done > 0) nodes.push("… ");
  const add = (to) => { if (to > done) { nodes.push(readable(text.slice(done, to))); done = to; } };
  for (let i = firstFrom(sentences.start, first); i < sentences.start.length && sentences.start[i] < last; i++) {
    add(at(sentences.start[i]));
    const said = textOf(made, i);
    const own = sentences.start[i] === start && sentences.end[i] === end;
    nodes.push(own ? element("mark", {}, said)
      : element("a", { href: "#" + address({ ...state, s: idOf(made, i) }) }, said));
    done = Math.max(done, at(sentences.end[i]));
  }
  if (!nodes.some((node) => node.tagName === "MARK")) { // a stretch that is no sentence of its own
    return [(at(first) ? "… " : "") + text.slice(at(first), at(start)), element("mark", {}, text.slice(at(start), at(end))),
      text.slice(at(end), at(Math.min(last, lengthOf(made)))) + (last < lengthOf(made) ? " …" : "")];
  }
  add(at(Math.min(last, lengthOf(made))));
  if (done < text.length) nodes.push(" …");
  return nodes;
}

const readable = (text) => text.replace(/[\u0000-\u0008\u000b-\u001f]/g, ""); // form feeds, which a page would show as boxes

const lengthOf = (made) => made.about.characters;

function facts(made, i) {
  const rows = index.codebooks.filter((book) => made.labels[book.id]).map((book) => {
    const labels = made.labels[book.id];
    const first = `${labelName(book, labels.names[labels.label[i]])} ${percent(labels.probability[i])}`;
    const second = `${labelName(book, labels.names[labels.runner_up[i]])} ${percent(labels.runner_up_probability[i])}`;
    return row(say(`${book.id}-book`), element("span", {},
      element("b", {}, first), ` · ${say("runner-up")} ${second}`,
      labels.counts[i] ? "" : element("em", {}, ` · ${say("abstained")}`), element("br"),
      element("code", {}, index.models[book.id])));
  });
  if (made.proposals[i]) rows.push(row(say("proposal"), commitment(made, i) || say("proposal-unclear")));
  const quote = made.quotes[made.quoteOf[i]];
  if (quote && quote.status !== "none") rows.push(row(say("certificate"), certificate(quote)));
  return [element("dl", {}, ...rows.flat())];
}

function certificate(quote) {
  const all = element("span", {}, element("b", {}, statusName(quote)));
  for (const each of quote.certificates) {
    const source = index.documents[each.source];
    const found = each.char_start !== null;
    const place = placeIn(each);
    all.append(element("br"), found
      ? element("a", { href: "#" + address({ ...state, s: `${source.id}.at.${each.char_start}-${each.char_end}` }) }, place)
      : place, `: ${say("status-" + (each.match || each.status))}`);
    if (each.difference) all.append(element("br"), element("span", { className: "difference" }, each.difference));
  }
  return all;
}

const placeIn = (certificate) => {
  const source = index.documents[certificate.source];
  return source.name + (source.status === "draft" ? ` (${say("state-draft")})` : "") +
    (certificate.page ? `, ${say("page")} ${certificate.page}` : "");
};

// A quote is cited whole, with what became of it; a summary is not put into the party's mouth.
function citation(made, start, end, i) {
  const { about } = made;
  const party = i >= 0 ? partyName(partyOf(made, i)) : "";
  const page = i >= 0 && made.sentences.page[i] ? `${say("page")} ${made.sentences.page[i]}` : "";
  const quote = i >= 0 ? made.quotes[made.quoteOf[i]] : undefined;
  if (quote) [start, end] = [quote.start, quote.end];
  const said = made.text.slice(made.at(start), made.at(end)).replace(/\s+/g, " ").trim();
  const file = [about.path, page, `${say("characters")} ${start}–${end}`].filter(Boolean).join(", ");
  const trace = `Manifesto Extract ${index.version}, SHA-256 ${about.sha256}`;
  const source = i >= 0 ? sourceOf(made, i) : about.kind;
  if (source === "summary") return `${say("summary-about")} ${party}: ${said} (${file}; ${trace})`;
  const best = quote && quote.certificates.find((each) => each.char_start !== null);
  const found = quote && quote.status !== "none" ? [statusName(quote), best && placeIn(best)].filter(Boolean).join(", ") : "";
  const whence = quote && source === "quote" ? `${say("quoted-in")} ${file}` : file;
  const what = [party, about.election, isDraft(made) && say("state-draft")].filter(Boolean).join(", ");
  return `“${said}” (${[what, found, whence, trace].filter(Boolean).join("; ")})`;
}

function provenance(made, start, end, i) {
  const { about } = made;
  const page = i >= 0 ? made.sentences.page[i] : 0;
  const copy = element("button", { type: "button" }, say("copy-citation"));
  copy.addEventListener("click", () => copied(copy, citation(made, start, end, i)));
  const link = element("button", { type: "button" }, say("copy-link"));
  link.addEventListener("click", () => copied(link, location.href));
  const rows = [
    row(say("document"), element("a", { href: "#" + address({ document: about.id }) }, `${say("all-of")} ${about.path}`)),
    page ? row(say("page"), String(page)) : null,
    row(say("characters"), `${start}–${end}`),
    row("SHA-256", element("code", {}, about.sha256)),
    i >= 0 ? row("sentence_id", element("code", {}, idOf(made, i))) : null,
    about.source_url ? row(say("source"), about.source_url) : null,
  ];
  $("reader-actions").replaceChildren(copy, " ", link);
  return [element("dl", { className: "provenance" }, ...rows.filter(Boolean).flat())];
}

const row = (name, value) => [element("dt", {}, name), element("dd", {}, value)];

async function copied(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = say("copied");
  } catch { // a page opened from disk may not be allowed to
    prompt(say("copy-by-hand"), text);
  }
}

// --- rows to take away --------------------------------------------------------------------------------------------------

// Where a spreadsheet would begin a formula, whichever separator it reads the file with, a ' keeps it from doing so, as in the dataset.
const guarded = (value) => value.replace(/([;\t\r\n])([ "']*[=+@＝＋－＠-])/g, "$1'$2").replace(/^(['\t\r]|[ "']*[=+@＝＋－＠-])/, "'$1");
const cell = (value) => typeof value === "string" ? '"' + guarded(value).replaceAll('"', '""') + '"' : String(value ?? "");

function download() {
  const books = index.codebooks;
  const lines = [["sentence_id", "party", "election", "document", "source", "page", "char_start", "char_end", "text",
    "certificate", "manifesto", "manifesto_page", "polarity", "action", "object", ...books.flatMap((book) => [book.id, `${book.id}_probability`])].join(",")];
  for (const [rank, i] of hits) {
    const made = documents[rank];
    const labels = books.flatMap((book) => {
      const of = made.labels[book.id];
      return of ? [of.counts[i] ? of.names[of.label[i]] : "", of.probability[i] / PARTS] : ["", ""];
    });
    const quote = made.quotes[made.quoteOf[i]] || { status: "none", certificates: [] };
    const found = quote.certificates.find((each) => each.char_start !== null);
    const [action, polarity, from, to] = made.proposals[i] || [null, null, null, null];
    lines.push([idOf(made, i), index.parties[partyOf(made, i)].name, made.about.election || "", made.about.path,
      sourceOf(made, i), made.sentences.page[i] || "", made.sentences.start[i], made.sentences.end[i], textOf(made, i),
      quote.status === "none" ? "" : quote.status, found ? index.documents[found.source].path : "", (found && found.page) || "",
      polarity || "", action || "", from === null ? "" : made.text.slice(made.at(from), made.at(to)), ...labels]
      .map(cell).join(","));
  }
  const file = new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], { type: "text/csv;charset=utf-8" });
  const link = element("a", { href: URL.createObjectURL(file), download: `${index.version}.csv` });
  link.click();
  URL.revokeObjectURL(link.href);
}

// --- the address ----------------------------------------------------------------------------------------------------------

const address = (of) => {
  const told = new URLSearchParams();
  for (const key of [...FIELDS, "s"]) if (of[key]) told.set(key, of[key]);
  const usual = usualScope();
  if (scope.kind !== usual.kind) told.set("figures", scope.kind);
  if (scope.election !== usual.election) told.set("for", scope.election);
  if (lang !== "nl") told.set("lang", lang);
  return told.toString() || "all=1";
};

function read() {
  read.of = location.hash;
  const hash = location.hash.slice(1);
  if (!hash.includes("=")) return false; // a place on the page, or nothing
  const told = new URLSearchParams(hash);
  state = {};
  for (const key of [...FIELDS, "s"]) if (told.get(key)) state[key] = told.get(key);
  const usual = usualScope();
  setScope(told.get("figures") || usual.kind, told.get("for") || usual.election);
  speak(told.get("lang") === "en" ? "en" : told.has("lang") ? "nl" : lang);
  for (const key of FIELDS) if ($("f-" + key)) $("f-" + key).value = state[key] || $("f-" + key).dataset.none || "";
  $("min-shown").textContent = `${state.min || 0} %`;
  return true;
}

let asking = ""; // the question that hits answer
let following = 0;
const idle = () => following === 0 && read.of === location.hash; // for whoever waits for the page

async function follow(event) {
  following++;
  try { await arrive(event); } finally { following--; }
}

async function arrive(event) {
  if (!read()) {
    if (event) return;
    state = {};
    setScope(...Object.values(usualScope()));
  }
  const question = address({ ...state, s: "" });
  if (question !== asking || !event) {
    asking = question;
    await search();
    if (question !== asking) return;
    const asks = FIELDS.some((key) => state[key]) || state.s;
    if (event ? !$("filters").contains(document.activeElement) : asks) {
      $("count").scrollIntoView();
      $("count").focus({ preventScroll: true });
    }
  }
  if (state.s) await open(state.s); else close();
  mark();
}

function change() {
  for (const key of FIELDS) {
    const value = $("f-" + key) ? $("f-" + key).value : "";
    if (value && value !== $("f-" + key).dataset.none) state[key] = value; else delete state[key];
  }
  delete state.s;
  location.hash = address(state);
}

// --- language -------------------------------------------------------------------------------------------------------------

function speak(wanted) {
  const changed = lang !== wanted;
  lang = wanted;
  document.documentElement.lang = lang;
  for (const button of document.querySelectorAll("[data-speak]")) button.setAttribute("aria-pressed", String(button.dataset.speak === lang));
  for (const made of document.querySelectorAll("[data-say]")) made.textContent = say(made.dataset.say);
  for (const made of document.querySelectorAll("[data-number]")) made.textContent = number(Number(made.dataset.number));
  for (const made of document.querySelectorAll("[data-say-label]")) made.setAttribute("aria-label", say(made.dataset.sayLabel));
  if (changed) draw();
}

// --- figures ----------------------------------------------------------------------------------------------------------------

// Manifestos of the newest election: a rate over documents of many years, or of a digest on one subject, says little.
function usualScope() {
  return { kind: index.kinds[0], election: usualElection(index.kinds[0]) };
}

function usualElection(kind) {
  const there = new Set(index.places.filter((place) => place[2] === kind).map((place) => place[1]));
  return index.elections.find((each) => there.has(each)) || "*";
}

const inScope = ([, election, kind]) => kind === scope.kind && (scope.election === "*" || election === scope.election);

function setScope(kind, election) {
  if (scope.kind === kind && scope.election === election) return;
  Object.assign(scope, { kind, election });
  if ($("scope-kind")) $("scope-kind").value = kind;
  if ($("scope-election")) $("scope-election").value = election;
  draw();
}

function draw() {
  for (const table of document.querySelectorAll("table[data-book]")) recount(table);
  for (const figure of document.querySelectorAll("[data-scope]")) {
    figure.hidden = figure.dataset.scope !== `${scope.kind}|${scope.election}`;
  }
  const total = index.sentences.reduce((sum, [place, count]) => sum + (inScope(index.places[place]) ? count : 0), 0);
  for (const caption of document.querySelectorAll("[data-caption]")) {
    const table = caption.parentElement.querySelector("table[data-book]");
    const what = table ? table.dataset.show : "share";
    caption.textContent = total ? [say("caption-" + what), say("kinds-" + scope.kind),
      scope.election === "*" ? say("all-elections") : scope.election, `${number(total)} ${say("sentences")}`,
      `Manifesto Extract ${index.version}`].join(" · ") : say("no-figure");
  }
}

function recount(table) {
  const totals = new Map(), cells = new Map();
  for (const [place, count] of index.sentences) {
    const at = index.places[place];
    if (inScope(at)) totals.set(at[0], (totals.get(at[0]) || 0) + count);
  }
  for (const [place, label, count] of index.labels[table.dataset.book]) {
    const at = index.places[place];
    if (inScope(at)) cells.set(at[0] + " " + label, (cells.get(at[0] + " " + label) || 0) + count);
  }
  const drawn = [...table.querySelectorAll("td[data-label]")].map((cell) => {
    const count = cells.get(cell.dataset.party + " " + cell.dataset.label) || 0;
    const total = totals.get(Number(cell.dataset.party)) || 0;
    return { cell, count, total, rate: total ? (1000 * count) / total : 0 };
  });
  const coloured = drawn.filter((each) => !each.cell.classList.contains("rest"));
  const most = Math.max(1, ...coloured.map((each) => each.count));
  const highest = Math.max(1, ...coloured.map((each) => each.rate));
  for (const { cell, count, total, rate } of drawn) {
    const link = cell.querySelector("a");
    link.hidden = !count;
    link.title = `${number(count)} ${say("of-total")} ${number(total)} ${say("sentences")}`;
    link.querySelector(".n").textContent = number(count);
    link.querySelector(".rate").textContent = rateOf(count, total);
    cell.style.setProperty("--n", (count / most).toFixed(3));
    cell.style.setProperty("--rate", (rate / highest).toFixed(3));
    if (cell.className !== "rest") cell.dataset.dark = `${count / most > 0.82 ? "n" : ""} ${rate / highest > 0.82 ? "rate" : ""}`;
    link.href = "#" + address({
      party: index.parties[cell.dataset.party].id, kind: scope.kind,
      election: scope.election === "*" ? "" : scope.election, headings: "no", [table.dataset.book]: cell.dataset.label,
    });
  }
  for (const cell of table.querySelectorAll("td[data-total]")) {
    const total = totals.get(Number(cell.dataset.party)) || 0;
    cell.textContent = number(total);
    cell.parentElement.hidden = !total;
  }
}

function show(table, what) {
  table.dataset.show = what;
  for (const choice of document.querySelectorAll(`input[name="show-${table.dataset.book}"]`)) choice.checked = choice.value === what;
}

// --- begin ------------------------------------------------------------------------------------------------------------------

for (const button of document.querySelectorAll("[data-speak]")) {
  button.addEventListener("click", () => {
    speak(button.dataset.speak);
    history.replaceState(null, "", "#" + address(state)); // not followed: who changes language stays where she is
    read.of = location.hash;
    asking = address({ ...state, s: "" });
    search().then(() => (state.s ? open(state.s) : null));
  });
}
for (const table of document.querySelectorAll("table[data-book]")) {
  for (const choice of document.querySelectorAll(`input[name="show-${table.dataset.book}"]`)) {
    choice.addEventListener("change", () => { show(table, choice.value); draw(); });
  }
}
if ($("scope")) $("scope").addEventListener("change", () => {
  const kind = $("scope-kind") ? $("scope-kind").value : scope.kind;
  // A party has some dozens of sentences in a digest: counts say more than rates.
  if (kind !== scope.kind) document.querySelectorAll("table[data-book]").forEach((table) => show(table, kind === "digest" ? "n" : "rate"));
  const election = $("scope-election") ? $("scope-election").value : scope.election;
  const there = election === "*" || index.places.some((place) => place[2] === kind && place[1] === election);
  setScope(kind, there ? election : usualElection(kind));
  history.replaceState(null, "", "#" + address(state));
  read.of = location.hash;
});
let typing;
$("filters").addEventListener("input", (event) => {
  $("min-shown").textContent = `${$("f-min").value} %`;
  clearTimeout(typing);
  typing = setTimeout(change, event.target.type === "search" || event.target.type === "range" ? 200 : 0);
});
$("filters").addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(typing); change(); });
$("reset").addEventListener("click", () => { location.hash = address({}); });
$("more").addEventListener("click", () => {
  const next = shown;
  showMore();
  $("hits").children[next].querySelector("a").focus();
});
$("download").addEventListener("click", download);
$("close").addEventListener("click", () => {
  const was = state.s;
  location.hash = address({ ...state, s: "" });
  const link = [...$("hits").querySelectorAll("a")].find((each) => each.dataset.sentence === was);
  if (link) link.focus();
});
addEventListener("keydown", (event) => { if (event.key === "Escape" && !$("reader").hidden) $("close").click(); });
addEventListener("hashchange", follow);
follow(null);
