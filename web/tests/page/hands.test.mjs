// What a hand does on the page: keys, links, the switches of the head, and motion.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Lab } from "./playground.mjs";

describe("the page in the hand", () => {
  let lab;
  before(async () => (lab = await Lab.open()));
  after(() => lab.close());

  test("obeys the keys, and leaves them to who types", async () => {
    const playground = await lab.visit({ query: "seed=42&at=60" });
    const { keyboard } = playground.page;
    const start = await playground.eventNumber();
    await keyboard.press("Space");
    const stepped = await playground.eventNumber();
    assert.ok(stepped > start);
    await keyboard.press("ArrowLeft");
    assert.equal(await playground.eventNumber(), start);
    await keyboard.press("End");
    assert.ok((await playground.eventNumber()) >= stepped);
    await keyboard.press("Home");
    assert.equal(await playground.eventNumber(), 1);

    await keyboard.press("2");
    assert.equal(await playground.at("member-2").getAttribute("aria-pressed"), "true");
    await keyboard.press("k");
    assert.equal(await playground.at("member-2").getAttribute("data-role"), "down");
    await keyboard.press("z");
    assert.equal(await playground.at("member-2").getAttribute("data-role"), "follower");

    await playground.at("put-key").focus();
    await keyboard.type("k 3");
    assert.equal(await playground.at("member-2").getAttribute("data-role"), "follower");
    assert.equal(await playground.at("member-2").getAttribute("aria-pressed"), "true");
    await playground.leave();
  });

  test("selects by Enter, and opens and closes its help by keys", async () => {
    const playground = await lab.visit({ query: "seed=42&at=60" });
    await playground.at("member-3").focus();
    await playground.page.keyboard.press("Enter");
    assert.equal(await playground.at("member-3").getAttribute("aria-pressed"), "true");
    await playground.page.keyboard.press("?");
    await playground.page.locator("dialog[open]").waitFor();
    await playground.page.keyboard.press("Escape");
    await playground.page.locator("dialog").waitFor({ state: "detached" });
    await playground.leave();
  });

  test("keeps seed, place and actions in the address, and comes back from it", async () => {
    const playground = await lab.visit({ query: "seed=9&members=5" });
    const leader = await playground.elect();
    await playground.put("greeting", "hello, 世界");
    await playground.choose(leader, "crash");
    await playground.stepForward(5);
    const number = await playground.eventNumber();
    const hash = await playground.at("trace-hash").innerText();
    const { hash: fragment } = new URL(await playground.link());
    const shapes = await roles(playground);
    await playground.leave();

    const again = await lab.visit({ query: "", fragment });
    assert.equal(await again.eventNumber(), number);
    assert.equal(await again.at("trace-hash").innerText(), hash);
    assert.deepEqual(await roles(again), shapes);
    await again.leave();
  });

  test("says what is wrong with a link, and starts all the same", async () => {
    const playground = await lab.visit({ query: "seed=42&members=8" });
    assert.match(await playground.at("notice").innerText(), /members=8.*1 to 7/);
    assert.equal(await playground.eventNumber(), 1);
    await playground.stepForward();
    await playground.leave();
  });

  test("changes members, seed, language and theme", async () => {
    const playground = await lab.visit();
    const { page } = playground;
    await playground.at("members").selectOption("5");
    assert.equal(await page.locator('[data-testid^="member-"]').count(), 5);
    await playground.at("seed").fill("1234");
    await playground.at("seed").press("Enter");
    await page.waitForURL(/seed=1234/);
    await playground.at("language").click();
    assert.match(await playground.at("sentence").innerText(), /\p{Script=Han}/u);
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await playground.at("theme").click();
    await playground.at("theme").click();
    assert.notEqual(await background(), light);
    await page.reload();
    await playground.at("stage").waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
    assert.notEqual(await background(), light);
    await playground.leave();
  });

  test("moves what is under way while it plays, and shows a whole moment when it pauses", async () => {
    const playground = await lab.visit({ motion: "no-preference" });
    const { page } = playground;
    await playground.elect();
    await playground.at("speed").selectOption("100");
    await playground.at("play").click();
    const places = await page.evaluate(async () => {
      const seen = new Set();
      for (let frame = 0; frame < 40; frame += 1) {
        const pill = document.querySelector(".messages .pill");
        if (pill) {
          seen.add(`${pill.id} ${pill.getAttribute("transform")}`);
        }
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      return seen.size;
    });
    assert.ok(places > 10, `a message was seen at ${places} places only`);
    await playground.at("play").click();
    const paused = await playground.picture();
    const scrub = playground.at("scrub");
    const value = await scrub.inputValue();
    await scrub.fill("1");
    await scrub.fill(value);
    assert.equal(await playground.picture(), paused);
    await playground.leave();
  });
});

const roles = (playground) =>
  playground.page
    .locator('[data-testid^="member-"]')
    .evaluateAll((members) => members.map((one) => [one.dataset.role, one.dataset.term]));
