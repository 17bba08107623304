// The way of an invited person: from the link in the letter to a counted answer that nobody can join to the letter.
// What the template gives:
//   [data-answering]         the whole page, with
//     data-wave              the wave's public id
//     data-keys-url data-sign-url data-answer-url data-done-url
//     data-words-<code>      clear words for each code below and for the server's; data-words-unknown for any other
//     data-fast-seconds data-straight-names data-straight-least (contents.js)
//   [data-stage="unable"]    shown until this script knows that the browser can do all of it: where printed slips lie
//   [data-stage="start"]     hidden; [data-begin] in it begins. Only a person presses it: programs that open links in
//                            letters to look for danger would otherwise use the invitation up
//   [data-stage="working"]   hidden; something is being asked or sent
//   [data-stage="answers"]   hidden; the form (steps.js)
//   [data-stage="again"]     hidden; the connection is lost; [data-again] tries once more
//   [data-stage="stopped"]   hidden; it ends here
//   [data-while-open]        in a stage: what is of use only while the survey is open
//   [data-said]              role="status", outside the stages: the words for what happened
// The fragment of the link holds i (the invitation's secret), g (its group) and k (digest of the list of keys).
// Browsers send no fragment, so no log of any server has them.
// Codes: no-link, wrong-keys, wrong-signature, offline, unknown, and those of the server (underscores become hyphens).
import { checkedKeys, obtain } from "./credential.js";
import { sealedAnswers } from "./contents.js";
import { send } from "./requests.js";
import { answersIn, lead, restore } from "./steps.js";
import { Refusal } from "./wire.js";

const page = document.querySelector("[data-answering]");
const form = page.querySelector("[data-stage=answers] form");
const NAME = `employee-voice ${page.dataset.wave}`;

// --- what this tab remembers, until the answer is counted or the tab is closed -------------------------------------
const kept = () => JSON.parse(sessionStorage.getItem(NAME) || "{}");
const keep = (more) => sessionStorage.setItem(NAME, JSON.stringify({ ...kept(), ...more }));
const forget = () => sessionStorage.removeItem(NAME);

// --- what the page shows -------------------------------------------------------------------------------------------
const show = (stage, code = "") => {
  for (const element of page.querySelectorAll("[data-stage]")) element.hidden = element.dataset.stage !== stage;
  const said = code && (page.getAttribute(`data-words-${code}`) || page.getAttribute("data-words-unknown"));
  page.querySelector("[data-said]").textContent = said;
  // Slips of a survey that has closed are of no use
  for (const element of page.querySelectorAll("[data-while-open]")) element.hidden = code === "wave-not-open";
};

// Does a part of the way; says in words why it stopped, and offers to try again what may work later.
const attempt = async (part) => {
  show("working");
  try {
    await part();
  } catch (error) {
    const code = error instanceof Refusal ? error.code : "unknown";
    if (!(error instanceof Refusal)) console.error(error); // a fault of ours, for whoever looks
    show(code === "offline" ? "again" : "stopped", code);
    page.querySelector("[data-again]").onclick = () => attempt(part);
  }
};

// --- the link ------------------------------------------------------------------------------------------------------
// Takes its secrets out of the address at once: it is in the history, and somebody may look over a shoulder.
const readLink = () => {
  const link = new URLSearchParams(location.hash.slice(1));
  if (!link.get("i")) return;
  history.replaceState(null, "", location.pathname + location.search);
  if (kept().secret === link.get("i")) return; // the same link again: what was begun goes on
  forget();
  keep({ secret: link.get("i"), group: Number(link.get("g")), digest: link.get("k") });
};

// --- the three parts -----------------------------------------------------------------------------------------------
const getCredential = async () => {
  const { secret, group, digest, started } = kept();
  const keys = await checkedKeys(await send(page.dataset.keysUrl), { digest, group });
  const credential = await obtain(keys.signing, {
    kept: started,
    keep: (begun) => keep({ started: begun }),
    ask: async (blinded) => (await send(page.dataset.signUrl, { secret, group, blinded })).signature,
  });
  keep({ credential, sealing: keys.sealing, began: Date.now(), started: undefined });
  showAnswers();
};

const showAnswers = () => {
  show("answers");
  restore(form, kept().draft || {});
  lead(form, {
    at: kept().at, // another language begins where this one was left
    onMove: (at) => keep({ at }),
    onChange: () => keep({ draft: answersIn(form) }),
    onEnd: () => attempt(handIn),
  });
};

const handIn = async () => {
  const { sealing, group, began } = kept();
  // Sealed once: a repeated request is the same to the byte, and so counted once
  if (!kept().sealed) keep({ sealed: await sealedAnswers(form, page, { sealing, group, began }) });
  const { credential, sealed } = kept();
  await send(page.dataset.answerUrl, { group, ...credential, sealed });
  forget();
  location.replace(page.dataset.doneUrl);
};

// --- whether this browser can -------------------------------------------------------------------------------------
const isAble = async () => {
  try {
    sessionStorage.setItem("employee-voice", "1");
    sessionStorage.removeItem("employee-voice");
    await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
    return true; // crypto.subtle is there on HTTPS and localhost only
  } catch {
    return false;
  }
};

if (await isAble()) {
  readLink();
  page.querySelector("[data-begin]").onclick = () => attempt(getCredential);
  const { secret, credential, sealed } = kept();
  if (!secret) show("stopped", "no-link");
  else if (sealed) attempt(handIn);
  else if (credential) showAnswers();
  else show("start");
}
