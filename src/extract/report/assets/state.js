"use strict";
// One script, in files by what they do; begin.js comes last. It unpacks the documents, filters their sentences, and
// shows each in its place. The address decides what is shown, so that a link reproduces it. Text becomes text nodes,
// never markup.

const index = JSON.parse(document.getElementById("index").textContent);
const words = index.words;
const $ = (id) => document.getElementById(id);
const PARTS = 10000; // of a probability
const FIXED = ["q", "party", "kind", "election", "document", "certificate", "proposals", "headings", "min", "sort"];
const FIELDS = FIXED.concat(index.codebooks.map((book) => book.key));
const UNCERTAIN = "?";

let state = {}; // what the address asks for

const tally = (counts, key, more = 1) => counts.set(key, (counts.get(key) || 0) + more);
