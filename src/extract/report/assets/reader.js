// A sentence in its place in the text, with what is known of it.

const AROUND = 1500; // characters shown before and after it

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
  $("reader-title").textContent = made.about.name + ifDraft(made.about);
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
    const text = textOf(made, i);
    const own = sentences.start[i] === start && sentences.end[i] === end;
    nodes.push(own ? element("mark", {}, text)
      : element("a", { href: "#" + address({ ...state, s: idOf(made, i) }) }, text));
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
    return row(say(`${book.key}-book`), element("span", {},
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
