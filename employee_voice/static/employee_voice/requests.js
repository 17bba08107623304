// Requests that say nothing about who sends them: no cookie, no referrer, nothing kept by the browser.
import { Refusal } from "./wire.js";

export const QUIET = {
  credentials: "omit",
  referrerPolicy: "no-referrer",
  cache: "no-store",
  mode: "same-origin",
  redirect: "error", // an answer goes where it was meant to go or nowhere
};
const WAITS = [0, 1000, 3000, 8000]; // milliseconds before each attempt
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// What a refusal of the server is called in the page's words.
const codeOf = async (reply) => {
  try {
    return String((await reply.json()).code || "unknown").replaceAll("_", "-");
  } catch {
    return "unknown";
  }
};

// The server's JSON. A lost connection or a server in trouble is asked again, with the very same body: the server
// answers a repeated request as it did the first time. Everything else that it refuses is final.
export const send = async (url, body) => {
  const headers = { "Content-Type": "application/json" };
  const how = body ? { method: "POST", headers, body: JSON.stringify(body) } : {};
  for (const wait of WAITS) {
    await pause(wait);
    let reply;
    try {
      reply = await fetch(url, { ...QUIET, ...how });
      if (reply.ok) return await reply.json();
    } catch {
      continue;
    }
    if (reply.status < 500 && reply.status !== 429) throw new Refusal(await codeOf(reply));
  }
  throw new Refusal("offline");
};
