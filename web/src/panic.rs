//! A panic is a bug of ours: it is said on the page, with what helps to find it.

use wasm_bindgen::{JsCast, JsValue};

/// From now on a panic is shown on the page and in the console.
pub(crate) fn install() {
    std::panic::set_hook(Box::new(|info| {
        let text = info.to_string();
        let window = gloo::utils::window();
        // `index.html` defines it, before anything of ours runs.
        let Ok(show) = js_sys::Reflect::get(&window, &JsValue::from_str("quorateFailed")) else {
            return;
        };
        if let Some(show) = show.dyn_ref::<js_sys::Function>() {
            let _ = show.call1(&JsValue::NULL, &JsValue::from_str(&text));
        }
    }));
}
