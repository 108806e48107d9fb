//! The trace of a world, line by line, and its hash.

use std::fmt::{self, Write as _};

use super::action::Node;
use super::frame::{EventCause, LossReason, MessageFrame, OperationOutcome};
use super::scenario::words::escape;
use crate::trace::TraceHash;

/// Takes lines in; keeps them only when it is asked to.
#[derive(Debug, Default)]
pub(super) struct Lines {
    hash: TraceHash,
    kept: Option<Vec<String>>,
}

impl Lines {
    pub(super) fn kept() -> Self {
        Self {
            kept: Some(Vec::new()),
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, at_us: u64, text: fmt::Arguments<'_>) {
        let Some(kept) = &mut self.kept else {
            // The hash is told the same without a text being made, and never fails.
            let _ = writeln!(self.hash, "{at_us} {text}");
            return;
        };
        let line = format!("{at_us} {text}");
        self.hash.add_line(&line);
        kept.push(line);
    }

    pub(super) fn hash(&self) -> TraceHash {
        self.hash
    }

    pub(super) fn take(&mut self) -> Vec<String> {
        self.kept.as_mut().map(std::mem::take).unwrap_or_default()
    }
}

impl fmt::Display for MessageFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let summary = &self.summary;
        write!(
            f,
            "{} #{} from {} to {} [term: {}, index: {}, logterm: {}, entries: {}, commit: {}{}]",
            summary.kind,
            self.id,
            self.from,
            self.to,
            summary.term,
            summary.index,
            summary.log_term,
            summary.entries,
            summary.commit,
            if summary.reject { ", reject" } else { "" },
        )
    }
}

impl fmt::Display for LossReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LossReason::Cut => "the link is cut",
            LossReason::Chance => "by chance",
            LossReason::Down => "the receiver is down",
            LossReason::NotConnected => "there is no connection yet",
            LossReason::Dropped => "it was dropped",
        })
    }
}

/// What stands behind the comma is, between quotes, what `expect operation 1 done "…"` looks for.
impl fmt::Display for OperationOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OperationOutcome::Waiting => f.write_str("waiting"),
            OperationOutcome::Done(text) => write!(f, "done, {}", escape(text)),
            OperationOutcome::Failed(text) => write!(f, "failed, {}", escape(text)),
            OperationOutcome::Unknown(text) => write!(f, "unknown, {}", escape(text)),
        }
    }
}

impl fmt::Display for EventCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EventCause::Started => f.write_str("started"),
            EventCause::Ticked(node) => write!(f, "ticked {node}"),
            EventCause::Delivered(message) => write!(f, "delivered {message}"),
            EventCause::Lost(message, reason) => write!(f, "lost {message}: {reason}"),
            EventCause::Wrote(node) => write!(f, "wrote {node}"),
            EventCause::Synced(node) => write!(f, "synced {node}"),
            EventCause::Connected(one, two) => write!(f, "connected {one} {two}"),
            EventCause::Disconnected(who, from) => write!(f, "disconnected {who} from {from}"),
            EventCause::Acted(action) => write!(f, "acted {action}"),
            EventCause::Refused(action, reason) => write!(f, "refused {action}: {reason}"),
        }
    }
}

/// A member's line: its number, then its trace text.
pub(super) fn add_member_line(lines: &mut Lines, at_us: u64, node: Node, text: impl fmt::Display) {
    lines.add(at_us, format_args!("{node} {text}"));
}
