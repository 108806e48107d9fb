//! The page's words in its languages: one table of short ones, one function for sentences.
//!
//! What etcd itself names (message types, log lines, file names) stays as etcd has it.

mod en;
mod hands;
mod rich;
mod sentence;
mod tools;
mod words;
mod zh;

pub(crate) use hands::HandWords;
pub(crate) use rich::{pieces, strong};
pub(crate) use sentence::sentence;
pub(crate) use tools::ToolWords;
pub(crate) use words::Words;

use quorate_core::sim::{LossReason, Node, OperationOutcome};
use quorate_core::trace::MessageSummary;

use crate::permalink::LinkError;
use crate::state::Notice;
use crate::terminal::Complaint;

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// English.
    English,
    /// Chinese, simplified.
    Chinese,
}

impl Language {
    /// The language of a BCP 47 tag, as browsers and links give it.
    pub(crate) fn of_tag(tag: &str) -> Self {
        if tag.to_ascii_lowercase().starts_with("zh") {
            Language::Chinese
        } else {
            Language::English
        }
    }

    /// Its tag, for the document's `lang`.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Chinese => "zh-CN",
        }
    }

    /// The other one.
    pub(crate) fn other(self) -> Self {
        match self {
            Language::English => Language::Chinese,
            Language::Chinese => Language::English,
        }
    }

    /// The short words.
    pub(crate) fn words(self) -> &'static Words {
        match self {
            Language::English => &en::WORDS,
            Language::Chinese => &zh::WORDS,
        }
    }

    /// The words of what a hand can do.
    pub(crate) fn hands(self) -> &'static HandWords {
        match self {
            Language::English => &en::HANDS,
            Language::Chinese => &zh::HANDS,
        }
    }

    /// The words of the closer looks and of the tools.
    pub(crate) fn tools(self) -> &'static ToolWords {
        match self {
            Language::English => &en::TOOLS,
            Language::Chinese => &zh::TOOLS,
        }
    }

    /// What is wrong with a line in the terminal, and what would be right.
    pub(crate) fn complaint(self, complaint: &Complaint) -> String {
        match self {
            Language::English => en::complaint(complaint),
            Language::Chinese => zh::complaint(complaint),
        }
    }

    /// From which event on an outcome was settled.
    pub(crate) fn inevitable(self, event: u64, leader: Option<Node>) -> String {
        match self {
            Language::English => en::inevitable(event, leader),
            Language::Chinese => zh::inevitable(event, leader),
        }
    }

    /// What a message is, as part of a sentence: "an append of 2 entries".
    pub(crate) fn message(self, summary: &MessageSummary) -> String {
        match self {
            Language::English => en::message(summary),
            Language::Chinese => zh::message(summary),
        }
    }

    /// Why a message did not arrive.
    pub(crate) fn loss(self, reason: LossReason) -> &'static str {
        let words = self.words();
        match reason {
            LossReason::Cut => words.lost_cut,
            LossReason::Chance => words.lost_chance,
            LossReason::Down => words.lost_down,
            LossReason::Dropped => words.lost_dropped,
            LossReason::NotConnected => words.lost_not_connected,
        }
    }

    /// What a notice says.
    pub(crate) fn notice(self, notice: &Notice) -> String {
        match self {
            Language::English => en::notice(notice),
            Language::Chinese => zh::notice(notice),
        }
    }

    /// What is wrong with a link, and what would be right.
    pub(crate) fn link_error(self, error: &LinkError) -> String {
        match self {
            Language::English => en::link_error(error),
            Language::Chinese => zh::link_error(error),
        }
    }

    /// What came of an operation, in one word.
    pub(crate) fn outcome(self, outcome: &OperationOutcome) -> &'static str {
        let words = self.words();
        match outcome {
            OperationOutcome::Waiting => words.waiting,
            OperationOutcome::Done(_) => words.done,
            OperationOutcome::Failed(_) => words.failed,
            OperationOutcome::Unknown(_) => words.unknown,
        }
    }

    /// Where the page stands, for the scrubber's value as it is spoken.
    pub(crate) fn position(self, event: u64, of: u64, now_us: u64) -> String {
        let seconds = seconds(now_us);
        match self {
            Language::English => format!("event {event} of {of}, {seconds} seconds"),
            Language::Chinese => format!("第 {event} 个事件，共 {of} 个，{seconds} 秒"),
        }
    }
}

/// Virtual time as seconds with three places.
pub(crate) fn seconds(now_us: u64) -> String {
    format!("{}.{:03}", now_us / 1_000_000, now_us / 1000 % 1000)
}
