// Lessons: each is played through by its solution, in one language and then in the other; a mistake
// is told and led back from; what was done is kept; the page for teachers has its pictures.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";

import { Lab, by } from "./playground.mjs";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const LOCALES = ["en-US", "zh-CN"];

describe("lessons", () => {
  let lab;
  let lessons;
  before(async () => {
    lab = await Lab.open();
    const map = await (await fetch(`${lab.site.url}lessons/map.txt`)).text();
    lessons = map
      .trim()
      .split("\n")
      .map((line) => line.split("\t")[1]);
  });
  after(() => lab.close());

  test("the eight are there", () => {
    const first = [
      "first-leader",
      "one-write",
      "kill-the-leader",
      "stranded-leader",
      "pre-vote",
      "term-5-6-7",
      "snapshot-and-release",
      "learner",
    ];
    for (const id of first) {
      assert.ok(lessons.includes(id), id);
    }
  });

  test("each can be played through by its solution", async (context) => {
    for (const [place, id] of lessons.entries()) {
      await context.test(id, async () => {
        const locale = LOCALES[place % LOCALES.length];
        const playground = await lab.visit({ query: `lesson=${id}`, locale });
        await playThrough(playground);
        await playground.leave();
      });
    }
  });

  test("a mistake is named, and the way back leads to before it", async () => {
    const playground = await lab.visit({ query: "lesson=kill-the-leader" });
    const { page } = playground;
    await toBeat(playground, "do");
    const begun = await playground.eventNumber();
    await playground.choose("member-2", "crash");
    await playground.choose("member-3", "crash");
    const mistake = playground.at("lesson-mistake");
    await mistake.waitFor();
    assert.match(await mistake.innerText(), /Two of three are down/);
    assert.match(await playground.at("lesson-cause").innerText(), /of 3 voters 1 run/);
    await playground.at("lesson-to-mistake").click();
    await mistake.waitFor({ state: "detached" });
    assert.ok((await playground.eventNumber()) >= begun);
    assert.equal(await page.locator('[data-role="down"]').count(), 1);
    await playground.leave();
  });

  test("a learner's own way counts, and is kept", async () => {
    const playground = await lab.visit({ query: "lesson=one-write" });
    const { page } = playground;
    await toBeat(playground, "do");
    await playground.at("offer-put").click();
    await playground.stepUntil('[data-testid="lesson-goals"][data-done="true"]', "the goals");
    await toBeat(playground, "check");
    assert.match(await playground.at("lesson-steps").innerText(), /1 .* 1/);
    await page.reload();
    await playground.at("lessons").click();
    const entry = page.locator("li.done", { has: playground.at("lesson-one-write") });
    await entry.waitFor();
    const href = await playground.at("lesson-export").getAttribute("href");
    assert.match(decodeURIComponent(href), /one-write 1 -/);
    await playground.leave();
  });

  test("progress of another device is taken in", async () => {
    const playground = await lab.visit({ query: "lesson=" });
    await playground.at("lesson-import").setInputFiles({
      name: "quorate-lessons.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("first-leader 0 2\n"),
    });
    const entry = playground.page.locator("li.done", { has: playground.at("lesson-first-leader") });
    await entry.waitFor();
    assert.equal(await playground.at("lesson-import-error").count(), 0);
    await playground.at("lesson-import").setInputFiles({
      name: "holiday.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("Dear all,\n\nthe weather is fine.\n"),
    });
    await playground.at("lesson-import-error").waitFor();
    await entry.waitFor();
    await playground.leave();
  });

  test("the note's lines are ticked one after the other, and not with another seed", async () => {
    const playground = await lab.visit({ query: "lesson=term-5-6-7" });
    const { page } = playground;
    await toBeat(playground, "do");
    const same = () => page.locator('[data-testid="note"] tr[data-verdict="same"]').count();
    await playground.at("lesson-note").click();
    await playground.at("note").waitFor();
    const before = await same();
    await playground.at("note").locator(by("lesson-close")).click();
    await untilSolve(playground);
    await page.keyboard.press("End");
    await done(playground);
    await playground.at("lesson-note").click();
    const lines = await page.locator('[data-testid="note"] tr[data-verdict]').count();
    const differs = await page.locator('[data-testid="note"] tr[data-verdict="differs"]').count();
    assert.ok(before < 5, `${before} lines were ticked before anything had happened`);
    assert.equal(await same(), lines - differs);
    const event = await playground.eventNumber();
    await playground.press("k", "Escape");
    await playground.at("note").waitFor({ state: "detached" });
    assert.equal(await playground.eventNumber(), event, "a key went through the note");
    await playground.at("lesson-restart").click();
    await playground.at("seed").fill("3");
    await playground.at("seed").press("Enter");
    await playground.at("lesson-solve").click();
    await playground.at("seed").evaluate((input) => input.blur());
    await page.keyboard.press("End");
    await playground.at("lesson-note").click();
    await playground.at("note").waitFor();
    assert.ok((await same()) < lines - differs, "another seed says all of it, too");
    await playground.leave();
  });

  test("who leaves in the middle comes back to the beat, the run and the language", async () => {
    const playground = await lab.visit({ query: "lesson=kill-the-leader" });
    const { page } = playground;
    await toBeat(playground, "do");
    await playground.at("offer-put").click();
    await playground.stepUntil('[data-testid="lesson-goals"] [data-met="true"]', "the first goal");
    await playground.at("language").click();
    const title = page.locator(".lesson h2");
    await playground.eventually(async () =>
      assert.equal(await title.innerText(), "杀掉领导者"),
    );
    const event = await playground.eventNumber();
    await playground.link();
    await page.reload();
    await playground.at("lesson-goals").waitFor();
    assert.equal(await title.innerText(), "杀掉领导者");
    assert.equal(await playground.at("lesson").getAttribute("data-beat"), "2");
    assert.equal(await playground.eventNumber(), event);
    assert.equal(await page.locator('[data-testid="lesson-goals"] [data-met="true"]').count(), 1);
    await playground.leave();
  });

  test("another seed is another run of the lesson, and counts", async () => {
    const playground = await lab.visit({ query: "lesson=first-leader" });
    await toBeat(playground, "do");
    await playground.at("lesson-seed").click();
    await playground.eventually(async () =>
      assert.notEqual(await playground.at("seed").inputValue(), "42"),
    );
    await playground.stepUntil('[data-testid="lesson-goals"][data-done="true"]', "a leader");
    await playground.leave();
  });

  test("a promotion that comes too early is told why", async () => {
    const playground = await lab.visit({ query: "lesson=learner" });
    await toBeat(playground, "do");
    await playground.at("offer-add").click();
    await playground.stepUntil(goal(1), "a learner");
    await playground.at("offer-promote").click();
    await playground.stepUntil(goal(2), "the refusal");
    await playground.at("offer-start").click();
    await playground.stepUntil(goal(3), "the learner's x=1");
    await playground.at("offer-promote").click();
    await playground.at("lesson-mistake").waitFor();
    assert.match(await playground.at("lesson-mistake").innerText(), /does not know it yet/);
    for (let tries = 0; (await playground.page.locator(goal(4)).count()) === 0; tries += 1) {
      assert.ok(tries < 20, "it is never promoted");
      await playground.stepForward(5);
      await playground.at("offer-promote").click();
      await playground.stepForward(20);
    }
    await done(playground);
    await unlocked(playground, /strict-reconfig=off/);
    // etcd's own setting is none of Raft's rules.
    assert.equal(await playground.at("modified").count(), 0);
    await playground.leave();
  });

  test("what a lesson unlocks is a switch that is off in the same run", async () => {
    const playground = await lab.visit({ query: "lesson=pre-vote" });
    await toBeat(playground, "do");
    await playground.at("offer-isolate").click();
    await playground.stepUntil(goal(2), "n3 asks");
    await playground.at("offer-heal").click();
    await playground.stepUntil('[data-testid="lesson-goals"][data-done="true"]', "the goals");
    await unlocked(playground, /pre-vote=off/);
    // A rule that is off is told on the stage.
    assert.equal(await playground.at("modified").count(), 1);
    await playground.leave();
  });

  test("what was done before, or was shown, has no run of one's own", async () => {
    const playground = await lab.visit({ query: "lesson=" });
    const { page } = playground;
    await playground.at("lesson-import").setInputFiles({
      name: "quorate-lessons.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("pre-vote 2 -\n"),
    });
    await playground.at("lesson-pre-vote").click();
    await toBeat(playground, "check");
    await playground.at("lesson-done").waitFor();
    assert.equal(await playground.at("lesson-own-run").count(), 0);
    assert.equal(await playground.at("lesson-unlocked").count(), 0);
    await page.locator(".beats button").nth(2).click();
    await untilSolve(playground);
    await page.keyboard.press("End");
    await done(playground);
    await toBeat(playground, "check");
    await playground.at("lesson-done").waitFor();
    assert.equal(await playground.at("lesson-own-run").count(), 0);
    await playground.leave();
  });

  test("the clock of the note stands beside the goals", async () => {
    const playground = await lab.visit({ query: "lesson=term-5-6-7" });
    await toBeat(playground, "do");
    assert.match(await playground.at("lesson-time").innerText(), /19:03:55\.\d{3}/);
    await playground.leave();
  });

  test("in a frame a lesson stands beside the stage, the logs or both", async () => {
    for (const [embed, shown, hidden] of [
      ["embed=stage", ["stage"], ["logs", "share"]],
      ["embed=logs", ["logs"], ["stage", "share"]],
      ["embed", ["stage", "logs"], ["share"]],
    ]) {
      const query = `lesson=one-write&${embed}`;
      const playground = await lab.visit({ query, shows: "lesson" });
      await toBeat(playground, "do");
      await playground.at("offer-put").click();
      await playground.stepUntil('[data-testid="lesson-goals"][data-done="true"]', "the goals");
      assert.ok(await playground.at("step-forward").isVisible(), embed);
      for (const id of shown) {
        const box = await playground.at(id).boundingBox();
        assert.ok(box.width > 200 && box.height > 100, `${embed}: ${id} is ${JSON.stringify(box)}`);
        assert.ok(await playground.at(id).isVisible(), `${embed}: ${id}`);
      }
      for (const id of hidden) {
        assert.ok(!(await playground.at(id).isVisible()), `${embed}: ${id}`);
      }
      assert.ok((await playground.at("lesson-close").isVisible()), `${embed}: the lesson's head`);
      await playground.leave();
    }
  });

  test("on a phone the whole stage stands above the lesson, which folds", async () => {
    for (const id of ["one-write", "term-5-6-7"]) {
      const viewport = { width: 390, height: 844 };
      const query = `lesson=${id}`;
      const playground = await lab.visit({ query, viewport, theme: "dark", locale: "zh-CN" });
      const { page } = playground;
      await toBeat(playground, "do");
      const top = (await playground.at("lesson").boundingBox()).y;
      for (const member of await page.locator('[data-testid^="member-"]').all()) {
        const box = await member.boundingBox();
        assert.ok(box.y > 0 && box.y + box.height <= top, `${id}: ${JSON.stringify(box)} ${top}`);
      }
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(width, viewport.width);
      await playground.at("lesson-fold").click();
      assert.ok(!(await playground.at("lesson-next").isVisible()));
      assert.ok((await playground.at("lesson").boundingBox()).height < 80);
      await playground.stepForward();
      await playground.at("lesson-fold").click();
      assert.ok(await playground.at("lesson-next").isVisible());
      await playground.leave();
    }
  });

  test("there is a page for teachers, with pictures and the answers", async () => {
    const playground = await lab.visit({ query: "lesson=stranded-leader&plain", locale: "zh-CN" });
    const article = playground.at("plain-lesson");
    await article.waitFor();
    assert.ok((await article.locator("figure svg").count()) >= 4);
    assert.ok((await article.locator(".right").count()) >= 2);
    const mistakes = playground.at("plain-mistakes");
    assert.equal(await mistakes.locator("h3 + ul > li").count(), 1);
    assert.match(await mistakes.locator("li").first().innerText(), /^那是跟随者/);
    assert.ok((await mistakes.locator("li").count()) >= 3);
    assert.ok((await article.locator(".sources a").count()) >= 2);
    await playground.leave();
  });

  test("lesson, note, map and the page for teachers can be used by all", async () => {
    const axe = await readFile(AXE, "utf8");
    const check = async ({ page }, selector) => {
      await page.evaluate(axe);
      const found = await page.evaluate(
        (selector) => globalThis.axe.run(document.querySelector(selector)),
        selector,
      );
      const told = found.violations.map(({ id, nodes }) => [id, nodes[0].html]);
      assert.deepEqual(told, [], selector);
    };
    const phone = { viewport: { width: 390, height: 844 }, theme: "dark", locale: "zh-CN" };
    for (const look of [{}, phone]) {
      const lesson = await lab.visit({ query: "lesson=term-5-6-7", ...look });
      await toBeat(lesson, "do");
      await lesson.at("lesson-hint").click();
      await check(lesson, ".lesson");
      await lesson.at("lesson-note").click();
      await check(lesson, ".note-beside");
      await lesson.leave();
      const map = await lab.visit({ query: "lesson=", ...look });
      await map.at("lesson-first-leader").waitFor();
      await check(map, ".curriculum");
      await map.leave();
      const plain = await lab.visit({ query: "lesson=one-write&plain", shows: "plain-lesson", ...look });
      for (const details of await plain.page.locator("details:not([open]) summary").all()) {
        await details.click();
      }
      await check(plain, "html");
      const [wide, shown] = await plain.page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
      ]);
      assert.equal(wide, shown, "the page for teachers is wider than the screen");
      await plain.leave();
    }
  });

  test("a lesson that there is not is told so", async () => {
    const playground = await lab.visit({ query: "lesson=nonsense" });
    await playground.at("lesson-map").waitFor();
    assert.match(await playground.at("lesson-map").innerText(), /nonsense/);
    await playground.leave();
  });
});

