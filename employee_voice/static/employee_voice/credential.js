// A credential: what lets one answer in and cannot be joined to the invitation it was given for.
// RSABSSA-SHA384-PSS-Randomized of RFC 9474. The variant that puts random bytes before the message is safe even with a
// key that was made to trap somebody (RFC 9474, section 7.3).
import { BlindRSA, PrepareType } from "../npm/@cloudflare/blindrsa-ts/lib/src/blindrsa.js";
import { Refusal, fromText, sha256, toText, utf8 } from "./wire.js";

const SUITE = new BlindRSA({ hash: "SHA-384", saltLength: 48, prepareType: PrepareType.Randomized });
const KEY_KIND = { name: "RSA-PSS", hash: "SHA-384" };
const FIRST_LINE = "cxprogram employee keys 1\n"; // as in credentials/key_list.py
const LEAST_PEOPLE = 3; // no group is smaller; a key for one person would mark her

const keyOf = (spki) => crypto.subtle.importKey("spki", fromText(spki), KEY_KIND, true, ["verify"]);

// The digest of a list of keys, computed as credentials/key_list.py does.
export const digestOf = async (list) => {
  // Whole numbers only: a text with line feeds in it could pass one list off as another
  const areCounted = list.groups.every((one) => Number.isInteger(one.number) && Number.isInteger(one.people));
  if (!areCounted) throw new Refusal("wrong-keys");
  const lines = [`seal ${await sha256(fromText(list.sealing))}\n`];
  for (const group of [...list.groups].sort((one, other) => one.number - other.number)) {
    lines.push(`group ${group.number} ${group.people} ${await sha256(fromText(group.key))}\n`);
  }
  return sha256(utf8(FIRST_LINE + lines.join("")));
};

// The keys that this invitation may use: { sealing, signing }, both SPKI as text. Refuses a list that is not the one
// whose digest everybody was given: another list could hold a key for this person alone.
export const checkedKeys = async (list, { digest, group }) => {
  let found;
  try {
    found = await digestOf(list);
  } catch {
    throw new Refusal("wrong-keys");
  }
  const own = list.groups.filter((one) => one.number === group);
  if (found !== digest || own.length !== 1 || !(own[0].people >= LEAST_PEOPLE)) throw new Refusal("wrong-keys");
  return { sealing: list.sealing, signing: own[0].key };
};

// A new message, blinded. All of it is text, so that it can be kept: a lost reply is asked for again with the same
// blinded message, since the server signs one for each invitation.
export const start = async (signing) => {
  const prepared = SUITE.prepare(crypto.getRandomValues(new Uint8Array(32)));
  const { blindedMsg, inv } = await SUITE.blind(await keyOf(signing), prepared);
  return { prepared: toText(prepared), blinded: toText(blindedMsg), inverse: toText(inv) };
};

// Unblinds the server's signature and verifies it: what does not verify never leaves the browser.
export const finish = async (signing, started, blindSignature) => {
  const prepared = fromText(started.prepared);
  try {
    const signature = await SUITE.finalize(
      await keyOf(signing),
      prepared,
      fromText(blindSignature),
      fromText(started.inverse),
    );
    return { prepared: started.prepared, signature: toText(signature) };
  } catch {
    throw new Refusal("wrong-signature");
  }
};

// A credential from the server: `kept` is what an earlier attempt began, `keep` remembers a beginning before anything
// is asked, `ask` sends the blinded message and resolves to the signature.
export const obtain = async (signing, { kept, keep, ask }) => {
  const started = kept || (await start(signing));
  keep(started);
  return finish(signing, started, await ask(started.blinded));
};
