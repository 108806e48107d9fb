// The page as a test sees it: what a person does on it and what a person reads from it.
//
// Every selector of the tests stands in this file. What the page promises them:
//   stage           the drawing; its markup is a pure function of the moment shown
//   event-number    the number of the event shown
//   sentence        what just happened, in words
//   step-forward, step-back, play, scrub (a range input), speed
//   every-event     whether a step passes over what only moves a timer (it does until checked)
//   member-1, …     with data-role: follower, pre-candidate, candidate, leader or down;
//                   a right-click opens the menu with menu-crash, menu-restart, menu-isolate, …
//   link-1-2, …     the link between two members; data-cut stands on its group while it is cut
//   [data-message]  a message under way or held, with data-kind and data-way; .held when held
//   menu            the open menu, whose items are menu-<deed>
//   logs            the table of all members' logs; entry-1-7 is entry 7 as n1 holds it
//   tab-logs, …     the tabs
//   inspector       the one thing that is looked at, with what the last event changed
//   lanes, lane-1   who was what, when
//   jump-election, … to the next event of a kind; with shift, to the last one
//   branches, branch, branch-B, go-B, beside-B, fork     the branches
//   parting-line    where two branches part, while they stand side by side
//   split, split-cut, split-one-way    the partition that is being put together
//   inside-of       one member opened; station-raft, … with data-lit
//   rules, rule-pre-vote, …, modified  the switches, and the banner that says which are off
//   put-key, put-value, put-at, put, get
//   terminal-toggle, terminal, terminal-input, terminal-line (each with answer or complaint)
//   share, link, scenario-text, scenario-run, scenario-error, scenario-ran, scenario (a file input)
//   tab-disk, tab-kv, tab-raw, and what they show: disk, kv, raw
//   clients-lane, verdict (with data-verdict: good, undecided or violation)
//   name-A, …       the fields for what a person calls branches
//   unfold          how many events a step passed over; unfolded: what each of them was
//   operations      what clients asked, newest first, each an li with data-outcome: waiting, done,
//                   failed or unknown

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

import { serve } from "./site.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

const DESKTOP = { width: 1440, height: 900 };

/** A picture counts as drawn when it has not changed for this long (fades take 80 ms). */
const STILL_MS = 150;
const WAIT_MS = 60_000;

/** More events than any election or commit of a small healthy cluster needs. */
const MOST_STEPS = 3_000;

export const by = (id) => `[data-testid="${id}"]`;
export const LEADER = '[data-testid^="member-"][data-role="leader"]';
export const otherLeader = (id) => `${LEADER}:not(${by(id)})`;
/** The newest operation of a client, by what came of it. */
export const result = (...outcomes) =>
  outcomes.map((one) => `${by("operations")} li:first-child[data-outcome="${one}"]`).join(", ");

/** One browser and one server for all tests of a file. */
export class Lab {
  static async open() {
    const lab = new Lab();
    lab.site = await serve();
    lab.browser = await chromium.launch({
      executablePath: process.env.QUORATE_CHROMIUM ?? "/usr/bin/chromium",
      args: FLAGS,
    });
    return lab;
  }

  /**
   * Opens the page in a fresh profile and waits until the cluster is drawn. `before` is run in the
   * page before anything of ours.
   */
  async visit({
    query = "seed=42",
    theme = "light",
    locale = "en-US",
    viewport = DESKTOP,
    motion = "reduce",
    fragment = "",
    permissions = [],
    shows = "stage",
    before,
  } = {}) {
    const context = await this.browser.newContext({
      colorScheme: theme,
      locale,
      viewport,
      reducedMotion: motion,
      permissions,
    });
    const page = await context.newPage();
    if (before !== undefined) {
      await page.addInitScript(before);
    }
    page.setDefaultTimeout(WAIT_MS);
    const playground = new Playground(page);
    await page.goto(`${this.site.url}${query === "" ? "" : `?${query}`}${fragment}`);
    await page.locator(by(shows)).waitFor();
    return playground;
  }

