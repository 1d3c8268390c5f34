// The key in the address, and the token for it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { SignInError, TokenSource, parseFragment, signIn, takeFragment } from "../../hub/page/session/sign-in.js";

test("a fragment names a key, and an account when it is not the expert's", () => {
  assert.deepEqual(parseFragment("#key=abc&account=technician"), { key: "abc", account: "technician" });
  assert.deepEqual(parseFragment("#key=abc"), { key: "abc", account: "expert" });
  assert.deepEqual(parseFragment("key=a%20b%2Bc"), { key: "a b+c", account: "expert" });
  assert.equal(parseFragment(""), undefined);
  assert.equal(parseFragment("#account=expert"), undefined);
  assert.equal(parseFragment("#key="), undefined);
});

test("the key leaves the address bar", () => {
  /** @type {unknown[]} */
  const replaced = [];
  const location = /** @type {any} */ ({ hash: "#key=abc", pathname: "/", search: "?x=1" });
  const history = /** @type {any} */ ({ replaceState: (/** @type {unknown[]} */ ...given) => replaced.push(given) });
  assert.deepEqual(takeFragment(location, history), { key: "abc", account: "expert" });
  assert.deepEqual(replaced, [[null, "", "/?x=1"]]);
});

/** @param {number} status
 * @param {unknown} body */
const answer = (status, body) => async () => new Response(JSON.stringify(body), { status });

test("a sign-in gives a token", async () => {
  const token = await signIn({ account: "expert", key: "k" }, answer(200, { token: "t", expires_in_s: 900 }));
  assert.deepEqual(token, { token: "t", expiresInS: 900 });
});

/** @type {[string, () => Promise<Response>, boolean][]} */
const failures = [
  ["a wrong key", answer(401, {}), false],
  ["a hub with too much to do", answer(429, {}), true],
  ["a broken hub", answer(500, {}), true],
  ["an answer that is none", answer(200, { token: 1 }), false],
  ["no network", async () => Promise.reject(new TypeError("failed to fetch")), true],
];
for (const [what, request, retryable] of failures) {
  test(`${what} is told, and is${retryable ? "" : " not"} worth another try`, async () => {
    const failure = signIn({ account: "expert", key: "secret" }, request);
    await assert.rejects(failure, (error) => {
      assert.ok(error instanceof SignInError);
      assert.equal(error.retryable, retryable);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });
}

test("a token is kept until shortly before it runs out, or until the hub refuses it", async () => {
  let now = 0;
  let asked = 0;
  const tokens = new TokenSource(
    { account: "expert", key: "k" },
    { signIn: async () => ({ token: `t${++asked}`, expiresInS: 900 }), now: () => now },
  );
  assert.equal(await tokens.token(), "t1");
  now = 839_999;
  assert.equal(await tokens.token(), "t1");
  now = 840_000;
  assert.equal(await tokens.token(), "t2");
  tokens.forget();
  assert.equal(await tokens.token(), "t3");
});
