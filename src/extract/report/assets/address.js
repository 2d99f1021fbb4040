// The address, which holds what is shown: read, followed and written.

const address = (of) => {
  const parameters = new URLSearchParams();
  for (const key of [...FIELDS, "s"]) if (of[key]) parameters.set(key, of[key]);
  const usual = usualScope();
  if (scope.kind !== usual.kind) parameters.set("figures", scope.kind);
  if (scope.election !== usual.election) parameters.set("for", scope.election);
  if (lang !== "nl") parameters.set("lang", lang);
  return parameters.toString() || "all=1";
};

function read() {
  read.of = location.hash;
  const hash = location.hash.slice(1);
  if (!hash.includes("=")) return false; // a place on the page, or nothing
  const parameters = new URLSearchParams(hash);
  state = {};
  for (const key of [...FIELDS, "s"]) if (parameters.get(key)) state[key] = parameters.get(key);
  const usual = usualScope();
  setScope(parameters.get("figures") || usual.kind, parameters.get("for") || usual.election);
  speak(parameters.get("lang") === "en" ? "en" : parameters.has("lang") ? "nl" : lang);
  for (const key of FIELDS) if ($("f-" + key)) $("f-" + key).value = state[key] || $("f-" + key).dataset.none || "";
  $("min-shown").textContent = `${state.min || 0} %`;
  return true;
}

let asking = ""; // the question that hits answer
let following = 0;
const idle = () => following === 0 && read.of === location.hash; // for whoever waits for the page

async function follow(event) {
  following++;
  try { await arrive(event); } finally { following--; }
}

async function arrive(event) {
  if (!read()) {
    if (event) return;
    state = {};
    setScope(...Object.values(usualScope()));
  }
  const question = address({ ...state, s: "" });
  if (question !== asking || !event) {
    asking = question;
    await search();
    if (question !== asking) return;
    const asks = FIELDS.some((key) => state[key]) || state.s;
    if (event ? !$("filters").contains(document.activeElement) : asks) {
      $("count").scrollIntoView();
      $("count").focus({ preventScroll: true });
    }
  }
  if (state.s) await open(state.s); else close();
  mark();
}

function change() {
  for (const key of FIELDS) {
    const value = $("f-" + key) ? $("f-" + key).value : "";
    if (value && value !== $("f-" + key).dataset.none) state[key] = value; else delete state[key];
  }
  delete state.s;
  location.hash = address(state);
}
