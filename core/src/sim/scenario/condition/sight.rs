//! What a condition is looked up in: a world while a scenario runs, or a picture of one.

use std::borrow::Cow;

use crate::sim::frame::{EventCause, Frame, OperationFrame};
use crate::sim::violation::Violation;
use crate::sim::world::World;
use crate::trace::TraceHash;

/// What a condition is looked up in.
pub(in crate::sim::scenario) enum Sight<'a> {
    /// A world. A picture of it is made only where a condition asks for one.
    World {
        world: &'a World,
        /// Lines of the trace, as far as the condition may look back.
        lines: &'a [String],
        /// Why the last action was refused, if it was.
        refusal: Option<&'a str>,
    },
    /// A picture: of the trace and of refusals it knows what its last event brought.
    Frame(&'a Frame),
}

impl<'a> Sight<'a> {
    pub(super) fn frame(&self) -> Cow<'a, Frame> {
        match self {
            Self::World { world, .. } => Cow::Owned(world.frame()),
            Self::Frame(frame) => Cow::Borrowed(frame),
        }
    }

    pub(super) fn operations(&self) -> &'a [OperationFrame] {
        match self {
            Self::World { world, .. } => world.operations(),
            Self::Frame(frame) => &frame.operations,
        }
    }

    pub(super) fn event_count(&self) -> u64 {
        match self {
            Self::World { world, .. } => world.event_count(),
            Self::Frame(frame) => frame.event_count,
        }
    }

    pub(super) fn trace_hash(&self) -> TraceHash {
        match self {
            Self::World { world, .. } => world.trace_hash(),
            Self::Frame(frame) => TraceHash::of_value(frame.trace_hash),
        }
    }

    pub(super) fn violation(&self) -> Option<&'a Violation> {
        match self {
            Self::World { world, .. } => world.violation(),
            Self::Frame(frame) => frame.violation.as_ref(),
        }
    }

    pub(super) fn refusal(&self) -> Option<&'a str> {
        match self {
            Self::World { refusal, .. } => *refusal,
            Self::Frame(frame) => match &frame.last.as_ref()?.cause {
                EventCause::Refused(_, reason) => Some(reason),
                _ => None,
            },
        }
    }

    /// Lines of the trace, each behind its time and a space.
    pub(super) fn lines(&self) -> Cow<'a, [String]> {
        match self {
            Self::World { lines, .. } => Cow::Borrowed(lines),
            Self::Frame(frame) => Cow::Owned(lines(frame)),
        }
    }
}

/// What a picture's last event put into the trace, but for what became of messages and clients.
fn lines(frame: &Frame) -> Vec<String> {
    let Some(last) = &frame.last else {
        return Vec::new();
    };
    let at_us = frame.now_us;
    let cause = format!("{at_us} {}", last.cause);
    let traced = last.trace.iter().filter_map(|event| {
        let mut members = frame.members.iter();
        let member = members.find(|member| member.id == event.member)?;
        Some(format!("{at_us} {} {event}", member.node))
    });
    std::iter::once(cause).chain(traced).collect()
}
