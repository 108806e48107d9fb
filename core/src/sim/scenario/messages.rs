//! Messages by their kind and their way, and what becomes of them.

use super::action::arrow;
use super::names::Names;
use super::words::{Cursor, Read, Word, unknown};
use crate::sim::action::Node;
use crate::trace::MessageKind;

/// Which messages, and what becomes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Messages {
    pub(super) fate: Fate,
    /// Nothing for all.
    pub(super) kind: Option<MessageKind>,
    pub(super) from: Option<Node>,
    pub(super) to: Option<Node>,
}

/// What becomes of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Deliver,
    Drop,
    Duplicate,
}

impl Messages {
    /// `drop MsgApp n1->n2`.
    pub(super) fn read(cursor: &mut Cursor<'_>, names: &Names) -> Read<Self> {
        let verb = cursor.next("")?;
        let fate = match verb.text.as_str() {
            "deliver" => Fate::Deliver,
            "drop" => Fate::Drop,
            _ => Fate::Duplicate,
        };
        let kind = match cursor.peek() {
            Some(word) if !word.text.contains("->") => {
                cursor.next("")?;
                Some(kind(word, &word.text)?)
            }
            _ => None,
        };
        let (from, to) = arrow(cursor, names)?;
        Ok(Self {
            fate,
            kind,
            from,
            to,
        })
    }

    /// `deliver-msgs 2`, `deliver-msgs drop=2`, each with `type=MsgApp`: rafttest's words.
    pub(super) fn read_rafttests(cursor: &mut Cursor<'_>, names: &Names) -> Read<Self> {
        cursor.next("")?;
        let word = cursor.next("to whom: deliver-msgs 2, or deliver-msgs drop=2")?;
        let (fate, to) = match word.pair() {
            None => (Fate::Deliver, names.node(word, &word.text)?),
            Some(("drop", to)) => (Fate::Drop, names.node(word, to)?),
            Some(_) => return Err(unknown(word, "setting", &["drop=2"])),
        };
        let kind = match cursor.peek() {
            None => None,
            Some(word) => {
                cursor.next("")?;
                let pair = word.pair().filter(|(name, _)| *name == "type");
                let (_, name) = pair.ok_or_else(|| unknown(word, "setting", &["type=MsgApp"]))?;
                Some(kind(word, name)?)
            }
        };
        Ok(Self {
            fate,
            kind,
            from: None,
            to: Some(to),
        })
    }
}

/// Whether a verb speaks of messages on a way or of a kind, and not of one message by its number.
pub(super) fn is_way(cursor: &Cursor<'_>) -> bool {
    let mut rest = cursor.rest().iter().skip(1);
    let is_number = |word: &Word| word.text.starts_with('#') || integer_like(&word.text);
    rest.next().is_some_and(|word| !is_number(word))
}

fn integer_like(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn kind(word: &Word, name: &str) -> Read<MessageKind> {
    let mut kinds = MessageKind::ALL.into_iter();
    kinds.find(|kind| kind.name() == name).ok_or_else(|| {
        let names = MessageKind::ALL.map(MessageKind::name);
        let mut named = word.clone();
        name.clone_into(&mut named.text);
        unknown(&named, "kind of message", &names)
    })
}
