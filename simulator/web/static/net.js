// Talks to the simulator, and only to it.

const JSON_HEADERS = { "Content-Type": "application/json" };

/** Sends one deed of the acting person; returns the simulator's answer, with `trouble` in words if it has one. */
export async function send(verb, body) {
  try {
    const answer = await fetch(`do/${verb}`, { method: "POST", headers: JSON_HEADERS, body: JSON.stringify(body) });
    const data = await answer.json();
    return answer.ok ? data : { ok: false, trouble: data.trouble || "That did not work." };
  } catch {
    return { ok: false, trouble: "The simulator does not answer. Is it still running?" };
  }
}

/** Waits for the next change this person could see (or a while), and returns the page's regions. */
export async function regions(place, since, signal) {
  const query = new URLSearchParams({ ...place, since: String(since) });
  const answer = await fetch(`live?${query}`, { signal });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

/** Returns one payload of the inspector as markup. */
export async function payload(number) {
  const answer = await fetch(`payload/${encodeURIComponent(number)}`);
  return answer.ok ? answer.text() : "";
}
