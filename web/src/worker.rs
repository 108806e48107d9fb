//! The module in a worker: no page, but questions about what may still become of moments.
//!
//! A question is a line, `{until_us} {count} {event},{event},… {link}`; each event is answered by a
//! line of its own, `{event} {count} {violated} {member}={times},…`, where member 0 is nobody.

use js_sys::{Function, Reflect};
use quorate_core::sim::{Futures, Node};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Window};

use crate::permalink::Permalink;

/// Whether the module runs in a worker.
pub(crate) fn is_worker() -> bool {
    js_sys::global().dyn_ref::<Window>().is_none()
}

/// Listens for questions.
pub(crate) fn listen() {
    let heard = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
        if let Some(question) = event.data().as_string() {
            answer(&question);
        }
    });
    // Can always be set; and it is listened to as long as the worker is there.
    let name = JsValue::from_str("onmessage");
    let _ = Reflect::set(&js_sys::global(), &name, heard.as_ref());
    heard.forget();
}

/// Answers a question, event by event.
fn answer(question: &str) {
    let mut words = question.splitn(4, ' ');
    let mut next = || words.next().unwrap_or_default();
    let until_us = next().parse().unwrap_or(0);
    let count = next().parse().unwrap_or(0);
    let events = next().split(',').filter_map(|event| event.parse().ok());
    let events: Vec<u64> = events.collect();
    let history = Permalink::read(next()).0.history();
    for event in events {
        // A link's settings were checked when it was read.
        if let Ok(futures) = history.futures(event, until_us, count) {
            say(&line(&futures));
        }
    }
    say("end");
}

fn say(text: &str) {
    let post = Reflect::get(&js_sys::global(), &JsValue::from_str("postMessage"));
    if let Ok(Ok(post)) = post.map(JsCast::dyn_into::<Function>) {
        let _ = post.call1(&JsValue::NULL, &JsValue::from_str(text));
    }
}

/// What came of a moment, as a line.
pub(crate) fn line(futures: &Futures) -> String {
    let leaders = futures.leaders.iter().map(|(leader, times)| {
        let node = leader.map_or(0, |node| node.0);
        format!("{node}={times}")
    });
    let leaders: Vec<String> = leaders.collect();
    format!(
        "{} {} {} {}",
        futures.event,
        futures.count,
        futures.violated,
        leaders.join(",")
    )
}

/// What a line says.
pub(crate) fn read(line: &str) -> Option<Futures> {
    let mut words = line.split(' ');
    let mut futures = Futures {
        event: words.next()?.parse().ok()?,
        count: words.next()?.parse().ok()?,
        violated: words.next()?.parse().ok()?,
        ..Futures::default()
    };
    for part in words.next()?.split(',') {
        let (node, times) = part.split_once('=')?;
        let node: u32 = node.parse().ok()?;
        let leader = (node > 0).then_some(Node(node));
        futures.leaders.insert(leader, times.parse().ok()?);
    }
    Some(futures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_came_of_a_moment() {
        let mut futures = Futures {
            event: 12,
            count: 5,
            violated: 1,
            ..Futures::default()
        };
        futures.leaders.insert(None, 2);
        futures.leaders.insert(Some(Node(3)), 3);
        assert_eq!(line(&futures), "12 5 1 0=2,3=3");
        assert_eq!(read(&line(&futures)), Some(futures));
        assert_eq!(read("end"), None);
    }
}
