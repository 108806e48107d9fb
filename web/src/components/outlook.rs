//! The chance of each outcome, moment by moment, on the axis of the lanes.

use quorate_core::sim::{Futures, Node};
use yew::prelude::*;

use super::View;
use crate::draw::axis::{Axis, LENGTH};
use crate::draw::path::number;
use crate::state::{Message, Outlook, OutlookMessage};

/// A column is at least this wide, of the axis: it can be pressed.
const WIDTH_LEAST: f64 = 4.0;
/// A column that is narrower has no room for a name.
const NAME_ROOM: f64 = 16.0;

/// The question; nothing once it is asked.
pub(crate) fn question(view: &View<'_>) -> Html {
    let words = view.tools();
    html! {
        if view.state.outlook.is_none() {
            <button class="plain ask-outlook" data-testid="outlook-ask" title={words.outlook_title}
                onclick={view.click(Message::Outlook(OutlookMessage::Ask))}>
                { words.outlook_ask }
            </button>
        }
    }
}

/// What has been found out about it.
pub(crate) fn outlook(view: &View<'_>) -> Html {
    let Some(outlook) = &view.state.outlook else {
        return html! {};
    };
    html! {
        <div class="outlook" data-testid="outlook" data-done={outlook.is_done.to_string()}>
            <p>
                <span aria-live="polite">{ summary(view, outlook) }</span>
                <button class="plain" aria-label={view.words().dismiss} data-testid="outlook-close"
                    onclick={view.click(Message::Outlook(OutlookMessage::Forget))}>
                    { super::icon::icon(super::icon::Icon::Close) }
                </button>
            </p>
            <div class="chances">{ for columns(view, outlook) }</div>
        </div>
    }
}

fn summary(view: &View<'_>, outlook: &Outlook) -> String {
    if !outlook.is_done {
        let (found, all) = (outlook.found.len(), outlook.events.len());
        return format!("{} {found} / {all}", view.tools().outlook_looks);
    }
    match outlook.inevitable_from() {
        Some((event, leader)) => view.language().inevitable(event, leader),
        None => view.tools().outlook_open.to_owned(),
    }
}

fn columns<'a>(view: &'a View<'_>, outlook: &'a Outlook) -> impl Iterator<Item = Html> + 'a {
    let axis = Axis::of(&view.state.engine);
    outlook.found.iter().enumerate().map(move |(at, futures)| {
        let next = outlook.events.get(at + 1).copied();
        let start = axis.at(futures.event).min(LENGTH - WIDTH_LEAST);
        let end = next.map_or(LENGTH, |next| axis.at(next));
        let style = format!(
            "left:{}%;width:{}%",
            number(start / LENGTH * 100.0),
            number((end - start).max(WIDTH_LEAST) / LENGTH * 100.0)
        );
        let spoken = spoken(view, futures);
        html! {
            <button class="plain chance" {style} title={spoken.clone()} aria-label={spoken}
                onclick={view.click(Message::Seek(futures.event))}>
                { for futures.leaders.iter().map(|(leader, times)| {
                    let share = 100.0 * f64::from(*times) / f64::from(futures.count.max(1));
                    html! {
                        <i class={class_of(*leader)} style={format!("height:{}%", number(share))}>
                            if share >= 30.0 && end - start > NAME_ROOM { { name_of(*leader) } }
                        </i>
                    }
                }) }
            </button>
        }
    })
}

fn class_of(leader: Option<Node>) -> String {
    match leader {
        Some(node) => format!("of-{}", (node.0 - 1) % 7 + 1),
        None => "of-nobody".to_owned(),
    }
}

fn name_of(leader: Option<Node>) -> String {
    leader.map_or_else(|| "–".to_owned(), |node| node.to_string())
}

fn spoken(view: &View<'_>, futures: &Futures) -> String {
    let words = view.words();
    let parts = futures.leaders.iter().map(|(leader, times)| {
        let who = leader.map_or_else(|| words.nobody.to_owned(), |node| node.to_string());
        format!("{who} {times}/{}", futures.count)
    });
    let parts: Vec<String> = parts.collect();
    let mut text = format!("{} {}: {}", words.event, futures.event, parts.join(", "));
    if futures.violated > 0 {
        text += &format!(" · ◆ {}", futures.violated);
    }
    text
}
