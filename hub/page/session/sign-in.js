// Who is at this page: the account and key that the address carries, and the hub's token for them.

/** @typedef {{ account: string, key: string }} Credentials */
/** @typedef {{ token: string, expiresInS: number }} Token */

/** A sign-in that did not work; its message is for the person at the page. */
export class SignInError extends Error {
  /**
   * @param {string} message
   * @param {boolean} retryable the hub could not be reached: the same again may work later
   */
  constructor(message, retryable) {
    super(message);
    this.retryable = retryable;
  }
}

/**
 * Reads `#key=…&account=…`. The account is `expert` unless it is named; without a key there is nothing to sign in with.
 * @param {string} fragment with or without its `#`
 * @returns {Credentials | undefined}
 */
export function parseFragment(fragment) {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const key = fields.get("key")?.trim();
  if (!key) return undefined;
  return { key, account: fields.get("account")?.trim() || "expert" };
}

/**
 * Takes the credentials out of the address bar, so that a screenshot or a copied address does not give them away.
 * @param {Location} location
 * @param {History} history
 */
export function takeFragment(location, history) {
  const credentials = parseFragment(location.hash);
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return credentials;
}

/**
 * Asks the hub for a token.
 * @param {Credentials} credentials
 * @param {typeof fetch} [request]
 * @returns {Promise<Token>}
 */
export async function signIn(credentials, request = fetch) {
  let response;
  try {
    response = await request("/sandbox/sign-in", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(credentials),
      cache: "no-store",
      referrerPolicy: "no-referrer",
    });
  } catch {
    throw new SignInError("The hub cannot be reached. Check the connection; the page keeps trying.", true);
  }
  if (response.status === 401 || response.status === 403) {
    throw new SignInError("This account and key do not belong together. Check both and try again.", false);
  }
  if (!response.ok) {
    const retryable = response.status === 429 || response.status >= 500;
    throw new SignInError(`The hub did not sign you in (${response.status}). Try again in a moment.`, retryable);
  }
  const answer = await response.json().catch(() => undefined);
  if (typeof answer?.token !== "string" || typeof answer?.expires_in_s !== "number") {
    throw new SignInError("The hub's answer makes no sense to this page. Reload the page.", false);
  }
  return { token: answer.token, expiresInS: answer.expires_in_s };
}

/** Keeps a token and gets a new one shortly before it runs out. Credentials stay in memory only. */
export class TokenSource {
  /** @type {{ token: string, until: number } | undefined} */
  #kept;

  /**
   * @param {Credentials} credentials
   * @param {{ signIn?: typeof signIn, now?: () => number }} [environment]
   */
  constructor(credentials, { signIn: ask = signIn, now = () => performance.now() } = {}) {
    this.credentials = credentials;
    this.ask = ask;
    this.now = now;
  }

  /** @returns {Promise<string>} */
  async token() {
    if (!this.#kept || this.#kept.until <= this.now()) {
      const { token, expiresInS } = await this.ask(this.credentials);
      const usefulMs = Math.max(expiresInS * 1_000 - 60_000, (expiresInS * 1_000) / 2);
      this.#kept = { token, until: this.now() + usefulMs };
    }
    return this.#kept.token;
  }

  /** The hub did not take the token: the next one is new. */
  forget() {
    this.#kept = undefined;
  }
}