  async close() {
    await this.browser?.close();
    await this.site?.close();
  }
}

/** The page, opened. */
export class Playground {
  constructor(page) {
    this.page = page;
    this.complaints = [];
    page.on("console", (message) => {
      if (message.type() === "error") {
        this.complaints.push(`console: ${message.text()}`);
      }
    });
    page.on("pageerror", (error) => this.complaints.push(`uncaught: ${error}`));
    page.on("requestfailed", (request) => this.complaints.push(`no answer: ${request.url()}`));
    page.on("response", (response) => {
      if (response.status() >= 400) {
        this.complaints.push(`${response.status()}: ${response.url()}`);
      }
    });
  }

  /** Ends the visit; whatever the browser complained of during it is a failure. */
  async leave() {
    await this.page.context().close();
    assert.deepEqual(this.complaints, []);
  }

  at(id) {
    return this.page.locator(by(id));
  }

  async eventNumber() {
    const text = await this.at("event-number").innerText();
    const number = text.match(/\d+/);
    assert.ok(number, `event-number shows no number but "${text}"`);
    return Number(number[0]);
  }

  /** The address, once it stands still: the page writes it now and then only. */
  async link() {
    let before = "";
    while (!before.includes("#") || before !== this.page.url()) {
      before = this.page.url();
      await this.page.waitForTimeout(1_000);
    }
    return before;
  }

  /** From now on a step passes over nothing. */
  async stopAtEveryEvent() {
    await this.at("every-event").check();
  }

  async stepForward(times = 1) {
    await this.#step("step-forward", times);
  }

  async stepBack(times = 1) {
    await this.#step("step-back", times);
  }

