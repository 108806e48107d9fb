// Each gesture and each key of the playground's two tables, once, and the state that follows.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Lab, by } from "./playground.mjs";

describe("gestures", () => {
  let lab;
  before(async () => (lab = await Lab.open()));
  after(() => lab.close());

  const trace = (playground) => playground.at("trace-hash").innerText();

  test("a member is selected by a click, moved by a drag, and has a menu", async () => {
    const playground = await lab.visit({ query: "seed=42&at=60" });
    const member = playground.at("member-2");
    await member.click();
    await playground.eventually(async () =>
      assert.equal(await member.getAttribute("aria-pressed"), "true"),
    );
    const from = await playground.middle(member);
    await playground.drag([from, { x: from.x - 120, y: from.y - 40 }]);
    const to = await playground.middle(member);
    assert.ok(from.x - to.x > 80 && from.y - to.y > 20, "it did not follow the drag");

    const deeds = [
      ["pause", /stands still/],
      ["pause", /goes on/],
      ["faster", /125%/],
      ["slower", /100%/],
      ["hold-sync", /fsyncs are held/],
      ["hold-sync", /released/],
      ["campaign", /timer runs out/],
      ["isolate", /links of n2 are cut/],
      ["crash-losing", /loses all/],
      ["restart", /starts again/],
    ];
    for (const [deed, sentence] of deeds) {
      await playground.choose("member-2", deed);
      await playground.says(sentence);
    }
    await playground.leave();
  });

  test("a message is selected, and taken in hand by its menu", async () => {
    const playground = await lab.visit({ query: "seed=42&members=5" });
    await playground.elect();
    await playground.stopAtEveryEvent();
    await playground.press("w");
    let message = await playground.message("MsgApp");
    await message.click({ force: true });
    await playground.eventually(async () =>
      assert.match(await playground.at("inspector").innerText(), /MsgApp/),
    );
    await playground.chooseOf(message, "hold");
    await playground.counts(".pill.held", 1);
    await playground.chooseOf(message, "hold");
    await playground.counts(".pill.held", 0);

    message = await playground.message("MsgApp");
    await playground.chooseOf(message, "drop");
    await playground.eventually(async () =>
      assert.match(await playground.page.locator(".pill.lost .why").textContent(), /dropped/),
    );
    message = await playground.message("MsgAppResp");
    await playground.chooseOf(message, "duplicate");
    await playground.says(/once more/);
    await playground.chooseOf(message, "later");
    await playground.says(/another time/);
    await playground.chooseOf(message, "deliver");
    await playground.says(/delivered by hand/);
    await playground.eventually(async () => assert.equal(await message.count(), 0));
    await playground.leave();
  });

  test("a message is timed anew by a drag along its link", async () => {
    const playground = await lab.visit();
    const leader = await playground.elect();
    await playground.stopAtEveryEvent();
    const message = await playground.message("MsgApp");
    const way = await message.getAttribute("data-way");
    const to = await playground.middle(playground.at(`member-${way.split("-")[1]}`));
    const before = await playground.eventNumber();
    await playground.drag([await playground.middle(message), to]);
    await playground.eventually(async () =>
      assert.equal(await playground.eventNumber(), before + 1),
    );
    await playground.says(/another time/);
    assert.ok(leader);
    await playground.leave();
  });

  test("a link is selected, cut one way, cut, mended, and bent", async () => {
    const playground = await lab.visit({ query: "seed=42&at=60" });
    const { page } = playground;
    const link = playground.at("link-2-3");
    /** The middle of the link's way, bent or not. */
    const middle = () =>
      link.evaluate((path) => {
        const point = path.getPointAtLength(path.getTotalLength() / 2);
        const { x, y } = point.matrixTransform(path.getScreenCTM());
        return { x, y };
      });
    const choose = async (deed) => {
      const place = await middle();
      await page.mouse.click(place.x, place.y, { button: "right" });
      await playground.at(`menu-${deed}`).click();
    };
    const place = await middle();
    await page.mouse.click(place.x, place.y);
    await playground.eventually(async () =>
      assert.match(await playground.at("inspector").innerText(), /n2 → n3/),
    );
    await choose("cut-there");
    await playground.counts('[data-cut="n2→n3"]', 1);
    await choose("cut");
    await playground.counts("[data-cut]", 0);
    await choose("cut");
    await playground.counts('[data-cut="n2-n3"]', 1);
    await choose("cut");
    await choose("longer");
    await playground.says(/take \d+ to \d+ ms/);
    await choose("usual");
    await playground.says(/whole again/);
    await playground.drag([place, { x: place.x, y: place.y - 70 }]);
    await playground.says(/take \d+ to \d+ ms/);
    await playground.leave();
  });

  test("a line across the stage cuts what it crosses, with Alt one way", async () => {
    const playground = await lab.visit({ query: "seed=42&at=60" });
    const first = await playground.middle(playground.at("member-1"));
    const stage = await playground.at("stage").boundingBox();
    const y = first.y + 95;
    const line = [
      { x: stage.x + 12, y },
      { x: stage.x + stage.width - 12, y },
    ];
    await playground.drag(line);
    await playground.counts(".link.cut", 2);
    await playground.says(/parted/);
    await playground.at("undo").click();
    await playground.drag(line, { alt: true });
    await playground.counts(".barrier", 2);
    await playground.leave();
  });

  test("an entry is selected, and leads to when it was written, synced, committed", async () => {
    const playground = await lab.visit();
    await playground.elect();
    await playground.put("x", "1");
    await playground.stepForward(20);
    const end = await playground.eventNumber();
    const entries = playground.page.locator('[data-testid^="entry-1-"]');
    const id = await entries.filter({ hasText: "x=1" }).getAttribute("data-testid");
    const entry = playground.at(id);
    await entry.click();
    await playground.eventually(async () =>
      assert.match(await playground.at("inspector").innerText(), /x=1/),
    );
    const places = [];
    for (const deed of ["to-written", "to-synced", "to-committed"]) {
      await entry.click({ button: "right" });
      await playground.at(`menu-${deed}`).click();
      places.push(await playground.eventNumber());
      await playground.at("scrub").fill(String(end));
    }
    assert.ok(places[0] <= places[1] && places[1] <= places[2] && places[2] <= end, `${places}`);
    await playground.leave();
  });

  test("the timeline is scrubbed, and forked by its menu; both futures are kept", async () => {
    const playground = await lab.visit({ query: "seed=42&at=300" });
    const there = await trace(playground);
    await playground.at("scrub").fill("120");
    await playground.eventually(async () => assert.equal(await playground.eventNumber(), 120));
    await playground.at("scrub").click({ button: "right" });
    await playground.at("menu-fork").click();
    await playground.eventually(async () =>
      assert.equal(await playground.at("branch").innerText(), "B"),
    );
    await playground.press("k");
    await playground.stepForward(5);
    const here = await trace(playground);
    assert.notEqual(here, there);

    await playground.at("branches").click();
    await playground.at("beside-A").click();
    await playground.eventually(async () =>
      assert.match(await playground.at("parting-line").innerText(), /120[^]*crash n1/),
    );
    await playground.counts(by("second-stage"), 1);
    await playground.counts(by("parting"), 1);
    await playground.at("go-A").click();
    await playground.eventually(async () =>
      assert.equal(await playground.at("branch").innerText(), "A"),
    );
    await playground.at("scrub").fill("300");
    await playground.eventually(async () => assert.equal(await trace(playground), there));
    await playground.at("go-B").click();
    await playground.eventually(async () => assert.equal(await trace(playground), here));
    await playground.leave();
  });
});

