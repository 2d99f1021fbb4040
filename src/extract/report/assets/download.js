// The sentences found, as CSV.

const COLUMNS = ["sentence_id", "party", "election", "document", "source", "page", "char_start", "char_end", "text",
  "certificate", "manifesto", "manifesto_page", "polarity", "action", "action_probability", "object",
  "object_probability", "actor", "direction", "direction_probability"];
const columnsOf = (book) => {
  const name = COLUMNS.includes(book.id) ? book.key : book.id;
  return [name, `${name}_probability`];
};

// Where a spreadsheet would begin a formula, whichever separator it reads the file with, a ' keeps it from doing so, as in the dataset.
const guarded = (value) => value.replace(/([;\t\r\n])([ "']*[=+@＝＋－＠-])/g, "$1'$2").replace(/^(['\t\r]|[ "']*[=+@＝＋－＠-])/, "'$1");
const cell = (value) => typeof value === "string" ? '"' + guarded(value).replaceAll('"', '""') + '"' : String(value ?? "");

function download() {
  const books = index.codebooks;
  const lines = [[...COLUMNS, ...books.flatMap(columnsOf)].join(",")];
  for (const [rank, i] of hits) {
    const made = documents[rank];
    const labels = books.flatMap((book) => {
      const of = made.labels[book.id];
      return of ? [of.counts[i] ? of.names[of.label[i]] : "", of.probability[i] / PARTS] : ["", ""];
    });
    const quote = made.quotes[made.quoteOf[i]] || { status: "none", certificates: [] };
    const found = quote.certificates.find((each) => each.char_start !== null);
    const wanted = commitmentAt(made, i);
    const object = wanted.object_start == null ? "" : made.text.slice(made.at(wanted.object_start), made.at(wanted.object_end));
    lines.push([idOf(made, i), index.parties[partyOf(made, i)].name, made.about.election || "", made.about.path,
      sourceOf(made, i), made.sentences.page[i] || "", made.sentences.start[i], made.sentences.end[i], textOf(made, i),
      quote.status === "none" ? "" : quote.status, found ? index.documents[found.source].path : "", (found && found.page) || "",
      wanted.polarity || "", wanted.action || "", wanted.action_probability ?? "", object, wanted.object_probability ?? "",
      wanted.actor || "", wanted.direction || "", wanted.direction_probability ?? "", ...labels]
      .map(cell).join(","));
  }
  const file = new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], { type: "text/csv;charset=utf-8" });
  const link = element("a", { href: URL.createObjectURL(file), download: `${index.version}.csv` });
  link.click();
  URL.revokeObjectURL(link.href);
}
