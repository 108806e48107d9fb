// The page's own module once more, in a worker: it looks at what may still become of a moment.
// The page says first which files it is made of.

onmessage = async ({ data: [module, wasm] }) => {
  const { default: init } = await import(module);
  // `worker.rs` listens from here on.
  await init({ module_or_path: wasm });
  postMessage("ready");
};
