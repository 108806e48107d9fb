//! The page: the state, what makes messages for it, and what follows from a new one.

use std::sync::Arc;

use gloo::events::{EventListener, EventListenerOptions};
use gloo::render::{AnimationFrame, request_animation_frame};
use quorate_core::sim::Frame;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{KeyboardEvent, PointerEvent};
use yew::prelude::*;

use crate::browser;
use crate::components::{View, page::page};
use crate::gestures::{Gesture, id_of};
use crate::keys;
use crate::lesson::{self, Want};
use crate::motion;
use crate::state::{COUNT, Menu, Message, OutlookMessage, State, TerminalMessage};
use crate::worker::read;

/// The page.
pub(crate) struct App {
    /// Taken out only while a message is handled.
    state: Option<State>,
    /// The last link written to the address.
    query: String,
    /// What of lessons is being fetched.
    fetching: Option<Want>,
    /// What was drawn before the state that is to be drawn now, when that was one step away.
    before: Option<Arc<Frame>>,
    /// The next picture, while it plays.
    next: Option<AnimationFrame>,
    /// When the last picture of the playing was, in milliseconds.
    pictured_at_ms: Option<f64>,
    /// A pointer that is down on the stage.
    gesture: Option<Gesture>,
    /// The element that takes the focus when it is drawn.
    wants_focus: Option<String>,
    /// Whether a quiet moment is waited for.
    awaits_idle: bool,
    /// Hears what a worker finds out.
    worker: Closure<dyn Fn(JsValue)>,
    _listeners: Vec<EventListener>,
}

/// What the page begins with.
#[derive(PartialEq, yew::Properties)]
pub(crate) struct Properties {
    /// What the address says, unpacked.
    pub(crate) link: String,
}

/// What comes to the page.
pub(crate) enum Input {
    /// Something for the state.
    Message(Message),
    /// A key.
    Key(KeyboardEvent),
    /// A pointer goes down, moves, or is lifted.
    PointerDown(PointerEvent),
    PointerMove(PointerEvent),
    PointerUp(PointerEvent),
    /// The browser took the pointer for itself.
    PointerLost,
    /// The window has another size.
    Resized,
    /// The browser is about to draw, at so many milliseconds.
    Picture(f64),
    /// The browser has nothing better to do.
    Idle,
}

impl Component for App {
    type Message = Input;
    type Properties = Properties;

    fn create(context: &Context<Self>) -> Self {
        let state = browser::state(&context.props().link);
        browser::dress(&state);
        let query = state.query();
        browser::note_run(&query, &state.run_text());
        let fetching = state.lessons.want(state.language);
        fetch(context, fetching.as_ref());
        Self {
            state: Some(state),
            query,
            fetching,
            before: None,
            next: None,
            pictured_at_ms: None,
            gesture: None,
            wants_focus: None,
            awaits_idle: false,
            worker: worker(context),
            _listeners: listeners(context),
        }
    }

    fn update(&mut self, context: &Context<Self>, input: Input) -> bool {
        let Some(state) = &self.state else {
            return false;
        };
        match input {
            Input::Message(message) => self.take(context, message),
            Input::Key(event) => {
                let name = event.key();
                if name == "Escape" {
                    browser::close_popover(None);
                }
                let Some(message) = keys::message(state, browser::key(&event, &name)) else {
                    return false;
                };
                event.prevent_default();
                self.take(context, message)
            }
            Input::PointerDown(event) => {
                let link = context.link().clone();
                let menu = move |menu: Menu| {
                    link.send_message(Input::PointerLost);
                    link.send_message(Input::Message(Message::OpenMenu(menu)));
                };
                browser::close_popover(event.target());
                self.gesture = Gesture::begin(&event, menu);
                false
            }
            Input::PointerMove(event) => {
                let gesture = self.gesture.as_mut();
                match gesture.and_then(|gesture| gesture.go_on(&event, state)) {
                    Some(message) => self.take(context, message),
                    None => false,
                }
            }
            Input::PointerUp(event) => {
                let gesture = self.gesture.take();
                match gesture.and_then(|gesture| gesture.end(&event, state)) {
                    Some(message) => self.take(context, message),
                    None => false,
                }
            }
            Input::PointerLost => {
                self.gesture = None;
                false
            }
            Input::Resized => {
                let room = browser::room(state.room);
                room != state.room && self.take(context, Message::Room(room))
            }
            Input::Picture(at_ms) => {
                let since = self.pictured_at_ms.replace(at_ms);
                let elapsed_ms = since.map_or(0.0, |since| at_ms - since);
                self.next = None;
                self.take(context, Message::Elapsed(elapsed_ms))
            }
            Input::Idle => {
                self.awaits_idle = false;
                if let Some(state) = &mut self.state
                    && state.playback.is_none()
                    && state.engine.tend()
                {
                    self.await_idle(context);
                }
                false
            }
        }
    }

    fn view(&self, context: &Context<Self>) -> Html {
        match &self.state {
            Some(state) => page(&View {
                state,
                send: &context.link().callback(Input::Message),
            }),
            None => html! {},
        }
    }

    fn rendered(&mut self, context: &Context<Self>, _first: bool) {
        let Some(state) = &self.state else {
            return;
        };
        let layout = state.layout();
        // Yew leaves an attribute alone whose value it believes to be unchanged; the loop may have
        // written another one since.
        let rests = state.playback.is_none();
        motion::place(&state.frame, &layout, state.now_us(), rests);
        if let Some(before) = self.before.take()
            && state.playback.is_none()
            && !is_still(state)
        {
            motion::glide(&before, &state.frame, &layout);
        }
        if let Some(id) = self.wants_focus.take() {
            browser::focus(&id);
        }
        // What stands round the stage decides how much room it has.
        let room = browser::room(state.room);
        if room != state.room {
            context
                .link()
                .send_message(Input::Message(Message::Room(room)));
        }
        if state.playback.is_none() {
            self.await_idle(context);
        }
    }
}

