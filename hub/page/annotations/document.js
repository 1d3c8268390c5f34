// What everybody in a call has drawn: the twin of core/protocol/src/annotations. What a person sends changes what is
// kept of that person and nothing else; what is shown joins an author's mark with what the owner of its space says.

import { Author, inks } from "./author.js";
import {
  MAX_MARKS, MAX_PEOPLE, MAX_PINS, MAX_POINTS, MAX_STROKE_POINTS, POINTS_AT_ONCE, POINTS_PER_SECOND, RECEIVED_AT_ONCE,
  RECEIVED_PER_SECOND,
} from "./limits.js";
import { PICTURE_UNITS } from "./messages.js";
import { Numbers } from "./numbers.js";
import { Owner } from "./owner.js";
import { TokenBucket } from "./rate.js";

/** @typedef {import("./author.js").InkPoint} InkPoint */
/** @typedef {import("./author.js").Mark} Mark */
/** @typedef {import("./messages.js").Annotation} Annotation */
/** @typedef {import("./messages.js").AnnotationOperation} AnnotationOperation */
/** @typedef {import("./messages.js").PinOutcome} PinOutcome */
/** @typedef {import("./messages.js").Space} Space */
/** @typedef {import("./messages.js").Stroke} Stroke */
/**
 * Why something was not taken; the document is as it was before.
 * @typedef {"too_many_marks" | "too_many_points" | "stroke_too_long" | "too_fast" | "no_such_mark" |
 *   "nothing_to_undo" | "too_many_pins" | "no_such_pin" | "not_the_owner" | "too_many_people" | "too_much" | "invalid"} Refusal
 */
/**
 * What came of a message.
 * @typedef {{ what: "nothing" } | { what: "drawn" | "placed", author: string, mark: number } |
 *   { what: "removed", author: string, marks: number[] } |
 *   { what: "frozen" | "thawed" | "pinned", author: string, pin: number } |
 *   { what: "anchors" | "lens", space: Space }} Changed
 */
/**
 * Where a mark is, as the owner of its space says.
 * @typedef {{ state: "waiting" } | { state: "shape", revision: number, anchor: number,
 *   kind: import("./messages.js").Tool, pointsUm: [number, number, number][], isComplete: boolean } |
 *   { state: "picture", revision: number, points: [number, number][], isComplete: boolean } |
 *   { state: "refused", because: import("./messages.js").RefusedBecause }} Placement
 */
/**
 * A mark, as it is shown: its points up to the first that has not arrived yet.
 * @typedef {{ author: string, number: number, stroke: Stroke, points: InkPoint[], isDone: boolean,
 *   placement: Placement, changedAt: number }} MarkView
 * @typedef {{ author: string, pin: number, space: Space, epoch: number, atUs: number,
 *   outcome?: PinOutcome }} PinView
 * @typedef {{ author: Author, owner: Owner, received: TokenBucket }} Person
 */

/** @type {Changed} */
const NOTHING = { what: "nothing" };

export class Document {
  /** Whose replica this is. */
  me;
  /** Grows with everything that may look different. */
  revision = 0;
  /** By id, ascending.
   * @type {Map<string, Person>} */
  #people = new Map();
  /** @type {Author} */
  #mine;
  #lastMark;
  #lastPin;
  #drawing = new TokenBucket(POINTS_PER_SECOND, POINTS_AT_ONCE);

  /**
   * An empty replica. It lasts as long as the call: numbers begin at 1.
   * @param {string} me
   * @param {number} above of somebody whose earlier replica is lost: all numbers it gives are above this one, and what
   *   was drawn under those up to it is gone as soon as others are told
   */
  constructor(me, above = 0) {
    this.me = me;
    this.#lastMark = above;
    this.#lastPin = above;
    this.#mine = new Author(above);
    this.#add(me, this.#mine);
  }

