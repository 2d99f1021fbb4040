// A search through all documents, and how many sentences it found.

const TOGETHER = 8; // documents unpacked at once
let hits = []; // rank of a document, rank of a sentence in it
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
  for (const [rank, i] of hits) {
    const party = partyOf(documents[rank], i);
    tally(found, party);
    if (!isHeading(documents[rank], i)) tally(running, party);
  }
  box.hidden = found.size < 2 || !FIELDS.some((key) => state[key]);
  if (box.hidden) return;
  const totals = new Map();
  for (const [place, count] of index.sentences) {
    const [party, election, kind] = index.places[place];
    if (state.election && election !== state.election || state.kind && kind !== state.kind) continue;
    tally(totals, party, count);
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
