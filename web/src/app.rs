//! The page: the state, what makes messages for it, and what follows from a new one.

use std::sync::Arc;

use gloo::events::{EventListener, EventListenerOptions};
use gloo::render::{AnimationFrame, request_animation_frame};
use quorate_core::sim::Frame;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;
use yew::prelude::*;

use crate::browser;
use crate::components::View;
use crate::components::client::client;
use crate::components::faults::faults;
use crate::components::header::header;
use crate::components::help::Help;
use crate::components::inspector::inspector;
use crate::components::logs::logs;
use crate::components::menu::MenuView;
use crate::components::notice::notice;
use crate::components::sentence::sentence;
use crate::components::stage::stage;
use crate::components::tabs;
use crate::components::trace::trace;
use crate::components::transport::transport;
use crate::draw::layout::Layout;
use crate::keys;
use crate::motion;
use crate::state::{Message, Panel, State};

/// The page.
pub(crate) struct App {
    /// Taken out only while a message is handled.
    state: Option<State>,
    /// The last link written to the address.
    query: String,
    /// What was drawn before the state that is to be drawn now, when that was one step away.
    before: Option<Arc<Frame>>,
    /// The next picture, while it plays.
    next: Option<AnimationFrame>,
    /// When the last picture of the playing was, in milliseconds.
    pictured_at_ms: Option<f64>,
    _listeners: Vec<EventListener>,
}

/// What comes to the page.
pub(crate) enum Input {
    /// Something for the state.
    Message(Message),
    /// A key.
    Key(KeyboardEvent),
    /// The window has another size.
    Resized,
    /// The browser is about to draw, at so many milliseconds.
    Picture(f64),
}

impl Component for App {
    type Message = Input;
    type Properties = ();

    fn create(context: &Context<Self>) -> Self {
        let state = browser::state();
        browser::dress(&state);
        let query = state.engine.permalink().query();
        Self {
            state: Some(state),
            query,
            before: None,
            next: None,
            pictured_at_ms: None,
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
                let Some(message) = keys::message(state, browser::key(&event, &name)) else {
                    return false;
                };
                event.prevent_default();
                self.take(context, message)
            }
            Input::Resized => {
                let compact = browser::matches(browser::COMPACT);
                compact != state.compact && self.take(context, Message::Compact(compact))
            }
            Input::Picture(at_ms) => {
                let since = self.pictured_at_ms.replace(at_ms);
                let elapsed_ms = since.map_or(0.0, |since| at_ms - since);
                self.next = None;
                self.take(context, Message::Elapsed(elapsed_ms))
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

    fn rendered(&mut self, _context: &Context<Self>, _first: bool) {
        let Some(state) = &self.state else {
            return;
        };
        let layout = Layout::of(&state.frame, state.compact);
        // Yew leaves an attribute alone whose value it believes to be unchanged; the loop may have
        // written another one since.
        motion::place(&state.frame, &layout, state.now_us());
        if let Some(before) = self.before.take()
            && state.playback.is_none()
            && !motion::is_reduced()
        {
            motion::glide(&before, &state.frame, &layout);
        }
    }
}

impl App {
    /// Hands a message to the state and does what follows. Gives whether to draw anew.
    fn take(&mut self, context: &Context<Self>, message: Message) -> bool {
        let Some(state) = self.state.take() else {
            return false;
        };
        let is_step = matches!(message, Message::StepForward | Message::StepBack);
        let is_of_time = matches!(message, Message::Elapsed(_));
        let before = Arc::clone(&state.frame);
        let was_playing = state.playback.is_some();
        let looked = (state.language, state.theme);

        let state = state.reduce(message);
        let moved = !Arc::ptr_eq(&before, &state.frame);
        if looked != (state.language, state.theme) {
            browser::dress(&state);
            browser::keep(&state);
        }
        self.before = (is_step && moved).then_some(before);
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
            let query = state.engine.permalink().query();
            if query != self.query {
                browser::replace_query(&query);
                self.query = query;
            }
        }
        let draw = !is_of_time || moved || was_playing != is_playing;
        if !draw && !motion::is_reduced() {
            let layout = Layout::of(&state.frame, state.compact);
            motion::place(&state.frame, &layout, state.now_us());
        }
        self.state = Some(state);
        draw
    }
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
    vec![keys, size]
}

fn page(view: &View<'_>) -> Html {
    let (state, send) = (view.state, view.send);
    html! {
        <>
            { header(view) }
            <main data-panel={tabs::name(state.panel)}>
                { theatre(view) }
                { tabs::tabs(view) }
                <div class="side left">
                    { panel(view, Panel::Client, client(view)) }
                    { panel(view, Panel::Trace, trace(view)) }
                </div>
                <div class="side right">
                    { panel(view, Panel::Logs, logs(view)) }
                    { panel(view, Panel::Member, inspector(view)) }
                </div>
            </main>
            { transport(view) }
            if let Some(menu) = state.menu {
                <MenuView {menu} down={state.is_down(menu.node)} language={state.language} {send} />
            }
            if state.help { <Help language={state.language} {send} /> }
        </>
    }
}

fn panel(view: &View<'_>, panel: Panel, content: Html) -> Html {
    let title = tabs::title(view.words(), panel);
    html! {
        <section class={classes!("panel", tabs::name(panel))} aria-label={title}>
            <h2>{ title }</h2>
            { content }
        </section>
    }
}

/// The sentence, the stage and what can be done on it.
fn theatre(view: &View<'_>) -> Html {
    html! {
        <section class="theatre" aria-label={view.words().stage}>
            if let Some(one) = &view.state.notice { { notice(view, one) } }
            { sentence(view) }
            { stage(view) }
            { faults(view) }
        </section>
    }
}