  /**
   * Begins a stroke. Nothing was begun when it is refused.
   * @param {Stroke} stroke
   * @param {InkPoint[]} points
   * @param {number} nowMs
   * @returns {{ mark: number, operations: AnnotationOperation[] } | { refused: Refusal }}
   */
  begin(stroke, points, nowMs) {
    if (this.#mine.marks.size >= MAX_MARKS) return { refused: "too_many_marks" };
    if (stroke.pin !== undefined && stroke.pin !== null) {
      const space = this.#mine.pins.get(stroke.pin)?.space;
      if (space?.owner !== stroke.space.owner || space.share !== stroke.space.share) return { refused: "no_such_pin" };
    }
    const refused = this.#admit(0, points, nowMs);
    if (refused) return { refused };
    const mark = ++this.#lastMark;
    return { mark, operations: this.#say(inks(mark, stroke, 0, points, false)) };
  }

  /**
   * Adds points to a stroke that was begun: all of them or, when it is refused, none.
   * @param {number} mark
   * @param {InkPoint[]} points
   * @param {number} nowMs
   * @returns {{ operations: AnnotationOperation[] } | { refused: Refusal }}
   */
  extend(mark, points, nowMs) {
    const known = this.#mine.marks.get(mark);
    if (!known || known.ink.isComplete) return { refused: "no_such_mark" };
    if (points.length === 0) return { operations: [] };
    const from = known.ink.ready.length;
    const refused = this.#admit(from, points, nowMs);
    if (refused) return { refused };
    return { operations: this.#say(inks(mark, known.stroke, from, points, false)) };
  }

  /**
   * Ends a stroke.
   * @param {number} mark
   * @returns {{ operations: AnnotationOperation[] } | { refused: Refusal }}
   */
  finish(mark) {
    const known = this.#mine.marks.get(mark);
    if (!known || known.ink.isComplete) return { refused: "no_such_mark" };
    return { operations: this.#say(inks(mark, known.stroke, known.ink.ready.length, [], true)) };
  }

  /**
   * Takes back our last mark that is left.
   * @returns {{ mark: number, operations: AnnotationOperation[] } | { refused: Refusal }}
   */
  undo() {
    const mark = [...this.#mine.marks.keys()].at(-1);
    if (mark === undefined) return { refused: "nothing_to_undo" };
    return { mark, operations: this.#say([{ kind: "annotation", do: "undo", mark }]) };
  }

  /**
   * Takes back all our marks.
   * @returns {{ operations: AnnotationOperation[] } | { refused: Refusal }}
   */
  clear() {
    if (this.#mine.marks.size === 0) return { refused: "nothing_to_undo" };
    return { operations: this.#say([{ kind: "annotation", do: "clear", through: this.#lastMark }]) };
  }

  /**
   * Asks a space's owner to keep a frame.
   * @param {Space} space
   * @param {number} epoch
   * @param {number} atUs
   * @param {number} nowMs
   * @returns {{ pin: number, operations: AnnotationOperation[] } | { refused: Refusal }}
   */
  freeze(space, epoch, atUs, nowMs) {
    if (this.#mine.pins.count >= MAX_PINS) return { refused: "too_many_pins" };
    if (!this.#drawing.take(1, nowMs)) return { refused: "too_fast" };
    const pin = ++this.#lastPin;
    return { pin, operations: this.#say([{ kind: "annotation", do: "freeze", pin, space, epoch, at_us: atUs }]) };
  }

  /**
   * Lets a frozen frame go.
   * @param {number} pin
   * @returns {{ operations: AnnotationOperation[] } | { refused: Refusal }}
   */
  thaw(pin) {
    if (!this.#mine.pins.get(pin)) return { refused: "no_such_pin" };
    return { operations: this.#say([{ kind: "annotation", do: "thaw", pin }]) };
  }

  /**
   * All that is ours, for a replica that is empty or behind. These can be more than an operation log keeps at once;
   * they may be sent bit by bit, with anything else in between.
   * @returns {AnnotationOperation[]}
   */
  forNewcomer() {
    const { gone, marks, pins } = this.#mine;
    /** @type {AnnotationOperation[]} */
    const operations = [];
    const through = gone.last;
    if (through !== undefined) {
      const except = [...marks.keys()].filter((number) => number <= through);
      operations.push({ kind: "annotation", do: "clear", through, ...(except.length > 0 && { except }) });
    }
    for (const pin of pins.thawed()) operations.push({ kind: "annotation", do: "thaw", pin });
    for (const [pin, { space, epoch, atUs }] of pins.asked()) {
      operations.push({ kind: "annotation", do: "freeze", pin, space, epoch, at_us: atUs });
    }
    for (const [number, { stroke, ink }] of marks) {
      operations.push(...inks(number, stroke, 0, ink.ready, ink.isComplete));
    }
    return operations;
  }

  /**
   * Takes what a person did, `from` being whoever the connection says it is. Our own comes back as nothing new.
   * @param {string} from
   * @param {Annotation} annotation
   * @param {number} nowMs
   * @returns {{ changed: Changed } | { refused: Refusal }}
   */
  receive(from, annotation, nowMs) {
    if (from === this.me) return { changed: NOTHING };
    if (!this.#people.has(from) && this.#people.size >= MAX_PEOPLE) return { refused: "too_many_people" };
    const person = this.#people.get(from) ?? this.#add(from, new Author());
    if (!person.received.take(1, nowMs)) return { refused: "too_fast" };
    const result = this.#apply(from, person, annotation);
    return typeof result === "string" ? { refused: result } : { changed: result };
  }

  /** All marks, by author and number.
   * @returns {MarkView[]} */
  marks() {
    const views = [];
    for (const [author, person] of this.#people) {
      for (const [number, mark] of person.author.marks) views.push(this.#view(author, number, mark));
    }
    return views;
  }

  /**
   * One mark.
   * @param {string} author
   * @param {number} number
   */
  mark(author, number) {
    const mark = this.#people.get(author)?.author.marks.get(number);
    return mark && this.#view(author, number, mark);
  }

  /**
   * The mark that `live` names by the revision of its place.
   * @param {string} owner
   * @param {number} revision
   */
  markInPicture(owner, revision) {
    for (const [author, number, placed] of this.#people.get(owner)?.owner.places() ?? []) {
      if (placed.revision !== revision || placed.at.state !== "picture") continue;
      const mark = this.mark(author, number);
      return mark?.stroke.space.owner === owner ? mark : undefined;
    }
    return undefined;
  }

  /** All frozen frames, by author and number.
   * @returns {PinView[]} */
  pins() {
    const views = [];
    for (const [author, person] of this.#people) {
      for (const [pin, { space, epoch, atUs }] of person.author.pins.asked()) {
        const outcome = this.#people.get(space.owner)?.owner.answered(author, pin);
        views.push({ author, pin, space, epoch, atUs, ...(outcome && { outcome }) });
      }
    }
    return views;
  }

  /** @param {Space} space */
  anchors({ owner, share }) {
    return this.#people.get(owner)?.owner.share(share)?.anchors?.anchors;
  }

  /** @param {Space} space */
  lens({ owner, share }) {
    return this.#people.get(owner)?.owner.share(share)?.lens?.lens;
  }

  /**
   * @param {number} from
   * @param {InkPoint[]} points
   * @param {number} nowMs
   * @returns {Refusal | undefined}
   */
  #admit(from, points, nowMs) {
    const isInside = (/** @type {number} */ value) => Number.isInteger(value) && value >= 0 && value <= PICTURE_UNITS;
    const isTime = (/** @type {number} */ value) => Number.isSafeInteger(value) && value >= 0;
    if (!points.every(({ captureUs, x, y }) => isTime(captureUs) && isInside(x) && isInside(y))) return "invalid";
    if (from + points.length > MAX_STROKE_POINTS) return "stroke_too_long";
    if (this.#mine.points + points.length > MAX_POINTS) return "too_many_points";
    return this.#drawing.take(Math.max(points.length, 1), nowMs) ? undefined : "too_fast";
  }

  /**
   * Does what we say as if it had arrived.
   * @param {AnnotationOperation[]} operations
   */
  #say(operations) {
    const me = this.#people.get(this.me);
    for (const operation of operations) if (me) this.#apply(this.me, me, operation);
    return operations;
  }

  /**
   * @param {string} id
   * @param {Author} author
   */
  #add(id, author) {
    /** @type {Person} */
    const person = { author, owner: new Owner(), received: new TokenBucket(RECEIVED_PER_SECOND, RECEIVED_AT_ONCE) };
    this.#people.set(id, person);
    this.#people = new Map([...this.#people].sort(([one], [other]) => (one < other ? -1 : 1)));
    return person;
  }

  /**
   * @param {string} author
   * @param {number} number
   * @param {Mark} mark
   * @returns {MarkView}
   */
  #view(author, number, { stroke, ink, changedAt }) {
    const placed = this.#people.get(stroke.space.owner)?.owner.placedOf(author, number);
    const isHere = placed?.share === stroke.space.share;
    const placement = placed && isHere ? view(placed) : /** @type {Placement} */ ({ state: "waiting" });
    return { author, number, stroke, points: ink.ready, isDone: ink.isComplete, placement, changedAt };
  }

  /**
   * @param {string} from
   * @param {Person} person
   * @param {Annotation} annotation
   * @returns {Changed | Refusal}
   */
  #apply(from, person, annotation) {
    const result = this.#change(from, person, annotation);
    if (typeof result !== "string" && result.what !== "nothing") this.revision++;
    return result;
  }

  /**
   * @param {string} from
   * @param {Person} person
   * @param {Annotation} annotation
   * @returns {Changed | Refusal}
   */
  #change(from, { author, owner }, annotation) {
    switch (annotation.do) {
      case "ink": {
        const isNews = author.ink(annotation);
        if (typeof isNews === "string") return isNews;
        return isNews ? this.#touch("drawn", from, annotation.mark) : NOTHING;
      }
      case "undo":
        return this.#remove(from, author, Numbers.one(annotation.mark));
      case "clear":
        return this.#remove(from, author, Numbers.upTo(annotation.through, annotation.except ?? []));
      case "freeze": {
        const { pin, space, epoch, at_us: atUs } = annotation;
        const isNews = author.pins.freeze(pin, { space, epoch, atUs });
        this.#forgetAnswers(from, author);
        return isNews ? { what: "frozen", author: from, pin } : NOTHING;
      }
      case "thaw": {
        const isNews = author.pins.thaw(annotation.pin);
        this.#forgetAnswers(from, author);
        return isNews ? { what: "thawed", author: from, pin: annotation.pin } : NOTHING;
      }
      case "pinned":
        return this.#answer(from, owner, annotation.by, annotation.pin, annotation.outcome);
      case "place":
        return this.#place(from, owner, annotation);
      case "anchors": {
        const { share, revision, anchors } = annotation;
        return owner.anchors(share, revision, anchors) ? { what: "anchors", space: { owner: from, share } } : NOTHING;
      }
      case "lens": {
        const { share, revision } = annotation;
        return owner.lens(share, revision, annotation) ? { what: "lens", space: { owner: from, share } } : NOTHING;
      }
      default: // of a newer version
        return NOTHING;
    }
  }

  /**
   * @param {string} from
   * @param {Author} author
   * @param {Numbers} numbers
   * @returns {Changed | Refusal}
   */
  #remove(from, author, numbers) {
    const removed = author.remove(numbers);
    if (typeof removed === "string") return removed;
    for (const { owner } of this.#people.values()) owner.forgetMarks(from, numbers);
    return removed.length > 0 ? { what: "removed", author: from, marks: removed } : NOTHING;
  }

  /**
   * @param {string} from
   * @param {Owner} owner
   * @param {string} by
   * @param {number} pin
   * @param {PinOutcome} outcome
   * @returns {Changed | Refusal}
   */
  #answer(from, owner, by, pin, outcome) {
    const pins = this.#people.get(by)?.author.pins;
    if (pin === 0 || pins?.isGone(pin)) return NOTHING;
    const asked = pins?.get(pin);
    if (asked && asked.space.owner !== from) return "not_the_owner";
    const isNews = owner.answer(by, pin, outcome);
    if (typeof isNews === "string") return isNews;
    return isNews && asked ? { what: "pinned", author: by, pin } : NOTHING;
  }

  /**
   * @param {string} from
   * @param {Owner} owner
   * @param {import("./messages.js").Place} place
   * @returns {Changed | Refusal}
   */
  #place(from, owner, place) {
    if (place.mark === 0) return "invalid";
    const author = this.#people.get(place.author)?.author;
    if (author?.gone.has(place.mark)) return NOTHING;
    const mark = author?.marks.get(place.mark);
    const space = mark?.stroke.space;
    if (space && (space.owner !== from || space.share !== place.share)) return "not_the_owner";
    const isNews = owner.place(place);
    if (typeof isNews === "string") return isNews;
    return isNews && mark ? this.#touch("placed", place.author, place.mark) : NOTHING;
  }

  /**
   * Notes that a mark changes now.
   * @param {"drawn" | "placed"} what
   * @param {string} author
   * @param {number} number
   * @returns {Changed}
   */
  #touch(what, author, number) {
    const mark = this.#people.get(author)?.author.marks.get(number);
    if (mark) mark.changedAt = this.revision + 1;
    return { what, author, mark: number };
  }

  /**
   * Answers about frozen frames that are gone are not needed.
   * @param {string} by
   * @param {Author} author
   */
  #forgetAnswers(by, author) {
    for (const { owner } of this.#people.values()) owner.forgetPins(by, author.pins);
  }
}

/**
 * @param {import("./owner.js").Placed} placed
 * @returns {Placement}
 */
function view({ revision, at }) {
  switch (at.state) {
    case "shape": {
      const { anchor, kind, points } = at;
      return { state: "shape", revision, anchor, kind, pointsUm: points.ready, isComplete: points.isComplete };
    }
    case "picture":
      return { state: "picture", revision, points: at.points.ready, isComplete: at.points.isComplete };
    case "refused":
      return at;
  }
}
