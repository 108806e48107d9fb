//! The way through time: step, play, scrub.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::View;
use super::icon::{Icon, icon};
use crate::draw::path::number;
use crate::marks::Turn;
use crate::playback::Speed;
use crate::state::Message;
use crate::text::seconds;

/// More marks than this cannot be told apart on the scrubber.
const MARKS: u64 = 240;

/// The bar.
pub(crate) fn transport(view: &View<'_>) -> Html {
    let words = view.words();
    let button = |test: &'static str, title: &'static str, sign: Icon, message: Message| {
        html! {
            <button data-testid={test} {title} aria-label={title}
                onclick={view.click(message)}>{ icon(sign) }</button>
        }
    };
    let (play_title, play_icon) = if view.is_playing() {
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
                    onclick={view.click(Message::StepForward)}>
                    { icon(Icon::StepForward) }{ words.step }
                </button>
                { button(
                    "jump-forward", words.jump_forward, Icon::JumpForward, Message::JumpForward,
                ) }
                <button data-testid="play" title={play_title} aria-label={play_title}
                    aria-pressed={view.is_playing().to_string()}
                    onclick={view.click(Message::PlayPause)}>
                    { icon(play_icon) }
                </button>
            </div>
            { scrubber(view) }
            <div class="settings">
                <output class="where">
                    { words.event }{ " " }
                    <b data-testid="event-number">{ view.state.engine.position().to_string() }</b>
                    <span class="time" data-testid="time">
                        { seconds(view.frame().now_us) }{ " s" }
                    </span>
                </output>
                { speed(view) }
                { every(view) }
            </div>
        </footer>
    }
}

fn scrubber(view: &View<'_>) -> Html {
    let seek = view.on(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Message::Seek(input.value().parse().unwrap_or(1))
    });
    let end = (view.state.engine.moments().len() as u64).max(2);
    let event = view.state.engine.position();
    let spoken = view.language().position(event, end, view.frame().now_us);
    let share = |event: u64| (event - 1) as f64 / (end - 1) as f64;
    // Of marks that fall together, the last is shown.
    let mut marks: Vec<(u64, Turn)> = Vec::new();
    for (event, turn) in &view.state.engine.turns() {
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
                    <rect class={turn.class()} x={number(place as f64 - 0.6)} y="0"
                        width="1.2" height="8" />
                }) }
            </svg>
            <input type="range" data-testid="scrub" min="1" max={end.to_string()} step="1"
                value={view.state.engine.position().to_string()} oninput={seek}
                style={format!("--share:{}", number(share(view.state.engine.position()) * 100.0))}
                aria-label={view.words().scrub}
                aria-valuetext={spoken} />
        </div>
    }
}

fn speed(view: &View<'_>) -> Html {
    let words = view.words();
    let change = view.on(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        let chosen = select.value().parse().unwrap_or(Speed::NORMAL.0);
        Message::Speed(Speed(chosen))
    });
    html! {
        <select data-testid="speed" aria-label={words.speed} title={words.speed} onchange={change}>
            { for Speed::ALL.iter().map(|speed| html! {
                <option value={speed.0.to_string()} selected={*speed == view.state.speed}>
                    { speed.label() }
                </option>
            }) }
        </select>
    }
}

fn every(view: &View<'_>) -> Html {
    let words = view.words();
    let change = view.on(|event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Message::EveryEvent(input.checked())
    });
    html! {
        <label class="every" title={words.every_event_title}>
            <input type="checkbox" data-testid="every-event" checked={view.state.every_event}
                onchange={change} />
            { words.every_event }
        </label>
    }
}
