// Links, files, and what becomes of the page when something goes wrong or there is no network.

import assert from "node:assert/strict";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { Lab, by } from "./playground.mjs";

describe("links and files", () => {
  let lab;
  before(async () => (lab = await Lab.open()));
  after(() => lab.close());

  test("a link opened in a new tab shows the same run, packed when it is long", async () => {
    const playground = await lab.visit({ query: "seed=9&members=5" });
    const leader = await playground.elect();
    for (let number = 0; number < 6; number += 1) {
      await playground.put(`key ${number}`, "值");
    }
    await playground.choose(leader, "crash");
    await playground.stepForward(5);
    const [number, hash] = await place(playground);
    const url = await playground.link();
    assert.match(url, /#1\.[\w-]+$/);
    const tab = await playground.page.context().newPage();
    await tab.goto(url);
    await tab.locator(by("stage")).waitFor();
    assert.equal(await tab.locator(by("event-number")).innerText(), String(number));
    assert.equal(await tab.locator(by("trace-hash")).innerText(), hash);
    await playground.leave();
  });

  test("a short link can be read, and one of the old kind still leads somewhere", async () => {
    const playground = await lab.visit({ query: "seed=42&at=60" });
    await playground.stepForward();
    const url = await playground.link();
    assert.match(url, /#members=3&seed=42&at=\d+$/);
    const [, hash] = await place(playground);
    await playground.leave();
    const again = await lab.visit({ query: "", fragment: new URL(url).hash });
    assert.equal((await place(again))[1], hash);
    await again.leave();
  });

  test("of a broken link what can be read is shown, with a word", async () => {
    const playground = await lab.visit({ query: "seed=7&at=90&do=12:crash:1,40:jump:2" });
    assert.match(await playground.at("notice").innerText(), /40:jump:2/);
    assert.equal(await playground.at("member-1").getAttribute("data-role"), "down");
    for (let number = 0; number < 8; number += 1) {
      await playground.put(`key ${number}`, "a value that is long enough to be packed");
    }
    const { hash: fragment } = new URL(await playground.link());
    await playground.leave();

    const cut = await lab.visit({ query: "", fragment: fragment.slice(0, -30) });
    assert.match(await cut.at("notice").innerText(), /damaged/);
    assert.equal(await cut.at("seed").inputValue(), "7");
    await cut.leave();
    const newer = await lab.visit({ query: "", fragment: `#9.${fragment.slice(3)}` });
    assert.match(await newer.at("notice").innerText(), /newer version/);
    await newer.leave();
  });

  test("a run is saved as a file, and the file brings it back", async () => {
    const playground = await lab.visit({ query: "seed=5&at=300" });
    await playground.put("x", "1");
    const [, hash] = await place(playground);
    await playground.at("share").click();
    const saving = playground.page.waitForEvent("download");
    await playground.at("scenario-save").click();
    const file = join(await mkdtemp(join(tmpdir(), "quorate-")), "run.txt");
    await (await saving).saveAs(file);
    const text = await readFile(file, "utf8");
    assert.match(text, /^world members=3 seed=5\n/);
    await playground.leave();

    const other = await lab.visit({ query: "seed=1" });
    await other.at("share").click();
    await other.at("scenario").setInputFiles(file);
    await other.at("scenario-ran").waitFor();
    assert.equal((await place(other))[1], hash);
    await other.leave();
  });

  test("a scenario is edited and run, and told where it is wrong", async () => {
    const playground = await lab.visit();
    await playground.at("share").click();
    const text = playground.at("scenario-text");
    await text.fill("world members=5 seed=3\nuntil leader\nputt x=1 at n1\n");
    await playground.at("scenario-run").click();
    assert.match(await playground.at("scenario-error").innerText(), /scenario:3:1: .*"put"/);
    await text.fill("world members=5 seed=3\nuntil leader\nput x=1 at n1\nuntil answered\n");
    await playground.at("scenario-run").click();
    await playground.at("scenario-ran").waitFor();
    await playground.page.keyboard.press("Escape");
    assert.equal(await playground.page.locator('[data-testid^="member-"]').count(), 5);
    await playground.leave();
  });
});

describe("when something goes wrong", () => {
  let lab;
  before(async () => (lab = await Lab.open()));
  after(() => lab.close());

  test("nothing is loaded from another host", async () => {
    const playground = await lab.visit({ query: "seed=42" });
    const hosts = new Set();
    playground.page.on("request", (request) => hosts.add(new URL(request.url()).host));
    await playground.page.reload();
    await playground.at("stage").waitFor();
    await playground.elect();
    await playground.at("tab-kv").click();
    const own = new URL(lab.site.url).host;
    hosts.delete(own);
    hosts.delete("");
    assert.deepEqual([...hosts], []);
    await playground.leave();
  });

  test("it opens without a network after the first visit", async () => {
    const playground = await lab.visit({ query: "seed=42&at=60" });
    const { page } = playground;
    await page.waitForFunction(async () => {
      await navigator.serviceWorker.ready;
      const kept = await caches.open("quorate-1");
      const names = (await kept.keys()).map(({ url }) => url);
      return names.some((name) => name.endsWith(".wasm")) && names.some((name) => name.endsWith("/"));
    });
    const hash = await playground.at("trace-hash").innerText();
    await page.context().setOffline(true);
    await page.reload();
    await playground.at("stage").waitFor();
    assert.equal(await playground.at("trace-hash").innerText(), hash);
    await page.context().setOffline(false);
    await playground.leave();
  });

  // Elements that are taken from under its hands make the page's framework panic: a true panic of
  // the module, as a mistake in the engine would be.
  test("a panic tells seed and actions, and offers a replay", async () => {
    const playground = await lab.visit({ query: "seed=42&at=300" });
    const { page } = playground;
    await playground.put("x", "1");
    const [number] = await place(playground);
    await playground.link();
    await page.evaluate(() => {
      Node.prototype.insertBefore = () => {
        throw new Error("no element can be put anywhere");
      };
      Node.prototype.appendChild = Node.prototype.insertBefore;
    });
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowRight");
    await playground.at("terminal-toggle").click({ force: true });
    const failure = page.locator("#failure");
    await failure.waitFor();
    const report = await failure.locator("pre").innerText();
    assert.match(report, /panicked at|unreachable/);
    assert.match(report, /world members=3 seed=42/);
    assert.match(report, /put x=1 at n1/);
    playground.complaints.length = 0;
    await playground.at("failure-replay").click();
    await playground.at("stage").waitFor();
    assert.ok(Math.abs((await playground.eventNumber()) - number) <= 60);
    playground.complaints.length = 0;
    await playground.leave();
  });

  test("a browser that lacks something is told what", async () => {
    const context = await lab.browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(() => delete globalThis.WebAssembly);
    await page.goto(lab.site.url);
    await page.locator("#failure").waitFor();
    assert.match(await page.locator("#failure").innerText(), /WebAssembly/);
    await context.close();
  });

  test("in a frame it shows the stage alone, the logs alone, or all", async () => {
    for (const [embed, shown, hidden] of [
      ["stage", "stage", "logs"],
      ["logs", "logs", "stage"],
    ]) {
      const playground = await lab.visit({ query: `embed=${embed}&seed=42&at=200`, shows: shown });
      assert.ok(await playground.at(shown).isVisible(), `${embed}: ${shown}`);
      assert.ok(!(await playground.at(hidden).isVisible()), `${embed}: ${hidden}`);
      assert.ok(await playground.at("step-forward").isVisible());
      await playground.stepForward();
      assert.match(await playground.link(), new RegExp(`\\?embed=${embed}#`));
      await playground.leave();
    }
    const playground = await lab.visit({ query: "embed=full&seed=42" });
    assert.ok(await playground.at("logs").isVisible());
    assert.ok(await playground.at("stage").isVisible());
    await playground.leave();
  });
});

const place = async (playground) => [
  await playground.eventNumber(),
  await playground.at("trace-hash").innerText(),
];
