// Which sentences of a document are asked for.

// Lower case without accents, of the same length.
function fold(text) {
  const lower = text.replaceAll("İ", "I").toLowerCase(); // which would grow
  if (lower.length !== text.length) return text;
  return lower.replace(/[\u00e0-\u017f]/g, (letter) => {
    const bare = letter.normalize("NFD")[0];
    return bare.length === 1 ? bare : letter;
  }).replace(/[’‘]/g, "'");
}

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
  const wanted = index.codebooks.filter((book) => state[book.key] && made.labels[book.id]).map((book) => {
    const labels = made.labels[book.id];
    return { labels, uncertain: state[book.key] === UNCERTAIN, label: labels.names.indexOf(state[book.key]) };
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
      const of = state.proposals;
      if (!made.proposals[i] || (of !== "all" && commitmentAt(made, i).polarity !== of)) continue;
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

// The lowest probability of the labels that are asked for, or of all.
function sureness(made, i) {
  const asked = index.codebooks.filter((book) => state[book.key]);
  const of = (asked.length ? asked : index.codebooks).filter((book) => made.labels[book.id]);
  return Math.min(...of.map((book) => made.labels[book.id].probability[i]));
}
