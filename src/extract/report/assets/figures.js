// The figures, counted anew for what they are about.

const scope = { kind: "", election: "" }; // kind of document, and election or * for all

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
    if (inScope(at)) tally(totals, at[0], count);
  }
  for (const [place, label, count] of index.labels[table.dataset.book]) {
    const at = index.places[place];
    if (inScope(at)) tally(cells, at[0] + " " + label, count);
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
      election: scope.election === "*" ? "" : scope.election, headings: "no", [table.dataset.key]: cell.dataset.label,
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
  for (const choice of document.querySelectorAll(`input[name="show-${table.dataset.key}"]`)) choice.checked = choice.value === what;
}
