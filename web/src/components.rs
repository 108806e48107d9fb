//! What is on the page, one part a file. The parts show the state and send [`Message`]s; none
//! keeps a state of its own.
//!
//! They are plain functions, not Yew's components: the page is drawn once an event, and a component
//! for each part costs more in the size of the module than it saves in time.

pub(crate) mod branches;
pub(crate) mod client;
pub(crate) mod clients_lane;
pub(crate) mod disk;
pub(crate) mod faults;
pub(crate) mod files;
pub(crate) mod header;
pub(crate) mod help;
pub(crate) mod icon;
pub(crate) mod inside;
pub(crate) mod inspector;
pub(crate) mod kv;
pub(crate) mod lanes;
pub(crate) mod lesson;
pub(crate) mod link;
pub(crate) mod logs;
pub(crate) mod member;
pub(crate) mod menu;
pub(crate) mod message;
pub(crate) mod notice;
pub(crate) mod outlook;
pub(crate) mod page;
pub(crate) mod raw;
pub(crate) mod rich;
pub(crate) mod rules;
pub(crate) mod sentence;
pub(crate) mod split;
pub(crate) mod stage;
pub(crate) mod tabs;
pub(crate) mod terminal;
pub(crate) mod trace;
pub(crate) mod transport;

use quorate_core::sim::Frame;
use yew::prelude::*;

use crate::state::{Message, State};
use crate::text::{HandWords, Language, ToolWords, Words};

/// What every part is given: the state to show, and where its messages go.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) state: &'a State,
    pub(crate) send: &'a Callback<Message>,
}

impl View<'_> {
    /// The picture.
    pub(crate) fn frame(&self) -> &Frame {
        &self.state.frame
    }

    /// The language of all words.
    pub(crate) fn language(&self) -> Language {
        self.state.language
    }

    /// The short words.
    pub(crate) fn words(&self) -> &'static Words {
        self.state.language.words()
    }

    /// The words of what a hand can do.
    pub(crate) fn hands(&self) -> &'static HandWords {
        self.state.language.hands()
    }

    /// The words of the closer looks and of the tools.
    pub(crate) fn tools(&self) -> &'static ToolWords {
        self.state.language.tools()
    }

    /// Whether it plays.
    pub(crate) fn is_playing(&self) -> bool {
        self.state.playback.is_some()
    }

    /// Makes a message of something the browser tells.
    pub(crate) fn on<Event: 'static>(
        &self,
        message: impl Fn(Event) -> Message + 'static,
    ) -> Callback<Event> {
        self.send.reform(message)
    }

    /// Sends a message at a click.
    pub(crate) fn click(&self, message: Message) -> Callback<MouseEvent> {
        self.on(move |_| message.clone())
    }
}
