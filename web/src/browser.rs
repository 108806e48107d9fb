//! The browser round the page: its address, its storage, its wishes.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
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
/// The same for a narrow screen, whose members are small already.
const LOW_COMPACT_PX: f64 = 330.0;

/// The page as its link, the storage and the browser ask for it.
pub(crate) fn state(link: &str) -> State {
    let window = gloo::utils::window();
    let tag = kept(LANGUAGE).or_else(|| window.navigator().language());
    let theme = kept(THEME);
    let mut state = State::of_query(
        link,
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
    let session = lessons.session.as_ref();
    for (name, is) in [
        ("data-lesson", session.is_some()),
        (
            "data-folded",
            session.is_some_and(|session| session.is_folded),
        ),
        ("data-embed", lessons.embedded),
        ("data-plain", lessons.plain),
    ] {
        let _ = root.set_attribute(name, if is { "true" } else { "false" });
    }
}

/// Calls one of the functions that `index.html` defines before anything of ours runs.
fn call(name: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    let window = gloo::utils::window();
    let functions = Reflect::get(&window, &JsValue::from_str("quorate")).ok()?;
    let function = Reflect::get(&functions, &JsValue::from_str(name)).ok()?;
    let function = function.dyn_ref::<Function>()?;
    function
        .apply(
            &JsValue::NULL,
            &arguments.iter().copied().collect::<Array>(),
        )
        .ok()
}

/// Calls back with what a function of `index.html` promises; at once when there is no promise.
fn when(promised: Option<JsValue>, then: impl FnOnce(String) + 'static) {
    match promised.map(JsCast::dyn_into::<Promise>) {
        Some(Ok(promise)) => {
            let done = Closure::once(move |value: JsValue| {
                then(value.as_string().unwrap_or_default());
            });
            let _ = promise.then(&done);
            // It is called once, later, and frees itself then.
            done.forget();
        }
        _ => then(String::new()),
    }
}

/// What the address says, unpacked.
pub(crate) fn read_link(then: impl FnOnce(String) + 'static) {
    when(call("readLink", &[]), then);
}

/// Puts the link to what is shown into the address, without a new entry in the history.
pub(crate) fn write_link(query: &str) {
    call("writeLink", &[&JsValue::from_str(query)]);
}

/// The whole link, packed.
pub(crate) fn link_to(query: &str, then: impl FnOnce(String) + 'static) {
    when(call("linkTo", &[&JsValue::from_str(query)]), then);
}

/// Calls back once, when the browser has nothing better to do.
pub(crate) fn when_idle(then: impl FnOnce() + 'static) {
    // It frees itself when it is called.
    call("whenIdle", &[&Closure::once_into_js(then)]);
}

/// Puts a text where it can be pasted from, if the browser lets us.
pub(crate) fn copy(text: &str) {
    call("copy", &[&JsValue::from_str(text)]);
}

/// Has a worker look at what may still become of moments; `heard` hears each line of its answer.
pub(crate) fn ask_worker(question: &str, heard: &Closure<dyn Fn(JsValue)>) {
    call("askWorker", &[&JsValue::from_str(question), heard.as_ref()]);
}

/// Says that the page has stopped, and what the engine said last.
pub(crate) fn fail(detail: &str) {
    call("failed", &[&JsValue::from_str(detail)]);
}

/// Leaves what a report of a mistake of ours needs: the link to the last moment that was shown,
/// and the run as a scenario.
pub(crate) fn note_run(query: &str, scenario: &str) {
    let [query, scenario] = [query, scenario].map(JsValue::from_str);
    call("noteRun", &[&query, &scenario]);
}

/// How much room the stage has now; `before` where it is not drawn.
pub(crate) fn room(before: Room) -> Room {
    let compact = matches(COMPACT);
    let stage = element("stage").map(|stage| stage.get_bounding_client_rect());
    match stage {
        Some(place) if place.height() >= 40.0 => Room {
            compact,
            low: place.height() < if compact { LOW_COMPACT_PX } else { LOW_PX },
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

/// Scrolls to an element, no further than it has to.
pub(crate) fn bring_into_sight(element: &Element) {
    let options = Object::new();
    let nearest = JsValue::from_str("nearest");
    // A plain object takes any name; an element of a browser can be scrolled to.
    let _ = Reflect::set(&options, &JsValue::from_str("block"), &nearest);
    let scroll = Reflect::get(element, &JsValue::from_str("scrollIntoView"));
    if let Ok(scroll) = scroll.map(JsCast::unchecked_into::<Function>) {
        let _ = scroll.call1(element, &options);
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
