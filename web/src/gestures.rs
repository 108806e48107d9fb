//! What a pointer does on the stage: it moves members, retimes messages, bends links, and draws
//! lines across the empty stage. What is merely under way is written straight to the elements;
//! only what came of it goes to the state.

use gloo::timers::callback::Timeout;
use quorate_core::sim::Node;
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

use crate::browser;
use crate::components::link::{bent, element_id as link_id};
use crate::components::message::element_id as message_id;
use crate::components::stage::STROKE;
use crate::draw::layout::{Layout, Point, extra_us_of, unit};
use crate::draw::path::{number, translate};
use crate::draw::pill::Pill;
use crate::state::{Deed, Menu, Message, State, Subject};

/// A pointer that has moved less than this has not moved, in pixels.
const STILL_PX: f64 = 5.0;
/// A finger that rests for so long asks for the menu, in milliseconds.
const LONG_PRESS_MS: u32 = 550;
/// Most points of a line.
const POINTS_MOST: usize = 400;

/// A pointer that is down on the stage.
pub(crate) struct Gesture {
    on: Subject,
    start: (i32, i32),
    /// Where it was in between, in units of the stage; empty until it has moved.
    points: Vec<Point>,
    has_moved: bool,
    /// Asks for the menu when a finger rests.
    _long_press: Option<Timeout>,
}

impl Gesture {
    /// A pointer goes down; nothing when that is not on the stage, or not with the main button.
    pub(crate) fn begin(event: &PointerEvent, menu: impl FnOnce(Menu) + 'static) -> Option<Self> {
        let target = event.target()?.dyn_into::<Element>().ok()?;
        target.closest("#stage").ok()??;
        if event.button() != 0 || !event.is_primary() {
            return None;
        }
        let on = subject(&target);
        let (x, y) = (event.client_x(), event.client_y());
        let is_finger = event.pointer_type() != "mouse";
        let long_press =
            is_finger.then(|| Timeout::new(LONG_PRESS_MS, move || menu(Menu { of: on, x, y })));
        Some(Self {
            on,
            start: (x, y),
            points: Vec::new(),
            has_moved: false,
            _long_press: long_press,
        })
    }

    /// It moves. Gives what the state has to know at once.
    pub(crate) fn go_on(&mut self, event: &PointerEvent, state: &State) -> Option<Message> {
        let (x, y) = (event.client_x(), event.client_y());
        let moved = f64::from(x - self.start.0).hypot(f64::from(y - self.start.1));
        if !self.has_moved && moved < STILL_PX {
            return None;
        }
        if !self.has_moved {
            self.has_moved = true;
            self._long_press = None;
            self.points
                .extend(on_stage(self.start.0, self.start.1, state));
        }
        let point = on_stage(x, y, state)?;
        if self.points.len() < POINTS_MOST {
            self.points.push(point);
        } else if let Some(last) = self.points.last_mut() {
            *last = point;
        }
        self.show(point, state)
    }

    /// It is lifted. Gives what came of it.
    pub(crate) fn end(self, event: &PointerEvent, state: &State) -> Option<Message> {
        set(STROKE, "d", "");
        if !self.has_moved {
            return None;
        }
        let point = *self.points.last()?;
        match self.on {
            Subject::Message(id) => {
                let pill = pill(state, id)?;
                let share = pill.share_at(&state.layout(), point);
                Some(Message::DoTo(Deed::Drag(share), self.on))
            }
            Subject::Link(one, two) => {
                let config = &state.frame.config;
                let usual_us = u64::midpoint(config.latency_min_us, config.latency_max_us);
                let bend = bend(&state.layout(), one, two, point);
                let latency = Deed::Latency(usual_us + extra_us_of(bend));
                Some(Message::DoTo(latency, self.on))
            }
            Subject::Stage => Some(Message::Stroke(self.points, event.alt_key())),
            Subject::Member(_) | Subject::Entry(..) | Subject::Time => None,
        }
    }

    /// Shows what would come of it.
    fn show(&self, point: Point, state: &State) -> Option<Message> {
        let layout = state.layout();
        match self.on {
            Subject::Member(node) => return Some(Message::Move(node, point)),
            Subject::Message(id) => {
                let pill = pill(state, id)?;
                let share = f64::from(pill.share_at(&layout, point)) / 1_000.0;
                let place = translate(pill.place_at(&layout, share));
                set(&message_id(id), "transform", &place);
            }
            Subject::Link(one, two) => {
                let path = bent(&layout, one, two, bend(&layout, one, two, point));
                set(STROKE, "d", &path);
            }
            Subject::Stage => {
                let mut path = String::new();
                for (at, point) in self.points.iter().enumerate() {
                    path.push(if at == 0 { 'M' } else { 'L' });
                    path.push_str(&format!("{} {}", number(point.x), number(point.y)));
                }
                set(STROKE, "d", &path);
            }
            Subject::Entry(..) | Subject::Time => {}
        }
        None
    }
}

/// What an element of the stage is.
fn subject(target: &Element) -> Subject {
    let find = |selector: &str, attribute: &str| {
        let element = target.closest(selector).ok().flatten()?;
        element.get_attribute(attribute)
    };
    let message = find("[data-message]", "data-message").and_then(|id| id.parse().ok());
    let member = || find("[data-member]", "data-member")?.parse().ok();
    let link = || {
        let link = find("[data-link]", "data-link")?;
        let (one, two) = link.split_once('-')?;
        Some((one.parse().ok()?, two.parse().ok()?))
    };
    match (message, member(), link()) {
        (Some(id), _, _) => Subject::Message(id),
        (_, Some(node), _) => Subject::Member(Node(node)),
        (_, _, Some((one, two))) => Subject::link(Node(one), Node(two)),
        _ => Subject::Stage,
    }
}

fn pill(state: &State, id: u64) -> Option<Pill> {
    let mut messages = state.frame.messages.iter();
    messages.find(|message| message.id == id).map(Pill::of)
}

/// How far a link is bent that goes through a point.
fn bend(layout: &Layout, one: Node, two: Node, point: Point) -> f64 {
    let (start, end) = (layout.place(one), layout.place(two));
    let (dx, dy) = unit(start, end);
    ((point.x - start.x) * dy - (point.y - start.y) * dx).abs()
}

/// A place of the window as a place of the stage: it is drawn whole, in the middle of its element.
fn on_stage(x: i32, y: i32, state: &State) -> Option<Point> {
    let layout = state.layout();
    let place = browser::element("stage")?.get_bounding_client_rect();
    let scale = (place.width() / layout.width).min(place.height() / layout.height);
    if scale <= 0.0 {
        return None;
    }
    let left = place.x() + (place.width() - layout.width * scale) / 2.0;
    let top = place.y() + (place.height() - layout.height * scale) / 2.0;
    Some(Point {
        x: (f64::from(x) - left) / scale,
        y: (f64::from(y) - top) / scale,
    })
}

fn set(id: &str, attribute: &str, value: &str) {
    if let Some(element) = browser::element(id) {
        // Attributes of these names can always be set.
        let _ = element.set_attribute(attribute, value);
    }
}

/// The name of a thing's element in the document.
pub(crate) fn id_of(subject: Subject) -> String {
    match subject {
        Subject::Member(node) => crate::components::member::element_id(node),
        Subject::Message(id) => message_id(id),
        Subject::Link(one, two) => link_id(one, two),
        Subject::Entry(node, index) => crate::components::logs::element_id(node, index),
        Subject::Stage | Subject::Time => "stage".to_owned(),
    }
}
