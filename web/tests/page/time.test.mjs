// Time on the page: it goes forward, it goes back, and a moment always looks the same.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Lab, by } from "./playground.mjs";

describe("time", () => {
  let lab;
  before(async () => (lab = await Lab.open()));
  after(() => lab.close());

  test("an election ends with one leader", async () => {
    const playground = await lab.visit();
    const leader = await playground.elect();
    assert.match(leader, /^member-\d$/);
    assert.equal(await playground.page.locator('[data-role="leader"]').count(), 1);
    await playground.leave();
  });

  test("five steps forward and five back give the very same picture", async () => {
    const playground = await lab.visit();
    await playground.elect();
    await playground.stopAtEveryEvent();
    for (let round = 0; round < 3; round += 1) {
      const number = await playground.eventNumber();
      const picture = await playground.picture();
      await playground.stepForward(5);
      assert.equal(await playground.eventNumber(), number + 5);
      assert.notEqual(await playground.picture(), picture, "five events change nothing");
      await playground.stepBack(5);
      assert.equal(await playground.eventNumber(), number);
      assert.equal(await playground.picture(), picture);
      await playground.stepForward(7);
    }
    await playground.leave();
  });

  test("the scrubber leads to the beginning and back to the very same picture", async () => {
    const playground = await lab.visit();
    await playground.elect();
    const number = await playground.eventNumber();
    const picture = await playground.picture();
    const scrub = playground.at("scrub");
    const value = await scrub.inputValue();
    await scrub.fill(await scrub.getAttribute("min"));
    assert.notEqual(await playground.picture(), picture);
    await scrub.fill(value);
    assert.equal(await playground.eventNumber(), number);
    assert.equal(await playground.picture(), picture);
    await playground.leave();
  });

  test("play goes on by itself and pauses at once", async () => {
    const playground = await lab.visit();
    const number = await playground.eventNumber();
    await playground.at("play").click();
    await playground.page.waitForFunction(
      ([selector, from]) =>
        Number(document.querySelector(selector).textContent.match(/\d+/)[0]) > from + 2,
      [by("event-number"), number],
    );
    await playground.at("play").click();
    const paused = await playground.eventNumber();
    await playground.page.waitForTimeout(500);
    assert.ok((await playground.eventNumber()) - paused <= 1, "it goes on after the pause");
    await playground.leave();
  });

  test("the seed in the address gives the same course of events again", async () => {
    const course = async (query) => {
      const playground = await lab.visit({ query });
      const leader = await playground.elect();
      const seen = { leader, number: await playground.eventNumber() };
      const picture = await playground.picture();
      const address = playground.page.url();
      await playground.leave();
      return { seen, picture, address };
    };
    const first = await course("seed=7");
    assert.match(first.address, /\bseed=7\b/, "the address still names the seed");
    const again = await course(new URL(first.address).search.slice(1) || "seed=7");
    assert.deepEqual(again.seen, first.seen);
    assert.equal(again.picture, first.picture);
    const others = await Promise.all(["seed=8", "seed=9", "seed=10"].map(course));
    assert.ok(others.some((other) => other.picture !== first.picture), "the seed changes nothing");
  });
});
