//! The way through time: step, play, scrub.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::marks::Turn;
use crate::playback::Speed;
use crate::state::Message;
use crate::text::{Language, seconds};

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) event: u64,
    /// The last event that has been seen.
    pub(crate) end: u64,
    /// Virtual time of the event, in microseconds.
    pub(crate) at_us: u64,
    pub(crate) turns: Vec<(u64, Turn)>,
    pub(crate) playing: bool,
    pub(crate) speed: Speed,
    pub(crate) every_event: bool,
    pub(crate) language: Language,
    pub(crate) send: Callback<Message>,
}

/// More marks than this cannot be told apart on the scrubber.
const MARKS: u64 = 240;

/// The bar.
#[component]
pub(crate) fn Transport(props: &Props) -> Html {
    let words = props.language.words();
    let button = |test: &'static str, title: &'static str, sign: Icon, message: Message| {
        html! {
            <button data-testid={test} {title} aria-label={title}
                onclick={props.send.reform(move |_| message.clone())}>{ icon(sign) }</button>
        }
    };
    let (play_title, play_icon) = if props.playing {
        (words.pause, Icon::Pause)
    } else {
        (words.play, Icon::Play)
    };
    html! {
        <footer class="transport">
            <div class="buttons">
                { button("to-start", words.to_start, Icon::ToStart, Message::ToStart) }
                { button("jump-back", words.jump_back, Icon::JumpBack, Message::JumpBack) }
                { button("step-back", words.step_back, Icon::StepBack, Message::StepBack) }
                <button class="primary step" data-testid="step-forward"
                    onclick={props.send.reform(|_| Message::StepForward)}>
                    { icon(Icon::StepForward) }{ words.step }
                </button>
                { button("jump-forward", words.jump_forward, Icon::JumpForward, Message::JumpForward) }
                <button data-testid="play" title={play_title} aria-label={play_title}
                    aria-pressed={props.playing.to_string()}
                    onclick={props.send.reform(|_| Message::PlayPause)}>
                    { icon(play_icon) }
                </button>
            </div>
            { scrubber(props) }
            <div class="settings">
                <output class="where">
                    { words.event }{ " " }
                    <b data-testid="event-number">{ props.event.to_string() }</b>
                    <span class="time" data-testid="time">{ seconds(props.at_us) }{ " s" }</span>
                </output>
                { speed(props) }
                { every(props) }
            </div>
        </footer>
    }
}

fn scrubber(props: &Props) -> Html {
    let seek = props.send.reform(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Message::Seek(input.value().parse().unwrap_or(1))
    });
    let end = props.end.max(2);
    let share = |event: u64| (event - 1) as f64 / (end - 1) as f64;
    // Of marks that fall together, the last is shown.
    let mut marks: Vec<(u64, Turn)> = Vec::new();
    for (event, turn) in &props.turns {
        let place = (share(*event) * MARKS as f64) as u64;
        match marks.last_mut() {
            Some(last) if last.0 == place => last.1 = *turn,
            _ => marks.push((place, *turn)),
        }
    }
    html! {
        <div class="scrubber">
            <svg class="marks" viewBox={format!("0 0 {MARKS} 8")} preserveAspectRatio="none"
                aria-hidden="true">
                { for marks.into_iter().map(|(place, turn)| html! {
                    <rect class={turn.class()} x={format!("{:.1}", place as f64 - 0.6)} y="0"
                        width="1.2" height="8" />
                }) }
            </svg>
            <input type="range" data-testid="scrub" min="1" max={end.to_string()} step="1"
                value={props.event.to_string()} oninput={seek}
                style={format!("--share:{:.4}", share(props.event))}
                aria-label={props.language.words().scrub}
                aria-valuetext={props.language.position(props.event, props.end, props.at_us)} />
        </div>
    }
}

fn speed(props: &Props) -> Html {
    let words = props.language.words();
    let change = props.send.reform(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        let chosen = select.value().parse().unwrap_or(Speed::NORMAL.0);
        Message::Speed(Speed(chosen))
    });
    html! {
        <select data-testid="speed" aria-label={words.speed} title={words.speed} onchange={change}>
            { for Speed::ALL.iter().map(|speed| html! {
                <option value={speed.0.to_string()} selected={*speed == props.speed}>
                    { speed.label() }
                </option>
            }) }
        </select>
    }
}

fn every(props: &Props) -> Html {
    let words = props.language.words();
    let change = props.send.reform(|event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Message::EveryEvent(input.checked())
    });
    html! {
        <label class="every" title={words.every_event_title}>
            <input type="checkbox" data-testid="every-event" checked={props.every_event}
                onchange={change} />
            { words.every_event }
        </label>
    }
}