/** Every beat from the first to the last: answers, hints, the solution, the harder one. */
async function playThrough(playground) {
  const lesson = playground.at("lesson");
  await lesson.waitFor();
  await lesson.locator(".beats li").first().waitFor();
  const beats = await lesson.locator(".beats li").count();
  assert.ok(beats >= 5 && beats <= 7, `${beats} beats`);
  for (let beat = 0; beat < beats; beat += 1) {
    assert.equal(await lesson.getAttribute("data-beat"), String(beat));
    const answers = playground.at("lesson-answer");
    if ((await answers.count()) > 0) {
      await answers.first().click();
      assert.equal(await lesson.locator(".answers .right").count(), 1);
      await lesson.locator(".answers .chosen p").waitFor();
    }
    const goals = playground.at("lesson-goals");
    const help = playground.page.locator(".hints");
    if ((await help.count()) > 0) {
      assert.equal(await goals.getAttribute("data-done"), "false");
      await untilSolve(playground);
      await playground.page.keyboard.press("End");
      await done(playground);
      assert.equal(await goals.locator('[data-met="false"]').count(), 0);
    }
    if (beat + 1 < beats) {
      await playground.at("lesson-next").click();
    }
  }
  await playground.at("lesson-done").waitFor();
  assert.equal(await playground.at("lesson-own-run").count(), 0, "the solution is nobody's own run");
}

