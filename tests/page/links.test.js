// Addresses in a line of chat.

import assert from "node:assert/strict";
import { test } from "node:test";

import { splitLinks } from "../../hub/page/links.js";

/** @type {[string, string, (string | [string, string])[]][]} */
const cases = [
  ["plain text", "turn the left valve", ["turn the left valve"]],
  ["nothing", "", []],
  ["an address in a sentence", "see https://example.com/a?b=1, then stop.",
    ["see ", ["https://example.com/a?b=1", "https://example.com/a?b=1"], ", then stop."]],
  ["an address alone", "http://example.com", [["http://example.com", "http://example.com/"]]],
  ["brackets around it", "(https://example.com/a)", ["(", ["https://example.com/a", "https://example.com/a"], ")"]],
  ["brackets of its own", "https://example.com/a_(b)", [["https://example.com/a_(b)", "https://example.com/a_(b)"]]],
  ["two", "http://a.example http://b.example!",
    [["http://a.example", "http://a.example/"], " ", ["http://b.example", "http://b.example/"], "!"]],
  ["no other scheme", "javascript:alert(1) data:text/html,x file:///etc ftp://a.example",
    ["javascript:alert(1) data:text/html,x file:///etc ftp://a.example"]],
  ["no address after the scheme", "http:// is a scheme", ["http:// is a scheme"]],
  ["markup stays text", "<img src=http://a.example/x onerror=1>",
    ["<img src=", ["http://a.example/x", "http://a.example/x"], " onerror=1>"]],
];

for (const [what, text, expected] of cases) {
  test(what, () => {
    const parts = splitLinks(text);
    assert.equal(parts.map((part) => part.text).join(""), text, "nothing is lost");
    assert.deepEqual(parts.map((part) => (part.href ? [part.text, part.href] : part.text)), expected);
  });
}