describe("keys", () => {
  let lab;
  before(async () => (lab = await Lab.open()));
  after(() => lab.close());

  test("step, play, jump, and go to both ends", async () => {
    const playground = await lab.visit();
    await playground.elect();
    const { page } = playground;
    const start = await playground.eventNumber();
    await playground.press("Space");
    await playground.eventually(async () => assert.ok((await playground.eventNumber()) > start));
    await playground.press("ArrowLeft");
    await playground.eventually(async () => assert.equal(await playground.eventNumber(), start));
    await playground.press("ArrowRight");
    await playground.eventually(async () => assert.ok((await playground.eventNumber()) > start));
    await playground.press("Shift+ArrowRight");
    const turn = await playground.eventNumber();
    await playground.press("Shift+ArrowLeft");
    await playground.eventually(async () => assert.ok((await playground.eventNumber()) < turn));
    await playground.press("Home");
    await playground.eventually(async () => assert.equal(await playground.eventNumber(), 1));
    await playground.press("End");
    await playground.eventually(async () => assert.equal(await playground.eventNumber(), turn));
    await playground.press("Shift+Space");
    await playground.eventually(async () =>
      assert.equal(await playground.at("play").getAttribute("aria-pressed"), "true"),
    );
    await playground.press("Shift+Space");
    await playground.eventually(async () =>
      assert.equal(await playground.at("play").getAttribute("aria-pressed"), "false"),
    );
    await playground.at("jump-election").click({ modifiers: ["Shift"] });
    await playground.eventually(async () => assert.ok((await playground.eventNumber()) < turn));
    await playground.at("jump-commit").click();
    await playground.eventually(async () =>
      assert.ok(await page.locator(by("sentence")).innerText()),
    );
    await playground.leave();
  });

  test("Tab goes through a member's messages as they will arrive, and keys act on each", async () => {
    const playground = await lab.visit({ query: "seed=42&members=5" });
    const leader = await playground.elect();
    await playground.stopAtEveryEvent();
    await playground.message("MsgAppResp");
    await playground.at(leader).focus();
    const number = leader.replace("member-", "");
    const order = await playground.page
      .locator(`[data-message][data-way$="-${number}"]`)
      .evaluateAll((messages) => messages.map((one) => one.dataset.message));
    assert.ok(order.length > 0);
    for (const id of order) {
      await playground.press("Tab");
      const focused = () =>
        playground.page.evaluate(() => document.activeElement.dataset.message);
      await playground.eventually(async () => assert.equal(await focused(), id));
      await playground.counts(".pill.selected", 1);
    }
    // What is forwarded must not come twice; an answer may.
    const answer = playground.page.locator(
      `[data-kind="MsgAppResp"][data-way$="-${number}"]`,
    );
    const last = playground.page.locator(
      `[data-message="${await answer.first().getAttribute("data-message")}"]`,
    );
    await last.focus();
    await playground.press("h");
    await playground.counts(".pill.held", 1);
    await playground.press("u");
    await playground.says(/once more/);
    await last.focus();
    await playground.press("Enter");
    await playground.says(/delivered by hand/);
    const next = await playground.message("MsgApp");
    await next.focus();
    await playground.press(".");
    await playground.says(/another time/);
    await playground.press(",");
    await playground.press("d");
    await playground.eventually(async () =>
      assert.match(await playground.page.locator(".pill.lost .why").textContent(), /dropped/),
    );
    await playground.leave();
  });

  test("the member's, the link's, the partition's and the page's", async () => {
    const playground = await lab.visit({ query: "seed=42&members=5&at=60" });
    const { page } = playground;
    const pressed = (node) => playground.at(`member-${node}`).getAttribute("aria-pressed");
    await playground.press("3");
    await playground.eventually(async () => assert.equal(await pressed(3), "true"));
    await playground.press("k");
    await playground.eventually(async () =>
      assert.equal(await playground.at("member-3").getAttribute("data-role"), "down"),
    );
    await playground.press("k", "2", "i");
    await playground.says(/links of n2 are cut/);
    await playground.press("Shift+P");
    await playground.says(/whole again/);
    await playground.press("t");
    await playground.says(/timer runs out/);
    await playground.press("]");
    await playground.says(/125%/);
    await playground.press("v", "v", "y");
    await playground.says(/fsyncs are held/);
    await playground.press("y", "l", "x");
    await playground.counts('[data-cut="n1-n2"]', 1);
    await playground.press("x", "]");
    await playground.says(/take \d+ to \d+ ms/);

    await playground.press("1", "p", "2");
    await playground.eventually(async () =>
      assert.match(await playground.at("split").innerText(), /n1 n2/),
    );
    await playground.press("Enter");
    await playground.counts(".link.cut", 6);
    await playground.press("z");
    await playground.counts(".link.cut", 0);

    const from = await playground.middle(playground.at("member-1"));
    await playground.press("g", "ArrowDown", "ArrowDown", "Escape");
    await playground.eventually(async () =>
      assert.ok((await playground.middle(playground.at("member-1"))).y > from.y + 10),
    );
    await playground.press("m");
    await playground.at("menu").waitFor();
    await playground.press("ArrowDown", "Escape");
    await playground.counts(by("menu"), 0);

    await playground.press("w");
    await playground.says(/put x=1/);
    await playground.press("r");
    await playground.says(/asks n1 for x/);
    await playground.press("f");
    await playground.eventually(async () =>
      assert.notEqual(await playground.at("branch").innerText(), "A"),
    );
    await playground.press("?");
    await page.locator("dialog[open]").waitFor();
    await playground.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await playground.leave();
  });

  test("lead into the logs and through them", async () => {
    const playground = await lab.visit();
    await playground.elect();
    await playground.stepForward(10);
    await playground.press("1", "e");
    // The focus follows once the entry is drawn.
    const focused = async (id) => {
      const found = await playground.page.waitForFunction(
        (id) => document.activeElement.id.match(id)?.[0],
        id,
      );
      return found.jsonValue();
    };
    const first = await focused("^entry-1-\\d+$");
    const index = Number(first.split("-")[2]);
    await playground.press("ArrowUp");
    await focused(`^entry-1-${index - 1}$`);
    await playground.press("ArrowRight");
    await focused(`^entry-2-${index - 1}$`);
    await playground.leave();
  });
});

