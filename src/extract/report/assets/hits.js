// The sentences found, as a list.

const PAGE = 50; // shown at once
let shown = 0;

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
    const shown = `${labelName(book, labels.names[labels.label[i]])} ${percent(labels.probability[i])}`;
    return element("span", { className: quiet ? "quiet" : "label" }, label === UNCERTAIN ? `${say("uncertain")}: ${shown}` : shown);
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
