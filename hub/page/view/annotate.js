// The tools for drawing on the picture, by mouse, finger and keyboard.

import { COLOUR_NAMES, WIDTHS } from "../annotations/palette.js";
import { anything, button, element, setFace, setText } from "./elements.js";
import { isFree, press, shortcutOf } from "./shortcuts.js";

/** @typedef {import("../app-state.js").AppState} AppState */
/** @typedef {import("../annotations/palette.js").Look} Look */
/** @typedef {import("../annotations/messages.js").Tool} Tool */
/**
 * @typedef {object} AnnotateActions
 * @property {(tool: Tool | undefined) => void} chooseTool
 * @property {(look: Partial<Look>) => void} chooseLook
 * @property {() => void} toggleFreeze
 * @property {() => void} undoMark
 * @property {() => void} clearMarks
 */

/** So many marks are drawn again in a moment: nobody is asked. */
const FEW_MARKS = 5;

export class AnnotateView {
  #group = anything("annotate");
  #stage = anything("stage");
  #still = anything("still");
  #canvas = anything("marks");
  #look = button("look");
  #panel = anything("look-panel");
  #freeze = button("freeze");
  #undo = button("undo");
  #clear = button("clear");
  #dialog = element("clear-dialog", HTMLDialogElement);
  #detail = anything("clear-detail");
  #notice = anything("annotate-notice");
  #tools = { arrow: button("tool-arrow"), ink: button("tool-ink") };
  /** @type {Map<string, HTMLInputElement>} */
  #colours = new Map();
  /** @type {Map<number, HTMLInputElement>} */
  #widths = new Map();
  #actions;
  /** @type {AppState["annotate"] | undefined} */
  #shown;

