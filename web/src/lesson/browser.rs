//! Fetching lessons, and keeping what has been done in them.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Response;

use super::map::text_language;
use super::{LessonMessage, Progress, Want};
use crate::browser;

const PROGRESS: &str = "quorate.lessons";

/// What had been done.
pub(crate) fn kept() -> Progress {
    Progress::read(&browser::kept(PROGRESS).unwrap_or_default())
}

/// Keeps what has been done. Where storage is forbidden, it lasts for the visit.
pub(crate) fn keep(progress: &Progress) {
    browser::store(PROGRESS, &progress.write());
}

/// Fetches what is wanted, and tells it, or why it did not come.
pub(crate) fn fetch(want: &Want, tell: impl Fn(LessonMessage) + Clone + 'static) {
    let (file, loaded): (String, Box<dyn Fn(String) -> LessonMessage>) = match want {
        Want::Map => ("map.txt".to_owned(), Box::new(LessonMessage::Mapped)),
        Want::Lesson(folder, language) => {
            let (folder, language) = (folder.clone(), *language);
            let tag = text_language(language).tag();
            (
                format!("{folder}.{tag}.txt"),
                Box::new(move |text| LessonMessage::Loaded(folder.clone(), language, text)),
            )
        }
    };
    let url = format!("lessons/{file}");
    let failed = {
        let (tell, url) = (tell.clone(), url.clone());
        Closure::once(move |_: JsValue| tell(LessonMessage::Failed(url)))
    };
    let came = {
        let (tell, url) = (tell, url.clone());
        Closure::once(move |response: JsValue| {
            let response: Response = response.unchecked_into();
            let text = response.text().ok().filter(|_| response.ok());
            let Some(text) = text else {
                return tell(LessonMessage::Failed(format!(
                    "{url}: {}",
                    response.status()
                )));
            };
            let read = Closure::once(move |text: JsValue| {
                tell(loaded(text.as_string().unwrap_or_default()));
            });
            let _ = text.then(&read);
            // It is called once, later, and frees itself then.
            read.forget();
        })
    };
    let _ = gloo::utils::window()
        .fetch_with_str(&url)
        .then2(&came, &failed);
    came.forget();
    failed.forget();
}

/// A text as an address that can be saved as a file.
pub(crate) fn as_file(text: &str) -> String {
    let encoded = js_sys::encode_uri_component(text);
    format!("data:text/plain;charset=utf-8,{encoded}")
}
