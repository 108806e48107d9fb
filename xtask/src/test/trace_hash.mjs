// Runs the core's own wasm module and prints the hash of the trace of each seed.
//
//   node trace_hash.mjs MODULE.wasm SEEDS
//
// The module must import nothing: whatever it could import (a clock, entropy, a console) would be
// a way for two hosts to differ. It exports `run(seed: u64, members: u32) -> u64`.

import { readFileSync } from "node:fs";
import process from "node:process";

const [path, seeds] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(path));

const imports = WebAssembly.Module.imports(module);
if (imports.length > 0) {
  const names = imports.map((one) => `${one.module}.${one.name} (${one.kind})`);
  console.error(`the core's module imports ${names.join(", ")}; it must import nothing`);
  process.exit(1);
}

const { run } = new WebAssembly.Instance(module, {}).exports;
for (let seed = 0n; seed < BigInt(seeds); seed += 1n) {
  for (const members of [3, 5]) {
    const hash = BigInt.asUintN(64, run(seed, members));
    console.log(`seed=${seed} members=${members} hash=${hash.toString(16).padStart(16, "0")}`);
  }
}
