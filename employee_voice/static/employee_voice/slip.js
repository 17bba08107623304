// A printed slip's form, sealed by the browser before it is sent; without this script the server seals on arrival.
// What the template gives: <form data-slip method="post" novalidate> with data-wave, data-group, data-sealing (the
// wave's key, SPKI as base64url), data-answer-url, data-done-url, data-words-<code> (as in answering.js) and what
// contents.js and steps.js read; a hidden field `code`. Beside it, hidden: [data-slip-working], and [data-slip-stopped]
// with [data-slip-said] and [data-slip-again]. <button name="switch"> leads to the page in another language.
// What was typed lives in this page alone: nothing of it is stored, and it is still here when the connection breaks.
import { sealedAnswers } from "./contents.js";
import { QUIET, send } from "./requests.js";
import { answersIn, lead, restore } from "./steps.js";
import { Refusal } from "./wire.js";

const began = Date.now();
let form = document.querySelector("form[data-slip]");
let last = {}; // what was sealed and sent: the very same is sent again, and so counted once
let at = 0; // the section that is shown

const codeOf = () => form.querySelector("input[type=hidden][name=code]").value;
const part = (name) => document.querySelector(`[data-slip-${name}]`);

const show = ({ isWorking = false, code = "" }) => {
  part("working").hidden = !isWorking;
  form.hidden = isWorking;
  part("stopped").hidden = !code;
  if (!code) return;
  part("said").textContent = form.getAttribute(`data-words-${code}`) || form.getAttribute("data-words-unknown");
  part("stopped").focus();
};

// Does a part of the way; where it stops, the page says why and what was typed stays.
const attempt = async (act) => {
  show({ isWorking: true });
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Refusal)) console.error(error); // a fault of ours, for whoever looks
    show({ code: error instanceof Refusal ? error.code : "unknown" });
    part("again").onclick = () => attempt(act);
  }
};

const sealAndSend = async () => {
  const { sealing, group, wave } = form.dataset;
  const typed = JSON.stringify(answersIn(form));
  if (last.typed !== typed) last = { typed, sealed: await sealedAnswers(form, form, { sealing, group, began }) };
  await send(form.dataset.answerUrl, { wave, code: codeOf(), sealed: last.sealed });
  location.replace(form.dataset.doneUrl);
};

// The same page in another language: only the code is sent, and what was typed is put into the new form.
const change = async (url) => {
  const body = new URLSearchParams({ code: codeOf(), wave: form.dataset.wave, answers: "1", switch: "1" });
  const reply = await fetch(url, { ...QUIET, method: "POST", body }).catch(() => null);
  if (!reply) throw new Refusal("offline");
  const found = new DOMParser().parseFromString(await reply.text(), "text/html");
  const other = found.querySelector("form[data-slip]");
  if (!other) throw new Refusal("slip-unknown");
  const typed = answersIn(form);
  const kiosk = document.querySelector("[data-kiosk]"); // its clock goes on
  if (kiosk) found.querySelector("[data-kiosk]").replaceWith(kiosk);
  document.documentElement.lang = found.documentElement.lang;
  document.documentElement.dir = found.documentElement.dir;
  document.title = found.title;
  document.querySelector("main").replaceWith(found.querySelector("main"));
  form = document.querySelector("form[data-slip]");
  restore(form, typed);
  begin();
};

const begin = () => {
  lead(form, { at, onMove: (place) => (at = place), onChange: () => {}, onEnd: () => attempt(sealAndSend) });
  for (const button of document.querySelectorAll("button[name=switch]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      attempt(() => change(button.formAction));
    });
  }
};

if (form && globalThis.crypto?.subtle) begin();
