//! The way through time: step, play, scrub, jump; and which branch one is in.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::View;
use super::icon::{Icon, icon};
use crate::draw::axis::{Axis, LENGTH};
use crate::draw::path::number;
use crate::marks::Turn;
use crate::playback::Speed;
use crate::state::{Menu, Message, Subject};
use crate::text::seconds;

/// The buttons.
pub(crate) fn buttons(view: &View<'_>) -> Html {
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
    }
}

/// Jumps by kind, the branch, the place, the pace.
pub(crate) fn settings(view: &View<'_>) -> Html {
    let words = view.words();
    html! {
        <div class="settings">
            { jumps(view) }
            { super::branches::branches(view) }
            <span class="grow"></span>
            <output class="where">
                { words.event }{ " " }
                <b data-testid="event-number">{ view.state.engine.position().to_string() }</b>
                <span class="time" data-testid="time">
                    { seconds(view.frame().now_us) }{ " s" }
                </span>
            </output>
            { speed(view) }
            { every(view) }
            { still(view) }
        </div>
    }
}

fn jumps(view: &View<'_>) -> Html {
    let hands = view.hands();
    let jump = |turn: Turn| {
        let title = match turn {
            Turn::Election => hands.election,
            Turn::Commit => hands.commits,
            Turn::Violation => hands.violation,
            Turn::Fault | Turn::Snapshot => hands.fault,
        };
        let go = view.on(move |event: MouseEvent| Message::JumpTo(turn, !event.shift_key()));
        html! {
            <button class={classes!("jump", turn.class())} title={hands.jump_title}
                data-testid={format!("jump-{}", turn.class())} onclick={go}>
                <i aria-hidden="true"></i>{ title }
            </button>
        }
    };
    html! {
        <span class="jumps" role="group" aria-label={hands.jump}>
            <span class="lead" aria-hidden="true">{ hands.jump }</span>
            { for Turn::ASKED.into_iter().map(jump) }
        </span>
    }
}

/// The slider, in line with the lanes.
pub(crate) fn scrubber(view: &View<'_>) -> Html {
    let seek = view.on(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Message::Seek(input.value().parse().unwrap_or(1))
    });
    let menu = view.on(|event: MouseEvent| {
        event.prevent_default();
        Message::OpenMenu(Menu {
            of: Subject::Time,
            x: event.client_x(),
            y: event.client_y(),
        })
    });
    let engine = &view.state.engine;
    let axis = Axis::of(engine);
    let spoken = view.language().position(
        engine.position(),
        engine.moments().len() as u64,
        view.frame().now_us,
    );
    // Of marks that fall together, the last is shown.
    let mut marks: Vec<(u64, Turn)> = Vec::new();
    for (event, turn) in engine.turns() {
        let place = axis.at(event) as u64 / 4 * 4;
        match marks.last_mut() {
            Some(last) if last.0 == place => last.1 = turn,
            _ => marks.push((place, turn)),
        }
    }
    let parts = view.state.beside.as_ref().map(|beside| beside.common);
    let share = axis.at(engine.position()) / LENGTH * 100.0;
    html! {
        <div class="scrubber">
            <svg class="marks" viewBox="0 0 1000 8" preserveAspectRatio="none"
                aria-hidden="true">
                { for marks.into_iter().map(|(place, turn)| html! {
                    <rect class={turn.class()} x={place.to_string()} y="0" width="3"
                        height="8" />
                }) }
                if let Some(event) = parts {
                    <path class="parting" data-testid="parting"
                        d={format!("M{} -4V30", number(axis.at(event)))} />
                }
            </svg>
            <input type="range" data-testid="scrub" min="1" max={axis.last().to_string()} step="1"
                value={engine.position().to_string()} oninput={seek} oncontextmenu={menu}
                style={format!("--share:{}", number(share))}
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

fn still(view: &View<'_>) -> Html {
    let words = view.hands();
    let change = view.on(|event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Message::Still(input.checked())
    });
    html! {
        <label class="every" title={words.still_title}>
            <input type="checkbox" data-testid="still" checked={view.state.still}
                onchange={change} />
            { words.still }
        </label>
    }
}
