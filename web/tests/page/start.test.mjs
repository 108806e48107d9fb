// The first second: the page comes up, says where it is, and complains of nothing.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Lab, by } from "./playground.mjs";

describe("the page starts", () => {
  let lab;
  before(async () => (lab = await Lab.open()));
  after(() => lab.close());

  test("with three members drawn, a sentence, and no complaint of the browser", async () => {
    const playground = await lab.visit();
    assert.equal(await playground.page.locator('[data-testid^="member-"]').count(), 3);
    assert.notEqual((await playground.at("sentence").innerText()).trim(), "");
    for (const id of ["step-forward", "play", "scrub", "speed", "logs", "put", "get"]) {
      await playground.at(id).waitFor();
    }
    await playground.leave();
  });

  test("with five members when the address says so", async () => {
    const playground = await lab.visit({ query: "seed=42&members=5" });
    assert.equal(await playground.page.locator('[data-testid^="member-"]').count(), 5);
    await playground.leave();
  });

  test("in the visitor's language, and names it to screen readers", async () => {
    for (const [locale, language] of [["en-US", "en"], ["zh-CN", "zh"]]) {
      const playground = await lab.visit({ locale });
      const lang = await playground.page.locator("html").getAttribute("lang");
      assert.match(lang, new RegExp(`^${language}\\b`));
      const sentence = await playground.at("sentence").innerText();
      assert.equal(/\p{Script=Han}/u.test(sentence), language === "zh", sentence);
      await playground.leave();
    }
  });

  test("and every control is named for those who cannot see it", async () => {
    const playground = await lab.visit();
    const nameless = await playground.page.evaluate((selector) =>
      [...document.querySelectorAll(selector)]
        .filter((one) => !(one.textContent.trim() || one.ariaLabel || one.labels?.length || one.title))
        .map((one) => one.outerHTML),
      "button, input",
    );
    assert.deepEqual(nameless, []);
    assert.equal(await playground.page.locator(`${by("scrub")}[type=range]`).count(), 1);
    await playground.leave();
  });
});
