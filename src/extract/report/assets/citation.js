// A sentence with its source, to be pasted elsewhere.

// A quote is cited whole, with how it was found; a summary is not put into the party's mouth.
function citation(made, start, end, i) {
  const { about } = made;
  const party = i >= 0 ? partyName(partyOf(made, i)) : "";
  const page = i >= 0 && made.sentences.page[i] ? `${say("page")} ${made.sentences.page[i]}` : "";
  const quote = i >= 0 ? made.quotes[made.quoteOf[i]] : undefined;
  if (quote) [start, end] = [quote.start, quote.end];
  const text = made.text.slice(made.at(start), made.at(end)).replace(/\s+/g, " ").trim();
  const file = [about.path, page, `${say("characters")} ${start}–${end}`].filter(Boolean).join(", ");
  const trace = `Manifesto Extract ${index.version}, SHA-256 ${about.sha256}`;
  const source = i >= 0 ? sourceOf(made, i) : about.kind;
  if (source === "summary") return `${say("summary-about")} ${party}: ${text} (${file}; ${trace})`;
  const best = quote && quote.certificates.find((each) => each.char_start !== null);
  const found = quote && quote.status !== "none" ? [statusName(quote), best && placeIn(best)].filter(Boolean).join(", ") : "";
  const whence = quote && source === "quote" ? `${say("quoted-in")} ${file}` : file;
  const what = [party, about.election, about.status === "draft" && say("state-draft")].filter(Boolean).join(", ");
  return `“${text}” (${[what, found, whence, trace].filter(Boolean).join("; ")})`;
}