const goal = (place) => `[data-testid="lesson-goals"] li:nth-child(${place})[data-met="true"]`;

/** From a lesson that was done to its run without what it unlocks, whose scenario says so. */
async function unlocked(playground, off) {
  const { page } = playground;
  await toBeat(playground, "check");
  assert.equal(await playground.at("lesson-own-run").count(), 1);
  await playground.at("lesson-unlocked").click();
  await page.waitForURL((url) => !url.href.includes("lesson="));
  await playground.at("stage").waitFor();
  await playground.at("share").click();
  assert.match(await playground.at("scenario-text").inputValue(), off);
}

/** All hints, and then the solution. */
async function untilSolve(playground) {
  while ((await playground.at("lesson-hint").count()) > 0) {
    await playground.at("lesson-hint").click();
  }
  await playground.at("lesson-solve").click();
}

async function done(playground) {
  await playground.page.locator('[data-testid="lesson-goals"][data-done="true"]').waitFor();
}

const BEATS = ["hook", "predict", "do", "see", "explain", "check", "harder"];

async function toBeat(playground, wanted) {
  await playground.at("lesson").waitFor();
  const place = BEATS.indexOf(wanted);
  for (;;) {
    const beat = Number(await playground.at("lesson").getAttribute("data-beat"));
    if (beat >= place) {
      return;
    }
    await playground.at("lesson-next").click();
  }
}
