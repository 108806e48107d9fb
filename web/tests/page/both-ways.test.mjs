// What gestures.test.mjs does by one hand, by the other: a finger, the keys alone, the mouse.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Lab, by } from "./playground.mjs";

describe("the other way", () => {
  let lab;
  before(async () => (lab = await Lab.open()));
  after(() => lab.close());

  /** Goes to an item of the open menu by the arrow keys, and chooses it. */
  async function walkTo(playground, deed) {
    await playground.at("menu").waitFor();
    const focused = () => playground.page.evaluate(() => document.activeElement.dataset.testid);
    await playground.eventually(async () => assert.match((await focused()) ?? "", /^menu-/));
    for (let item = 0; item < 30 && (await focused()) !== `menu-${deed}`; item += 1) {
      await playground.press("ArrowDown");
    }
    assert.equal(await focused(), `menu-${deed}`);
    await playground.press("Enter");
    await playground.counts(by("menu"), 0);
  }

  test("a member is selected by Enter, and its menu walked through by keys", async () => {
    const playground = await lab.visit({ query: "seed=42&at=60" });
    const member = playground.at("member-2");
    await member.focus();
    await playground.press("Enter");
    await playground.eventually(async () =>
      assert.equal(await member.getAttribute("aria-pressed"), "true"),
    );
    await playground.press("m");
    await walkTo(playground, "crash-losing");
    await playground.says(/loses all/);
    await playground.leave();
  });

  test("a finger that rests opens a member's menu", async () => {
    const playground = await lab.visit({ query: "seed=42&at=60" });
    const place = await playground.middle(playground.at("member-3"));
    await playground.page.evaluate(({ x, y }) => {
      const down = { pointerType: "touch", isPrimary: true, bubbles: true, clientX: x, clientY: y };
      document.elementFromPoint(x, y).dispatchEvent(new PointerEvent("pointerdown", down));
    }, place);
    await playground.at("menu").waitFor();
    assert.match(await playground.at("menu").innerText(), /^n3/);
    await playground.at("menu-crash").click();
    await playground.eventually(async () =>
      assert.equal(await playground.at("member-3").getAttribute("data-role"), "down"),
    );
    await playground.leave();
  });

  test("two messages change places, by the menu and by a key", async () => {
    const playground = await lab.visit({ query: "seed=42&members=5" });
    const leader = await playground.elect();
    await playground.stopAtEveryEvent();
    const follower = leader === "member-1" ? "2" : "1";
    await playground.press(follower, "w", "w");
    const [first, second] = [0, 1].map((at) =>
      playground.page.locator('[data-kind="MsgProp"]').nth(at),
    );
    // Once it knows the leader, it hands on what it was asked.
    await playground.stepUntil('[data-kind="MsgProp"] ~ [data-kind="MsgProp"]', "two proposals");
    const order = async () => [
      await first.getAttribute("data-message"),
      await second.getAttribute("data-message"),
    ];
    const [one, two] = await order();
    await playground.chooseOf(first, "swap");
    await playground.eventually(async () => assert.deepEqual(await order(), [two, one]));
    await first.focus();
    await playground.press("s");
    await playground.eventually(async () => assert.deepEqual(await order(), [one, two]));
    await playground.leave();
  });

  test("a link and an entry have their menus by keys", async () => {
    const playground = await lab.visit({ query: "seed=42&at=400" });
    await playground.press("1", "l", "m");
    await walkTo(playground, "cut-there");
    await playground.counts('[data-cut="n1→n2"]', 1);
    await playground.press("Shift+P");
    await playground.counts("[data-cut]", 0);
    const before = await playground.eventNumber();
    await playground.press("e");
    await playground.page.waitForFunction(() => document.activeElement.id.startsWith("entry-1-"));
    await playground.press("m");
    await walkTo(playground, "to-committed");
    await playground.eventually(async () => assert.ok((await playground.eventNumber()) < before));
    await playground.leave();
  });

  test("a partition of one way is put together by keys", async () => {
    const playground = await lab.visit({ query: "seed=42&members=3&at=60" });
    await playground.press("1", "p", "o", "Enter");
    await playground.counts(".barrier", 2);
    await playground.leave();
  });

  test("the timeline is gone along by a click", async () => {
    const playground = await lab.visit({ query: "seed=42&at=300" });
    const place = await playground.at("scrub").boundingBox();
    await playground.page.mouse.click(place.x + place.width / 2, place.y + place.height / 2);
    await playground.eventually(async () => {
      const number = await playground.eventNumber();
      assert.ok(number > 100 && number < 200, `${number}`);
    });
    await playground.leave();
  });

  test("a branch is named, and called so where it is compared", async () => {
    const playground = await lab.visit({ query: "seed=42&at=120" });
    await playground.press("f", "k");
    await playground.at("branches").click();
    await playground.at("name-A").fill("all is well");
    await playground.at("beside-A").click();
    await playground.eventually(async () =>
      assert.match(await playground.at("parting-line").innerText(), /A · all is well/),
    );
    // What is typed there is no key of the page.
    assert.equal(await playground.at("branch").innerText(), "B");
    await playground.leave();
  });

  test("a step is unfolded into its events, and each leads there", async () => {
    const playground = await lab.visit();
    await playground.page.locator(by("unfold")).or(playground.at("step-forward")).first().waitFor();
    await playground.stepUntil(by("unfold"), "a step that passes over something");
    const number = await playground.eventNumber();
    await playground.at("unfold").click();
    const events = playground.at("unfolded").locator("li");
    await events.first().waitFor();
    const passed = Number((await playground.at("unfold").innerText()).slice(1));
    assert.equal(await events.count(), Math.min(passed, 24) + 1);
    await events.first().locator("button").click();
    await playground.eventually(async () => assert.ok((await playground.eventNumber()) < number));
    await playground.counts(by("unfolded"), 0);
    await playground.leave();
  });

  test("an open dialog has the keys to itself, and closes by Escape", async () => {
    const playground = await lab.visit({ query: "seed=42&at=60" });
    await playground.at("share").click();
    await playground.at("scenario-take").click();
    await playground.at("scenario-run").click();
    await playground.at("scenario-ran").or(playground.at("scenario-error")).waitFor();
    const number = await playground.eventNumber();
    await playground.press("ArrowRight");
    await playground.press("Escape");
    await playground.page.locator("dialog").waitFor({ state: "detached" });
    assert.equal(await playground.eventNumber(), number);
    await playground.leave();
  });
});
