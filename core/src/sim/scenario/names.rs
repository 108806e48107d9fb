//! What members are called in a scenario.

use super::words::{Cursor, Read, Word};
use crate::collections::BTreeMap;
use crate::sim::action::Node;

/// Reads members: `n1`, `1`, a name given by `member 1 name=etcd1`, or `leader`.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Each with the line that gave it.
    given: BTreeMap<String, (Node, usize)>,
    /// How many members there are or can come to be; nothing for any number.
    pub(super) count: Option<u32>,
    /// Who leads now; nobody when nobody does.
    pub(super) leader: Option<Node>,
}

impl Names {
    /// Gives a member a name, in a line; says why when it is taken, would be read as something
    /// else, or the member has one.
    pub(super) fn give(&mut self, name: &str, node: Node, line: usize) -> Result<(), String> {
        if number(name).is_some() || ["leader", "*", ""].contains(&name) {
            return Err(format!(
                "\"{name}\" cannot be the name of {node}; take one that is no number and has \
                 no other meaning"
            ));
        }
        if let Some((owner, first)) = self.given.get(name).filter(|(owner, _)| *owner != node) {
            return Err(format!(
                "line {first} gives the name \"{name}\" to {owner}; take another one for {node}"
            ));
        }
        let mut given = self.given.iter();
        if let Some((other, (_, first))) = given.find(|(_, (owner, _))| *owner == node) {
            return Err(format!(
                "line {first} gives {node} the name \"{other}\" already; write one name, once"
            ));
        }
        self.given.insert(name.to_owned(), (node, line));
        Ok(())
    }

    /// The member that was given a name.
    pub(super) fn named(&self, name: &str) -> Option<Node> {
        self.given.get(name).map(|(node, _)| *node)
    }

    /// The name that was given to a member.
    pub(super) fn of(&self, node: Node) -> Option<&str> {
        let mut given = self.given.iter();
        let found = given.find(|(_, (owner, _))| *owner == node);
        found.map(|(name, _)| name.as_str())
    }

    /// The next word as a member.
    pub(super) fn next(&self, cursor: &mut Cursor<'_>) -> Read<Node> {
        let word = cursor.next("a member: n1, n2, …")?;
        self.node(word, &word.text)
    }

    /// A member that stands in a word.
    pub(super) fn node(&self, word: &Word, text: &str) -> Read<Node> {
        if text == "leader" {
            return self.leader.ok_or_else(|| {
                word.wrong("nobody leads now; write `until leader` before this step")
            });
        }
        if let Some((node, _)) = self.given.get(text) {
            return Ok(*node);
        }
        let number = number(text).filter(|number| *number > 0).ok_or_else(|| {
            word.wrong(format!(
                "\"{text}\" is no member; write n1, n2, …, leader, or a name that was given"
            ))
        })?;
        match self.count {
            Some(count) if number > count => Err(word.wrong(format!(
                "there is no n{number}; this world has n1 to n{count}"
            ))),
            _ => Ok(Node(number)),
        }
    }

    /// A list of members: `1,2`; `-` for nobody.
    pub(super) fn list(&self, word: &Word, text: &str) -> Read<Vec<Node>> {
        if text == "-" {
            return Ok(Vec::new());
        }
        text.split(',').map(|one| self.node(word, one)).collect()
    }

    /// One end of an arrow: a member, or `*` for all.
    pub(super) fn anybody(&self, word: &Word, text: &str) -> Read<Option<Node>> {
        match text {
            "*" => Ok(None),
            one => self.node(word, one).map(Some),
        }
    }
}

fn number(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('n').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}
