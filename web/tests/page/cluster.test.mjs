// The cluster on the page is a cluster: it commits, survives its leader, and forgets nothing.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Lab, by } from "./playground.mjs";

describe("the cluster", () => {
  let lab;
  before(async () => (lab = await Lab.open()));
  after(() => lab.close());

  test("commits what a client puts and gives it back", async () => {
    const playground = await lab.visit();
    await playground.elect();
    await playground.put("greeting", "hello");
    assert.match(await playground.get("greeting"), /hello/);
    await playground.put("greeting", "goodbye");
    assert.match(await playground.get("greeting"), /goodbye/);
    await playground.leave();
  });

  test("draws a put in the logs of all members", async () => {
    const playground = await lab.visit();
    await playground.elect();
    const before = await playground.at("logs").innerText();
    await playground.put("greeting", "hello");
    assert.notEqual(await playground.at("logs").innerText(), before);
    await playground.leave();
  });

  for (const members of [3, 5]) {
    test(`of ${members} survives a crash of its leader with all it had acknowledged`, async () => {
      const playground = await lab.visit({ query: `seed=42&members=${members}` });
      const leader = await playground.elect();
      await playground.put("kept", "before the crash");

      await playground.choose(leader, "crash");
      await playground.stepUntil(`${by(leader)}[data-role="down"]`, "the crash");
      const successor = await playground.elect(leader);
      assert.notEqual(successor, leader);
      assert.match(await playground.get("kept"), /before the crash/);
      await playground.put("after", "the crash");

      await playground.choose(leader, "restart");
      await playground.stepUntil(`${by(leader)}[data-role="follower"]`, "the restart");
      assert.match(await playground.get("after"), /the crash/);
      await playground.leave();
    });
  }

  test("an isolated leader is replaced, and yields when it is healed", async () => {
    const playground = await lab.visit();
    const leader = await playground.elect();
    await playground.choose(leader, "isolate");
    await playground.elect(leader);
    await playground.choose(leader, "heal");
    await playground.stepUntil(`${by(leader)}[data-role="follower"]`, "the old leader's yielding");
    await playground.put("healed", "yes");
    assert.match(await playground.get("healed"), /yes/);
    await playground.leave();
  });

  test("an action in the past is taken there, and the picture before it stays", async () => {
    const playground = await lab.visit();
    const leader = await playground.elect();
    await playground.stopAtEveryEvent();
    // Whoever is acted on is chosen, and stays so.
    await playground.press(leader.at(-1));
    const number = await playground.eventNumber();
    const picture = await playground.picture();
    await playground.stepForward(10);
    await playground.stepBack(10);
    await playground.choose(leader, "crash");
    await playground.stepUntil(`${by(leader)}[data-role="down"]`, "the crash");
    await playground.elect(leader);
    await playground.stepBack((await playground.eventNumber()) - number);
    assert.equal(await playground.picture(), picture);
    await playground.leave();
  });
});
