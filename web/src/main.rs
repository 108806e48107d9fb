//! The playground: a whole cluster in the browser, to stop, step, break and look into.
//!
//! The page computes no protocol fact. `quorate_core::sim` runs the members, the very code of the
//! server, in this same wasm module; [`engine`] walks through its time, [`state`] is what the page
//! is at a moment, [`draw`] and [`text`] say where and in which words a moment is shown, and
//! [`components`] turn that into elements.

mod app;
mod browser;
mod components;
mod details;
mod draw;
mod engine;
#[cfg(test)]
mod fixture;
mod gestures;
mod kept;
mod keys;
mod lanes;
mod lesson;
mod marks;
mod motion;
mod panic;
mod permalink;
mod playback;
mod state;
mod terminal;
mod text;
mod worker;

fn main() {
    if worker::is_worker() {
        return worker::listen();
    }
    panic::install();
    // What the fragment of the address says is packed, and browsers unpack in their own time.
    browser::read_link(|link| {
        let root = browser::element("page").expect("index.html has an element for the page");
        let properties = app::Properties { link };
        yew::Renderer::<app::App>::with_root_and_props(root, properties).render();
    });
}
