// Sealing: HPKE in base mode (RFC 9180) composed from WebCrypto: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
// credentials/sealing.py opens it with a library of its own; the tests seal on each side and open on the other.
import { fromText, joined, utf8 } from "./wire.js";

const VERSION = Uint8Array.of(1);
const BLOCK = 1024; // what is sent tells the kibibytes of an answer, not the letters
const P256 = { name: "ECDH", namedCurve: "P-256" };
const HMAC = { name: "HMAC", hash: "SHA-256" };
const NOTHING = new Uint8Array();
const KEM_SUITE = joined(utf8("KEM"), Uint8Array.of(0x00, 0x10));
const HPKE_SUITE = joined(utf8("HPKE"), Uint8Array.of(0x00, 0x10, 0x00, 0x01, 0x00, 0x02));

const hmac = async (key, text) => {
  // WebCrypto takes no empty key; HMAC fills keys up with zeros, so this is the same one
  const bytes = key.length ? key : new Uint8Array(32);
  const imported = await crypto.subtle.importKey("raw", bytes, HMAC, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, text));
};

// RFC 9180, section 4. One block of HKDF is enough for all that is asked here (32 bytes at most).
const extract = (suite, salt, label, secret) =>
  hmac(salt, joined(utf8("HPKE-v1"), suite, utf8(label), secret));
const expand = async (suite, secret, label, info, length) => {
  const labelled = joined(Uint8Array.of(0, length), utf8("HPKE-v1"), suite, utf8(label), info, Uint8Array.of(1));
  return (await hmac(secret, labelled)).subarray(0, length);
};

const rawOf = async (key) => new Uint8Array(await crypto.subtle.exportKey("raw", key));

// RFC 9180, section 4.1: a key of this one message's own, agreed with the key of the wave.
const encapsulate = async (spki) => {
  const receiver = await crypto.subtle.importKey("spki", fromText(spki), P256, true, []);
  const sender = await crypto.subtle.generateKey(P256, false, ["deriveBits"]);
  const agreed = await crypto.subtle.deriveBits({ name: "ECDH", public: receiver }, sender.privateKey, 256);
  const point = await rawOf(sender.publicKey);
  const first = await extract(KEM_SUITE, NOTHING, "eae_prk", new Uint8Array(agreed));
  const shared = await expand(KEM_SUITE, first, "shared_secret", joined(point, await rawOf(receiver)), 32);
  return { point, shared };
};

// RFC 9180, section 5.1, mode 0 (no pre-shared key).
const schedule = async (shared, info) => {
  const context = joined(
    Uint8Array.of(0),
    await extract(HPKE_SUITE, NOTHING, "psk_id_hash", NOTHING),
    await extract(HPKE_SUITE, NOTHING, "info_hash", info),
  );
  const secret = await extract(HPKE_SUITE, shared, "secret", NOTHING);
  return {
    key: await expand(HPKE_SUITE, secret, "key", context, 32),
    nonce: await expand(HPKE_SUITE, secret, "base_nonce", context, 12),
  };
};

const padded = (content) => {
  const whole = new Uint8Array(Math.ceil((content.length + 4) / BLOCK) * BLOCK);
  new DataView(whole.buffer).setUint32(0, content.length);
  whole.set(content, 4);
  return whole;
};

// Bytes that only the holder of the wave's private key can open, and only as this wave's and this group's.
export const seal = async (content, { sealing, wave, group }) => {
  const { point, shared } = await encapsulate(sealing);
  const { key, nonce } = await schedule(shared, utf8(`cxprogram sealed answer 1\n${wave}\n${group}\n`));
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const closed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, aes, padded(content));
  return joined(VERSION, point, new Uint8Array(closed));
};
