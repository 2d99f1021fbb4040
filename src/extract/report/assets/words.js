// What the page says, in Dutch or English, and the elements that hold it.

let lang = "nl";

const say = (key) => (words[key] || {})[lang] || key;
const number = (n) => n.toLocaleString(lang);
const percent = (parts) => Math.round((100 * parts) / PARTS) + " %";
const labelName = (book, label) => say(`${book.key}:${label}`);
const partyName = (party) => index.parties[party].name || say("no-party");

function element(name, properties, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

function speak(wanted) {
  const changed = lang !== wanted;
  lang = wanted;
  document.documentElement.lang = lang;
  for (const button of document.querySelectorAll("[data-speak]")) button.setAttribute("aria-pressed", String(button.dataset.speak === lang));
  for (const made of document.querySelectorAll("[data-say]")) made.textContent = say(made.dataset.say);
  for (const made of document.querySelectorAll("[data-number]")) made.textContent = number(Number(made.dataset.number));
  for (const made of document.querySelectorAll("[data-say-label]")) made.setAttribute("aria-label", say(made.dataset.sayLabel));
  if (changed) draw();
}