  /**
   * @param {AnnotateActions} actions
   * @param {() => boolean} shortcuts whether single keys may act
   */
  constructor(actions, shortcuts) {
    this.#actions = actions;
    this.#tools.arrow.addEventListener("click", () => this.#toggle("arrow"));
    this.#tools.ink.addEventListener("click", () => this.#toggle("ink"));
    this.#freeze.addEventListener("click", () => actions.toggleFreeze());
    this.#undo.addEventListener("click", () => actions.undoMark());
    this.#clear.addEventListener("click", () => this.#askToClear());
    this.#dialog.addEventListener("close", () => {
      if (this.#dialog.returnValue === "delete") actions.clearMarks();
    });
    this.#look.addEventListener("click", () => this.#openPanel(this.#panel.hidden));
    this.#fillPanel();
    document.addEventListener("pointerdown", ({ target }) => {
      const isOutside = target instanceof Node && !this.#panel.contains(target) && !this.#look.contains(target);
      if (isOutside) this.#openPanel(false);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#onEscape(event);
      else if (shortcuts()) this.#onKey(event);
    });
  }

  /** @param {AppState} state */
  render({ call, annotate }) {
    this.#shown = annotate;
    const inCall = call !== undefined && ["connecting", "connected", "reconnecting"].includes(call.state);
    const { tool, look, frozen, insetLeft, mine, canDraw, notice } = annotate;
    this.#group.hidden = !inCall || !canDraw;
    if (this.#group.hidden) this.#openPanel(false);
    this.#stage.dataset.drawing = String(tool !== undefined);
    this.#stage.dataset.frozen = String(frozen);
    this.#stage.dataset.inset = insetLeft ? "left" : "right";
    this.#still.hidden = !frozen;
    this.#canvas.tabIndex = tool === undefined ? -1 : 0;
    this.#canvas.setAttribute("aria-hidden", String(tool === undefined));
    for (const [name, control] of Object.entries(this.#tools)) {
      control.setAttribute("aria-pressed", String(name === tool));
    }
    this.#look.dataset.colour = look.colour;
    const colour = COLOUR_NAMES.find((known) => known.colour === look.colour)?.name;
    this.#look.setAttribute("aria-label", `Colour and line: ${colour}`);
    for (const [name, input] of this.#colours) input.checked = name === look.colour;
    for (const [width, input] of this.#widths) input.checked = width === look.width;
    this.#freeze.setAttribute("aria-pressed", String(frozen));
    setFace(this.#freeze, frozen ? "unfreeze" : "freeze", frozen ? "Unfreeze" : "Freeze");
    this.#freeze.title = frozen
      ? "Unfreeze (P): done, back to the live picture"
      : "Freeze (P): draw on a picture that stands still";
    this.#undo.disabled = this.#clear.disabled = mine === 0;
    setText(this.#notice, inCall ? notice : "");
  }

  /** @param {Tool} tool */
  #toggle(tool) {
    this.#openPanel(false);
    this.#actions.chooseTool(this.#shown?.tool === tool ? undefined : tool);
  }

  #askToClear() {
    const mine = this.#shown?.mine ?? 0;
    if (mine <= FEW_MARKS) return this.#actions.clearMarks();
    setText(this.#detail, `All ${mine} that you drew go, for everybody. Marks of others stay. This cannot be undone.`);
    this.#dialog.returnValue = "keep";
    this.#dialog.showModal();
  }

  /** @param {boolean} open */
  #openPanel(open) {
    if (open === !this.#panel.hidden) return;
    const hadFocus = this.#panel.contains(document.activeElement);
    this.#panel.hidden = !open;
    this.#look.setAttribute("aria-expanded", String(open));
    if (open) this.#colours.get(this.#shown?.look.colour ?? "")?.focus();
    else if (hadFocus) this.#look.focus();
  }

  #fillPanel() {
    for (const { colour, name } of COLOUR_NAMES) {
      const { label, input } = choice("colour", name, "swatch");
      label.dataset.colour = colour;
      input.addEventListener("change", () => this.#actions.chooseLook({ colour }));
      this.#colours.set(colour, input);
      anything("colours").append(label);
    }
    for (const { width, name } of WIDTHS) {
      const { label, input, sample } = choice("width", name, "look-line");
      sample.dataset.width = String(width);
      input.addEventListener("change", () => this.#actions.chooseLook({ width }));
      this.#widths.set(width, input);
      anything("widths").append(label);
    }
  }

  /** @param {KeyboardEvent} event */
  #onEscape(event) {
    const { target } = event;
    if (!isFree(event) || (target instanceof Element && target.closest("#chat"))) return;
    if (!this.#panel.hidden) this.#openPanel(false);
    else if (this.#shown?.tool) this.#actions.chooseTool(undefined);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (this.#group.hidden) return;
    if (isUndo(event) && isFree(event)) return press(this.#undo, event);
    const key = shortcutOf(event);
    if (key === undefined || event.shiftKey) return;
    /** @type {Record<string, HTMLButtonElement>} */
    const keys = { a: this.#tools.arrow, d: this.#tools.ink, p: this.#freeze, u: this.#undo, x: this.#clear };
    if (Object.hasOwn(keys, key)) press(keys[key], event);
    const colour = COLOUR_NAMES[Number(key) - 1]?.colour;
    if (colour) this.#actions.chooseLook({ colour });
    if (key === "w") this.#nextWidth();
  }

  #nextWidth() {
    const now = WIDTHS.findIndex(({ width }) => width === this.#shown?.look.width);
    this.#actions.chooseLook({ width: WIDTHS[(now + 1) % WIDTHS.length].width });
  }
}

/** @param {KeyboardEvent} event */
function isUndo(event) {
  return event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
}

/**
 * @param {string} group
 * @param {string} name
 * @param {string} className of the sample
 */
function choice(group, name, className) {
  const label = document.createElement("label");
  label.className = "look-choice";
  const input = document.createElement("input");
  input.type = "radio";
  input.name = group;
  const sample = document.createElement("span");
  sample.className = className;
  sample.setAttribute("aria-hidden", "true");
  const words = document.createElement("span");
  words.textContent = name;
  label.append(input, sample, words);
  return { label, input, sample };
}
