//! What moves on the stage. Yew draws each moment whole; between two moments only places change,
//! and those are written straight to the elements.
//!
//! - While it plays, [`place`] writes the `transform` of each message for a virtual time.
//! - After a step, [`glide`] lets each message come from where it was. It uses the browser's own
//!   animations, which leave the document alone: the markup is that of the moment from the start.

use js_sys::{Array, Function, Object, Reflect};
use quorate_core::sim::{EventCause, Frame};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use crate::components::message::{ARRIVED, element_id};
use crate::draw::apart::places;
use crate::draw::layout::{Layout, Point};
use crate::draw::path::{number, translate};
use crate::draw::pill::pills;

/// How long a step takes, in milliseconds.
const STEP_MS: f64 = 350.0;

/// Puts all messages of a frame where they are at a virtual time, moving or at rest.
pub(crate) fn place(frame: &Frame, layout: &Layout, now_us: u64, rests: bool) {
    let document = gloo::utils::document();
    let pills = pills(&frame.messages);
    let places = places(&pills, frame, layout, now_us, rests);
    for (pill, place) in pills.iter().zip(places) {
        if let Some(element) = document.get_element_by_id(&element_id(pill.id)) {
            // An attribute of this name can always be set.
            let _ = element.set_attribute("transform", &translate(place));
        }
    }
}

/// Lets the messages that are in both frames come from their earlier places, the one that has
/// arrived go to its end, and new ones appear.
pub(crate) fn glide(before: &Frame, after: &Frame, layout: &Layout) {
    let document = gloo::utils::document();
    let resting = |frame: &Frame| {
        let pills = pills(&frame.messages);
        let places = places(&pills, frame, layout, frame.now_us, true);
        pills.into_iter().zip(places).collect::<Vec<_>>()
    };
    let earlier = resting(before);
    for (pill, to) in resting(after) {
        let Some(element) = document.get_element_by_id(&element_id(pill.id)) else {
            continue;
        };
        match earlier.iter().find(|(other, _)| other.id == pill.id) {
            Some((_, from)) => {
                if *from != to {
                    animate(&element, &[("transform", &css(*from), &css(to))]);
                }
            }
            None => animate(&element, &[("opacity", "0", "1")]),
        }
    }
    if let Some(EventCause::Delivered(message)) = after.last.as_ref().map(|event| &event.cause)
        && let Some(element) = document.get_element_by_id(ARRIVED)
        && let Some((other, from)) = earlier.iter().find(|(other, _)| other.id == message.id)
    {
        let from = css(*from);
        let to = css(other.place_at(layout, 1.0));
        animate(
            &element,
            &[("transform", &from, &to), ("opacity", "1", "0.6")],
        );
    }
}

/// Whether the visitor wants nothing to travel.
pub(crate) fn is_reduced() -> bool {
    let query = gloo::utils::window().match_media("(prefers-reduced-motion: reduce)");
    query.ok().flatten().is_some_and(|list| list.matches())
}

fn css(to: Point) -> String {
    format!("translate({}px, {}px)", number(to.x), number(to.y))
}

/// `element.animate(…)`. A browser without it shows the moment at once, which is as true.
fn animate(element: &Element, properties: &[(&str, &str, &str)]) {
    let Ok(function) = Reflect::get(element, &JsValue::from_str("animate")) else {
        return;
    };
    let Ok(function) = function.dyn_into::<Function>() else {
        return;
    };
    let frames = Object::new();
    for (property, from, to) in properties {
        let values = Array::of2(&JsValue::from_str(from), &JsValue::from_str(to));
        let _ = Reflect::set(&frames, &JsValue::from_str(property), &values);
    }
    let timing = Object::new();
    let entries = [
        ("duration", JsValue::from_f64(STEP_MS)),
        ("easing", JsValue::from_str("ease-out")),
    ];
    for (name, value) in entries {
        let _ = Reflect::set(&timing, &JsValue::from_str(name), &value);
    }
    let _ = function.call2(element, &frames, &timing);
}
