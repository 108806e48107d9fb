//! The lines that the last event left, in the words of etcd's log.

use std::sync::Arc;

use quorate_core::sim::Frame;
use quorate_core::trace::{Level, TraceEvent};
use yew::prelude::*;

use crate::text::Language;

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) frame: Arc<Frame>,
    pub(crate) language: Language,
}

/// The lines.
#[component]
pub(crate) fn Trace(props: &Props) -> Html {
    let words = props.language.words();
    let frame: &Frame = &props.frame;
    let lines: &[TraceEvent] = frame.last.as_ref().map_or(&[], |event| &event.trace);
    html! {
        if lines.is_empty() {
            <p class="hint">{ words.trace_empty }</p>
        } else {
            <ol class="trace" data-testid="trace" lang="en">
                { for lines.iter().map(|line| self::line(frame, line)) }
            </ol>
        }
    }
}

fn line(frame: &Frame, line: &TraceEvent) -> Html {
    let mut members = frame.members.iter();
    let node = members.find(|member| member.id == line.member);
    let level = match line.kind.level() {
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warn => "warn",
    };
    html! {
        <li class={level}>
            <b>{ node.map(|member| member.node.to_string()) }</b>
            <code>{ line.to_string() }</code>
        </li>
    }
}
