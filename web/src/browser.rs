//! The browser round the page: its address, its storage, its wishes.

use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, Storage};

use crate::keys::{Focus, Key};
use crate::state::{State, Theme};
use crate::text::Language;

const LANGUAGE: &str = "quorate.language";
const THEME: &str = "quorate.theme";

/// Below this width the panels are tabs and the stage is small.
pub(crate) const COMPACT: &str = "(max-width: 719px)";

/// The page as the address, the storage and the browser ask for it.
pub(crate) fn state() -> State {
    let window = gloo::utils::window();
    let query = window.location().search().unwrap_or_default();
    let tag = kept(LANGUAGE).or_else(|| window.navigator().language());
    let theme = kept(THEME);
    let mut state = State::of_query(
        &query,
        Language::of_tag(&tag.unwrap_or_default()),
        Theme::of_name(&theme.unwrap_or_default()),
    );
    state.compact = matches(COMPACT);
    state
}

/// Whether a media query holds.
pub(crate) fn matches(query: &str) -> bool {
    let list = gloo::utils::window().match_media(query);
    list.ok().flatten().is_some_and(|list| list.matches())
}

/// Keeps the choice of language and theme. Where storage is forbidden, it lasts for the visit.
pub(crate) fn keep(state: &State) {
    let Some(storage) = storage() else { return };
    let _ = storage.set_item(LANGUAGE, state.language.tag());
    let _ = storage.set_item(THEME, state.theme.name());
}

fn kept(name: &str) -> Option<String> {
    storage()?.get_item(name).ok().flatten()
}

/// The browser's own, of plain strings: gloo's brings a reader of JSON with it.
fn storage() -> Option<Storage> {
    gloo::utils::window().local_storage().ok().flatten()
}

/// Writes language and theme to the document, and the page's title.
pub(crate) fn dress(state: &State) {
    let root = gloo::utils::document_element();
    // Attributes of these names can always be set.
    let _ = root.set_attribute("lang", state.language.tag());
    let _ = root.set_attribute("data-theme", state.theme.name());
    gloo::utils::document().set_title(state.language.words().title);
}

/// Puts the link to what is shown into the address, without a new entry in the history.
pub(crate) fn replace_query(query: &str) {
    let window = gloo::utils::window();
    let Ok(history) = window.history() else {
        return;
    };
    // Refused when it happens too often, or on a page opened from a file: the next one will do.
    let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(query));
}

/// What a key press says, and whether the element that has the focus wants it.
pub(crate) fn key<'a>(event: &KeyboardEvent, name: &'a str) -> Key<'a> {
    let target = event.target();
    let element = target.and_then(|target| target.dyn_into::<Element>().ok());
    let focus = match element.map(|element| (element.tag_name(), element.get_attribute("type"))) {
        Some((tag, kind)) => match tag.as_str() {
            "INPUT" if kind.as_deref() == Some("checkbox") => Focus::Button,
            "INPUT" | "SELECT" | "TEXTAREA" => Focus::Field,
            "BUTTON" => Focus::Button,
            _ => Focus::Page,
        },
        None => Focus::Page,
    };
    Key {
        name,
        shift: event.shift_key(),
        command: event.ctrl_key() || event.alt_key() || event.meta_key(),
        focus,
    }
}
