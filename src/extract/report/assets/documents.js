// Documents: unpacked when they are asked for, and what each of their sentences is.

const documents = []; // unpacked
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

const textOf = (made, i) => made.text.slice(made.at(made.sentences.start[i]), made.at(made.sentences.end[i]));
const idOf = (made, i) => `${made.about.id}.sen.${made.sentences.start[i]}-${made.sentences.end[i]}`;
const partyOf = (made, i) => {
  const section = made.sections[made.sentences.section[i]];
  return section ? section[2] : index.nowhere;
};
