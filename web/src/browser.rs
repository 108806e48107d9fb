//! The browser round the page: its address, its storage, its wishes.

use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, HtmlElement, KeyboardEvent, Node, Storage, SvgElement};

use crate::keys::{Focus, Key};
use crate::state::{Room, State, Theme};
use crate::text::Language;

const LANGUAGE: &str = "quorate.language";
const THEME: &str = "quorate.theme";
const STILL: &str = "quorate.still";

/// Below this width the panels are tabs and the stage is small.
pub(crate) const COMPACT: &str = "(max-width: 719px)";

/// A stage that is lower has small members.
const LOW_PX: f64 = 425.0;

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
    state.room.compact = matches(COMPACT);
    state.still = kept(STILL).is_some_and(|still| still == "yes");
    state.lessons.progress = crate::lesson::browser::kept();
    state
}

/// Whether a media query holds.
pub(crate) fn matches(query: &str) -> bool {
    let list = gloo::utils::window().match_media(query);
    list.ok().flatten().is_some_and(|list| list.matches())
}

/// Keeps the choice of language, theme and stillness. Where storage is forbidden, it lasts for the visit.
pub(crate) fn keep(state: &State) {
    let Some(storage) = storage() else { return };
    let _ = storage.set_item(LANGUAGE, state.language.tag());
    let _ = storage.set_item(THEME, state.theme.name());
    let _ = storage.set_item(STILL, if state.still { "yes" } else { "no" });
}

/// What was kept under a name.
pub(crate) fn kept(name: &str) -> Option<String> {
    storage()?.get_item(name).ok().flatten()
}

/// Keeps a text under a name, where storage is not forbidden.
pub(crate) fn store(name: &str, text: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(name, text);
    }
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
    let still = if state.still { "yes" } else { "no" };
    let _ = root.set_attribute("data-still", still);
    gloo::utils::document().set_title(state.language.words().title);
    let lessons = &state.lessons;
    for (name, is) in [
        ("data-lesson", lessons.session.is_some()),
        ("data-embed", lessons.embedded),
        ("data-plain", lessons.plain),
    ] {
        let _ = root.set_attribute(name, if is { "true" } else { "false" });
    }
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

/// How much room the stage has now; `before` where it is not drawn.
pub(crate) fn room(before: Room) -> Room {
    let compact = matches(COMPACT);
    let stage = element("stage").map(|stage| stage.get_bounding_client_rect());
    match stage {
        Some(place) if place.height() >= 40.0 => Room {
            compact,
            low: place.height() < LOW_PX,
            // In tens of a thousandth: a pixel more or less is no other picture.
            width_per_mille: (place.width() / place.height() * 100.0) as u32 * 10,
        },
        _ => Room { compact, ..before },
    }
}

/// Closes what has popped up, unless a target is in it.
pub(crate) fn close_popover(target: Option<EventTarget>) {
    let document = gloo::utils::document();
    let Ok(Some(open)) = document.query_selector("details[open]") else {
        return;
    };
    let target = target.and_then(|target| target.dyn_into::<Node>().ok());
    if !open.contains(target.as_ref()) {
        // An attribute of this name can always be removed.
        let _ = open.remove_attribute("open");
    }
}

/// An element by its name in the document.
pub(crate) fn element(id: &str) -> Option<Element> {
    gloo::utils::document().get_element_by_id(id)
}

/// Gives an element the focus, where it can take it.
pub(crate) fn focus(id: &str) {
    let element = element(id);
    if let Some(element) = &element
        && let Some(html) = element.dyn_ref::<HtmlElement>()
    {
        let _ = html.focus();
    } else if let Some(svg) = element.as_ref().and_then(|it| it.dyn_ref::<SvgElement>()) {
        let _ = svg.focus();
    }
}

/// The middle of a thing's element, in pixels of the window.
pub(crate) fn middle(id: &str) -> Option<(i32, i32)> {
    let place = element(id)?.get_bounding_client_rect();
    let x = place.x() + place.width() / 2.0;
    let y = place.y() + place.height() / 2.0;
    Some((x as i32, y as i32))
}

/// What a key press says, and whether the element that has the focus wants it.
pub(crate) fn key<'a>(event: &KeyboardEvent, name: &'a str) -> Key<'a> {
    let target = event.target();
    let element = target.and_then(|target| target.dyn_into::<Element>().ok());
    let kind = |element: &Element| match element.id().starts_with("entry-") {
        true => Some("cell".to_owned()),
        false => element.get_attribute("type"),
    };
    let focus = match element.map(|element| (element.tag_name(), kind(&element))) {
        Some((tag, kind)) => match tag.as_str() {
            "INPUT" if kind.as_deref() == Some("checkbox") => Focus::Button,
            "INPUT" if kind.as_deref() == Some("range") => Focus::Slider,
            "INPUT" | "SELECT" | "TEXTAREA" => Focus::Field,
            "BUTTON" if kind.as_deref() == Some("cell") => Focus::Entry,
            "BUTTON" | "SUMMARY" => Focus::Button,
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