impl App {
    /// Has the engine use the browser's next quiet moment.
    fn await_idle(&mut self, context: &Context<Self>) {
        if !std::mem::replace(&mut self.awaits_idle, true) {
            let link = context.link().clone();
            browser::when_idle(move || link.send_message(Input::Idle));
        }
    }

    /// Hands a message to the state and does what follows. Gives whether to draw anew.
    #[expect(
        clippy::too_many_lines,
        reason = "what follows from a message, one thing after another"
    )]
    fn take(&mut self, context: &Context<Self>, message: Message) -> bool {
        let Some(state) = self.state.take() else {
            return false;
        };
        let message = match message {
            Message::OpenMenuHere => match browser::middle(&id_of(state.subject)) {
                Some((x, y)) => Message::OpenMenu(Menu {
                    of: state.subject,
                    x,
                    y,
                }),
                None => Message::CloseMenu,
            },
            other => other,
        };
        let asks = matches!(message, Message::Outlook(OutlookMessage::Ask));
        let opens = matches!(
            message,
            Message::Terminal(TerminalMessage::Toggle | TerminalMessage::Enter)
        );
        // What a key does to a message may draw it anew elsewhere: the focus goes with it.
        let walks = matches!(
            message,
            Message::NextEntry(..) | Message::NextLink | Message::Do(_)
        );
        let is_step = matches!(message, Message::StepForward | Message::StepBack);
        let is_of_time = matches!(message, Message::Elapsed(_));
        let before = Arc::clone(&state.frame);
        let was_playing = state.playback.is_some();
        let is_lesson = matches!(message, Message::Lesson(_));
        let progress = state.lessons.progress.clone();
        let looked = (state.language, state.theme, state.still);

        let state = state.reduce(message);
        let moved = !Arc::ptr_eq(&before, &state.frame);
        if looked != (state.language, state.theme, state.still) {
            browser::dress(&state);
            browser::keep(&state);
        }
        if is_lesson {
            browser::dress(&state);
        }
        if progress != state.lessons.progress {
            lesson::browser::keep(&state.lessons.progress);
        }
        let want = state.lessons.want(state.language);
        if want != self.fetching {
            fetch(context, want.as_ref());
            self.fetching = want;
        }
        self.before = (is_step && moved).then_some(before);
        if asks && let Some(outlook) = &state.outlook {
            let events: Vec<String> = outlook.events.iter().map(u64::to_string).collect();
            let (until_us, events) = (outlook.until_us, events.join(","));
            let question = format!("{until_us} {COUNT} {events} {}", outlook.query);
            browser::ask_worker(&question, &self.worker);
        }
        if opens && state.terminal.is_open {
            self.wants_focus = Some("terminal-input".to_owned());
        }
        if walks {
            self.wants_focus = Some(id_of(state.subject));
        }
        let is_playing = state.playback.is_some();
        if is_playing {
            let link = context.link().clone();
            self.next = Some(request_animation_frame(move |at_ms| {
                link.send_message(Input::Picture(at_ms));
            }));
        } else {
            self.next = None;
            self.pictured_at_ms = None;
            // While it plays, the address would change many times a second.
            let query = state.query();
            if query != self.query {
                browser::write_link(&query);
                browser::note_run(&query, &state.run_text());
                self.query = query;
            }
        }
        let draw = !is_of_time || moved || was_playing != is_playing;
        if !draw && !is_still(&state) {
            motion::place(&state.frame, &state.layout(), state.now_us(), false);
        }
        self.state = Some(state);
        draw
    }
}

/// Whether nothing travels: by the page's own switch or by the system's.
fn is_still(state: &State) -> bool {
    state.still || motion::is_reduced()
}

/// Fetches what of lessons is wanted.
fn fetch(context: &Context<App>, want: Option<&Want>) {
    let link = context.link().clone();
    if let Some(want) = want {
        lesson::browser::fetch(want, move |message| {
            link.send_message(Input::Message(Message::Lesson(message)));
        });
    }
}

fn worker(context: &Context<App>) -> Closure<dyn Fn(JsValue)> {
    let link = context.link().clone();
    Closure::new(move |line: JsValue| {
        let line = line.as_string().unwrap_or_default();
        let message = match read(&line) {
            Some(futures) => OutlookMessage::Came(futures),
            None => OutlookMessage::Done,
        };
        link.send_message(Input::Message(Message::Outlook(message)));
    })
}

fn listeners(context: &Context<App>) -> Vec<EventListener> {
    let window = gloo::utils::window();
    let link = context.link().clone();
    let options = EventListenerOptions::enable_prevent_default();
    let keys = EventListener::new_with_options(&window, "keydown", options, move |event| {
        if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
            link.send_message(Input::Key(event.clone()));
        }
    });
    let link = context.link().clone();
    let size = EventListener::new(&window, "resize", move |_| {
        link.send_message(Input::Resized);
    });
    let pointer = |name: &'static str, input: fn(PointerEvent) -> Input| {
        let link = context.link().clone();
        EventListener::new(&window, name, move |event| {
            if let Some(event) = event.dyn_ref::<PointerEvent>() {
                link.send_message(input(event.clone()));
            }
        })
    };
    vec![
        keys,
        size,
        pointer("pointerdown", Input::PointerDown),
        pointer("pointermove", Input::PointerMove),
        pointer("pointerup", Input::PointerUp),
        pointer("pointercancel", |_| Input::PointerLost),
    ]
}
