// All views of the page, and which of them is seen.

import { AboutView } from "./about.js";
import { AnnotateView } from "./annotate.js";
import { ChatView } from "./chat.js";
import { anything, button, setOptionalText } from "./elements.js";
import { LinkOfferView } from "./link-offer.js";
import { PeopleView } from "./people.js";
import { SignInView } from "./sign-in.js";
import { StageView } from "./stage.js";
import { StatusView } from "./status.js";
import { ToolbarView } from "./toolbar.js";

/** @typedef {import("../app-state.js").AppState} AppState */
/**
 * What a person can do here.
 * @typedef {import("./toolbar.js").ToolbarActions & import("./annotate.js").AnnotateActions &
 *   import("./link-offer.js").LinkActions & {
 *   signIn(credentials: import("../session/sign-in.js").Credentials): void,
 *   join(person: string, clickedAtMs: number): void,
 *   answer(): void,
 *   decline(): void,
 *   callAgain(clickedAtMs: number): void,
 *   leave(): void,
 *   closeChat(): void,
 *   say(text: string): boolean,
 * }} Actions
 */

export class Views {
  #about = new AboutView();
  #status = new StatusView();
  #signIn;
  #people;
  #stage;
  #linkOffer;
  #toolbar;
  #annotate;
  #chat;
  #screens = { unsupported: anything("unsupported"), sign_in: anything("sign-in"), home: anything("home"), call: anything("call") };
  #microphoneNotice = anything("microphone-notice");

  /** @param {Actions} actions */
  constructor(actions) {
    this.#signIn = new SignInView(actions.signIn);
    this.#people = new PeopleView(actions.join);
    this.#stage = new StageView(actions);
    this.#linkOffer = new LinkOfferView(actions);
    this.#toolbar = new ToolbarView(actions, () => this.#about.shortcuts);
    this.#annotate = new AnnotateView(actions, () => this.#about.shortcuts);
    this.#chat = new ChatView(actions);
  }

  /** @param {AppState} state */
  render(state) {
    for (const [name, screen] of Object.entries(this.#screens)) screen.hidden = name !== state.screen;
    setOptionalText(this.#microphoneNotice, state.call ? "" : state.microphoneReason);
    this.#signIn.render(state.signIn);
    this.#people.render(state);
    this.#stage.render(state);
    this.#linkOffer.render(state);
    this.#toolbar.render(state);
    this.#annotate.render(state);
    this.#chat.render(state);
    this.#status.render(state);
    this.#about.render(state);
  }

  focusChat() {
    this.#chat.focus();
  }

  focusChatButton() {
    button("chat-toggle").focus();
  }
}
