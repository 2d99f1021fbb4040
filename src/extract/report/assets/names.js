// What a sentence's source, its quote and its proposal are called.

const ifDraft = (about) => about.status === "draft" ? ` (${say("state-draft")})` : "";
const sourceName = (made, i) => say("source-" + sourceOf(made, i)) + ifDraft(made.about);

// How a quote was found; where that is in a draft or elsewhere, how exactly, too.
function statusName(quote) {
  const best = quote.certificates[0];
  const exactly = best && best.match && best.match !== quote.status ? `: ${say("status-" + best.match)}` : "";
  return say("status-" + quote.status) + exactly;
}

// What a sentence commits to, by the names of columns of `proposals`; nothing where it is no proposal.
const commitmentAt = (made, i) =>
  Object.fromEntries((made.proposals[i] || []).map((value, rank) => [index.commitment_columns[rank], value]));

// What is to be done, for or against, with what.
function commitment(made, i) {
  const { action, polarity, object_start: from, object_end: to } = commitmentAt(made, i);
  const object = from === null ? "" : made.text.slice(made.at(from), made.at(to));
  return [polarity && say("polarity-" + polarity), action, object && `“${object}”`].filter(Boolean).join(" · ");
}

const placeIn = (certificate) => {
  const source = index.documents[certificate.source];
  return source.name + ifDraft(source) + (certificate.page ? `, ${say("page")} ${certificate.page}` : "");
};