  async #step(button, times) {
    for (let step = 0; step < times; step += 1) {
      const before = await this.eventNumber();
      await this.at(button).click();
      await this.page.waitForFunction(
        ([selector, number]) =>
          Number(document.querySelector(selector).textContent.match(/\d+/)[0]) !== number,
        [by("event-number"), before],
      );
    }
  }

  /** Steps forward until something on the page matches the selector. */
  async stepUntil(selector, what) {
    const steps = await this.page.evaluate(
      async ([goal, button, number, most]) => {
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
        const at = () => document.querySelector(number).textContent;
        for (let step = 0; step <= most; step += 1) {
          if (document.querySelector(goal)) {
            return step;
          }
          const before = at();
          document.querySelector(button).click();
          // Drawn as a rule within a frame; on a busy machine it takes more.
          for (let frames = 0; at() === before && frames < 600; frames += 1) {
            await frame();
          }
        }
        return undefined;
      },
      [selector, by("step-forward"), by("event-number"), MOST_STEPS],
    );
    assert.notEqual(steps, undefined, `${what}: not within ${MOST_STEPS} steps`);
    return steps;
  }

  /** Steps until there is a leader (other than `besides`) and gives its test id. */
  async elect(besides) {
    const selector = besides === undefined ? LEADER : otherLeader(besides);
    await this.stepUntil(selector, "a leader");
    return this.page.locator(selector).first().getAttribute("data-testid");
  }

  /** Puts as the client does and steps until the answer is there. */
  async put(key, value) {
    const asked = await this.#asked();
    await this.#askSomeoneUp();
    await this.at("put-key").fill(key);
    await this.at("put-value").fill(value);
    await this.at("put").click();
    await this.#answer(asked, "the put");
  }

  /** Gets as the client does, steps until the answer is there, and gives its words. */
  async get(key) {
    const asked = await this.#asked();
    await this.#askSomeoneUp();
    await this.at("put-key").fill(key);
    await this.at("get").click();
    await this.#answer(asked, "the get");
    return this.#newest().innerText();
  }

  async #askSomeoneUp() {
    const up = this.page.locator('[data-testid^="member-"]:not([data-role="down"])').first();
    const number = (await up.getAttribute("data-testid")).replace("member-", "");
    await this.at("put-at").selectOption(number);
  }

  #newest() {
    return this.at("operations").locator("li").first();
  }

  /** How many operations are listed: one more tells that a new one has been asked. */
  async #asked() {
    return this.at("operations").locator("li").count();
  }

  async #answer(before, what) {
    await this.at("operations").locator("li").nth(before).waitFor({ state: "attached" });
    await this.stepUntil(result("done", "failed", "unknown"), `an answer to ${what}`);
    const outcome = await this.#newest().getAttribute("data-outcome");
    const words = await this.#newest().innerText();
    assert.equal(outcome, "done", `${what} was answered with: ${words}`);
  }

  /** Chooses an action of a member's menu, as by the right mouse button. */
  async choose(member, action) {
    await this.at(member).click({ button: "right" });
    await this.at(`menu-${action}`).click();
  }

  /** The middle of an element, in pixels. */
  async middle(locator) {
    const box = await locator.boundingBox();
    assert.ok(box, "it is not on the page");
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  /** Presses at one place, moves to others, and lifts there. */
  async drag(places, { alt = false } = {}) {
    const { mouse, keyboard } = this.page;
    const [first, ...others] = places;
    await mouse.move(first.x, first.y);
    if (alt) {
      await keyboard.down("Alt");
    }
    await mouse.down();
    for (const place of others) {
      await mouse.move(place.x, place.y, { steps: 6 });
    }
    await mouse.up();
    if (alt) {
      await keyboard.up("Alt");
    }
  }

  /** Steps until a message of a kind is under way, with no other upon it, and gives its locator. */
  async message(kind) {
    const selector = `[data-message][data-kind="${kind}"]:not(.held)`;
    for (let tries = 0; tries < MOST_STEPS; tries += 1) {
      await this.stepUntil(selector, `a ${kind}`);
      const id = await this.page.locator(selector).evaluateAll((messages) => {
        const isOnTop = (message) => {
          const { x, y, width, height } = message.getBoundingClientRect();
          const top = document.elementFromPoint(x + width / 2, y + height / 2);
          return top?.closest("[data-message]") === message;
        };
        return messages.find(isOnTop)?.dataset.message;
      });
      if (id !== undefined) {
        return this.page.locator(`[data-message="${id}"]`);
      }
      await this.stepForward();
    }
    throw new Error(`no ${kind} lies free`);
  }

  /** Opens a thing's menu with the right button and chooses from it. */
  async chooseOf(locator, deed) {
    await locator.click({ button: "right", force: true });
    await this.at(`menu-${deed}`).click();
  }

  /** Tries until a check passes: what was asked for may not be drawn yet. */
  async eventually(check) {
    const end = Date.now() + WAIT_MS;
    for (;;) {
      try {
        return await check();
      } catch (error) {
        if (Date.now() > end) {
          throw error;
        }
        await this.page.waitForTimeout(20);
      }
    }
  }

  /** Waits until the sentence says something. */
  async says(pattern) {
    await this.eventually(async () =>
      assert.match(await this.at("sentence").innerText(), pattern),
    );
  }

  /** Waits until so many elements match a selector. */
  async counts(selector, number) {
    await this.eventually(async () =>
      assert.equal(await this.page.locator(selector).count(), number, selector),
    );
  }

  async press(...keys) {
    for (const key of keys) {
      await this.page.keyboard.press(key);
    }
  }

  /** The stage's markup, once it has come to rest. */
  async picture() {
    return this.page.evaluate(
      async ([selector, still, most]) => {
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
        const begun = performance.now();
        let markup = "";
        let since = begun;
        while (performance.now() - since < still) {
          const now = document.querySelector(selector).outerHTML;
          if (now !== markup) {
            markup = now;
            since = performance.now();
          }
          if (performance.now() - begun > most) {
            throw new Error("the stage does not come to rest");
          }
          await frame();
        }
        return markup;
      },
      [by("stage"), STILL_MS, WAIT_MS],
    );
  }
}
