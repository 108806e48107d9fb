// The page's own module once more, in a worker: it looks at what may still become of a moment.
// Which files it is made of stands behind the `#` of this worker's address.

const [module, wasm] = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const { default: init } = await import(module);
await init({ module_or_path: wasm });
// `worker.rs` listens from here on.
postMessage("ready");
