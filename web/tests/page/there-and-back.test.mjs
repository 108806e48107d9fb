// Forward and all the way back: each picture on the way back is, to the letter, the one that was
// drawn there on the way forward.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Lab, by } from "./playground.mjs";

const EVENTS = 2_000;
// QUORATE_SEEDS=10 asks as many as are wanted of a release; CI has less time.
const SEEDS = Number(process.env.QUORATE_SEEDS ?? 2);

describe("there and back", () => {
  let lab;
  before(async () => (lab = await Lab.open()));
  after(() => lab.close());

  for (let seed = 1; seed <= SEEDS; seed += 1) {
    test(`${EVENTS} events of seed ${seed} look the same from both sides`, async () => {
      const members = seed % 2 === 0 ? 5 : 3;
      const playground = await lab.visit({ query: `seed=${seed}&members=${members}` });
      playground.page.setDefaultTimeout(0);
      await playground.stopAtEveryEvent();
      // Somebody asks something now and then: a picture of ticks alone would be easy.
      for (const key of ["w", "r"]) {
        await playground.press(key);
      }
      const differing = await playground.page.evaluate(walk, [
        EVENTS,
        by("stage"),
        by("event-number"),
        by("step-forward"),
        by("step-back"),
      ]);
      assert.deepEqual(differing, { compared: EVENTS, differing: [] });
      await playground.leave();
    });
  }
});

/** Walks there and back inside the page: as a step costs little, all of them can be compared. */
async function walk([events, stage, number, forward, back]) {
  const find = (selector) => document.querySelector(selector);
  const here = () => Number(find(number).textContent);
  const picture = () => {
    let hash = 2_166_136_261;
    for (const letter of find(stage).outerHTML) {
      hash = Math.imul(hash ^ letter.codePointAt(0), 16_777_619);
    }
    return hash;
  };
  const step = async (button) => {
    const before = here();
    find(button).click();
    for (let tries = 0; here() === before; tries += 1) {
      if (tries > 1_000) {
        throw new Error(`no step from event ${before}`);
      }
      await new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(port1.close());
        port2.postMessage(0);
      });
    }
  };
  const first = here();
  const pictures = [];
  for (let at = 0; at < events; at += 1) {
    pictures.push(picture());
    await step(forward);
  }
  const differing = [];
  for (let at = events - 1; at >= 0; at -= 1) {
    await step(back);
    if (picture() !== pictures[at]) {
      differing.push(here());
    }
  }
  return { compared: here() === first ? events : 0, differing };
}
