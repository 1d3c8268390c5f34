// Begins here: a browser that can call gets the app, another one is told what it lacks.

import { App } from "./app.js";
import { takeFragment } from "./session/sign-in.js";
import { SUPPORTED_BROWSERS, lacking } from "./support.js";

// Taken first, so that the key leaves the address bar whatever comes after.
const credentials = takeFragment(location, history);
const lacks = lacking(window);

if (lacks.length > 0) {
  sayUnsupported(lacks);
} else {
  const app = new App();
  if (credentials) app.signIn(credentials);
}

/** @param {import("./support.js").Lack[]} missing */
function sayUnsupported(missing) {
  for (const place of document.querySelectorAll(".supported-browsers")) place.textContent = SUPPORTED_BROWSERS;
  const items = missing.map(({ feature, effect }) => {
    const item = document.createElement("li");
    item.textContent = `${feature}: ${effect}.`;
    return item;
  });
  document.getElementById("lacking")?.append(...items);
  document.getElementById("unsupported")?.removeAttribute("hidden");
}
