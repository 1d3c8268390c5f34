// The small form for those whose address carries no key.

import { anything, button, element, setOptionalText } from "./elements.js";

export class SignInView {
  #form = element("sign-in-form", HTMLFormElement);
  #account = element("account", HTMLInputElement);
  #key = element("key", HTMLInputElement);
  #error = anything("sign-in-error");
  #button = button("sign-in-button");

  /** @param {(credentials: import("../session/sign-in.js").Credentials) => void} signIn */
  constructor(signIn) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const key = this.#key.value.trim();
      this.#key.value = "";
      signIn({ account: this.#account.value.trim(), key });
    });
  }

  /** @param {{ busy: boolean, error: string }} state */
  render({ busy, error }) {
    setOptionalText(this.#error, error);
    this.#button.disabled = busy;
    this.#button.textContent = busy ? "Signing in…" : "Sign in";
  }
}