describe("members, rules and the inside", () => {
  let lab;
  before(async () => (lab = await Lab.open()));
  after(() => lab.close());

  test("a learner is added by the stage's menu and promoted by its own", async () => {
    const playground = await lab.visit();
    await playground.elect();
    // A cluster that is not well yet takes nobody in.
    await playground.stepForward(60);
    await playground.press("Shift+M");
    await playground.at("menu-add-learner").click();
    await playground.page.locator(by("member-4")).waitFor();
    for (let tries = 0; tries < 20; tries += 1) {
      await playground.stepForward(20);
      if ((await playground.page.locator(".member.learner").count()) === 1) {
        break;
      }
      await playground.choose("member-4", "add-learner");
    }
    await playground.counts(".member.learner", 1);
    await playground.stepUntil(
      `${by("member-4")}[data-role="follower"]:not([data-term="0"])`,
      "the learner's first append",
    );
    for (let tries = 0; tries < 40; tries += 1) {
      await playground.choose("member-4", "promote");
      await playground.stepForward(12);
      if ((await playground.page.locator(".member.learner").count()) === 0) {
        break;
      }
    }
    await playground.counts(".member.learner", 0);
    await playground.choose("member-4", "make-leader");
    await playground.stepUntil(`${by("member-4")}[data-role="leader"]`, "its leadership");
    await playground.leave();
  });

  test("a rule that is switched off is said in a banner, and the world begins anew", async () => {
    const playground = await lab.visit({ query: "seed=7&at=80" });
    await playground.at("rules").click();
    await playground.at("rule-pre-vote").uncheck();
    await playground.eventually(async () =>
      assert.match(await playground.at("modified").innerText(), /PreVote/),
    );
    await playground.eventually(async () => assert.equal(await playground.eventNumber(), 1));
    await playground.at("rule-pre-vote").check();
    await playground.counts(by("modified"), 0);
    await playground.leave();
  });

  test("a put lights up the stations inside the leader, one after another", async () => {
    const playground = await lab.visit();
    const leader = await playground.elect();
    await playground.stopAtEveryEvent();
    await playground.press(leader.replace("member-", ""), "o", "w");
    const lit = () =>
      playground.page
        .locator('.station[data-lit="true"]')
        .evaluateAll((stations) => stations.map((one) => one.dataset.testid));
    const first = await lit();
    for (const station of ["client", "quota", "propose", "raft"]) {
      assert.ok(first.includes(`station-${station}`), `${station}: ${first}`);
    }
    const seen = new Set(first);
    for (let step = 0; step < 60; step += 1) {
      await playground.press("ArrowRight");
      (await lit()).forEach((station) => seen.add(station));
    }
    assert.equal(seen.size, 12, [...seen].join());
    await playground.press("Escape");
    await playground.at("stage").waitFor();
    await playground.leave();
  });
});
