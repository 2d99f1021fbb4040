// What the reader does, and the beginning.

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
  for (const choice of document.querySelectorAll(`input[name="show-${table.dataset.key}"]`)) {
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
