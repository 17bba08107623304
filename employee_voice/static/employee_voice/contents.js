// What is sealed: the answers and two yes-or-no marks. No time, no duration, no order of clicks.
import { seal } from "./seal.js";
import { answersIn, isStraight } from "./steps.js";
import { toText, utf8 } from "./wire.js";

// What cannot be kept is not sealed: NUL, and half of a pair of code units, which JSON would spell out and the server
// refuse with the whole answer. The letters that any keyboard makes stay as they are.
const wellFormed = (text) =>
  (text.toWellFormed ? text.toWellFormed() : text.replace(/\p{Surrogate}/gu, "\ufffd")).replaceAll("\0", "");
const keepable = (answers) =>
  Object.fromEntries(Object.entries(answers).map(([name, values]) => [name, values.map(wellFormed)]));

// `page` has data-wave, data-fast-seconds, data-straight-names (field names of one scale) and data-straight-least.
// data-bytes: all answers of a wave are made as long as the longest could be, or the length of what was sealed would tell
// who wrote the long comment.
// `began` is a moment of this browser's clock (milliseconds); it stays here.
export const sealedAnswers = async (form, page, { sealing, group, began }) => {
  const answers = keepable(answersIn(form));
  const names = (page.dataset.straightNames || "").split(" ").filter(Boolean);
  const text = JSON.stringify({
    version: 1,
    answers,
    was_fast: Date.now() - began < 1000 * Number(page.dataset.fastSeconds || 0),
    was_straight: isStraight(answers, names, Number(page.dataset.straightLeast || 6)),
  });
  const missing = Number(page.dataset.bytes || 0) - utf8(text).length;
  const padded = text + " ".repeat(Math.max(0, missing)); // blanks after JSON say nothing
  return toText(await seal(utf8(padded), { sealing, wave: page.dataset.wave, group }));
};
