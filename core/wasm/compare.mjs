// Compares the wasm build with what the native build printed:
//   trace-hash --seeds 0..20 --members 3,5 | node compare.mjs quorate_trace.wasm
// Every line on the standard input is `seed members hash`. Ends with 1 when the module imports
// anything, when a hash differs, or when there is nothing to compare.

import { readFile } from "node:fs/promises";
import { argv, exit, stdin } from "node:process";

const module = await WebAssembly.compile(await readFile(argv[2]));
const imports = WebAssembly.Module.imports(module);
if (imports.length !== 0) {
  console.error(`the core's wasm imports something: ${JSON.stringify(imports)}`);
  exit(1);
}

let text = "";
for await (const chunk of stdin) text += chunk;
const lines = text.split("\n").filter((line) => line !== "");

const { run } = (await WebAssembly.instantiate(module)).exports;
let differences = 0;
for (const line of lines) {
  const [seed, members, native] = line.split(" ");
  const wasm = BigInt.asUintN(64, run(BigInt(seed), Number(members))).toString(16).padStart(16, "0");
  if (wasm !== native) {
    console.error(`seed ${seed}, ${members} members: native ${native}, wasm ${wasm}`);
    differences += 1;
  }
}
console.log(`no imports; ${lines.length - differences} of ${lines.length} hashes are equal`);
exit(lines.length > 0 && differences === 0 ? 0 : 1);
