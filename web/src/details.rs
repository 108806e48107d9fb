//! What is looked at more closely than a frame shows it: made when a panel that shows it is open.

use std::sync::Arc;

use quorate_core::id::MemberId;
use quorate_core::member::StoreView;
use quorate_core::sim::{DiskView, Frame, Node, OperationFrame, World};

/// The closer looks at the moment that is shown.
#[derive(Debug, Default)]
pub(crate) struct Details {
    /// The moment and the member that `disk` and `store` are of.
    of: Option<(u64, Node)>,
    pub(crate) disk: Option<DiskView>,
    pub(crate) store: Option<StoreView>,
    /// What clients saw, when it was last judged.
    judged: Option<Judged>,
    /// Verdicts on what was judged before, so that going back and forth asks nobody again.
    verdicts: Vec<(Judged, Arc<Verdict>)>,
}

/// What the audit says of all that clients have seen so far.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// Nobody has asked anything.
    Nothing,
    /// There is an order of all operations in which a single store would have answered so; so
    /// many writes whose outcome nobody was told stand in it.
    Linearizable { unacknowledged: u64 },
    /// The search for an order was given up.
    Undecided,
    /// A guarantee is broken; the operations that show it.
    Broken {
        property: &'static str,
        text: String,
        operations: Vec<u64>,
    },
}

/// What decides a verdict: how often clients have heard something, and what they were answered.
#[derive(Clone, Debug, PartialEq)]
struct Judged {
    heard: u64,
    operations: u64,
}

/// Verdicts that are kept.
const VERDICTS_MAX: usize = 256;

impl Details {
    /// Whether the disk and the store that are held are those of a moment's member.
    pub(crate) fn is_of(&self, frame: &Frame, node: Node) -> bool {
        self.of == Some((frame.trace_hash, node))
    }

    /// Looks at a member's disk and store.
    pub(crate) fn look(&mut self, frame: &Frame, node: Node, world: &World) {
        self.of = Some((frame.trace_hash, node));
        self.disk = world.disk_view(node);
        self.store = world.store_view(node);
    }

    /// Whether clients have seen something else since the verdict was given; one that was given
    /// before is taken up again.
    pub(crate) fn is_unjudged(&mut self, frame: &Frame) -> bool {
        let now = Judged::of(frame);
        if self.judged.as_ref() == Some(&now) {
            return false;
        }
        let known = self.verdicts.iter().any(|(judged, _)| *judged == now);
        self.judged = Some(now);
        !known
    }

    /// Asks the core's audit about all that clients have seen.
    pub(crate) fn judge(&mut self, world: &World) {
        let Some(judged) = self.judged.clone() else {
            return;
        };
        let verdict = match world.verdict() {
            _ if world.operations().is_empty() => Verdict::Nothing,
            Ok(found) if found.is_decided() => Verdict::Linearizable {
                unacknowledged: found.unacknowledged,
            },
            Ok(_) => Verdict::Undecided,
            Err(finding) => Verdict::Broken {
                property: finding.property,
                operations: numbers(&finding.text),
                text: finding.text,
            },
        };
        if self.verdicts.len() == VERDICTS_MAX {
            self.verdicts.remove(0);
        }
        self.verdicts.push((judged, Arc::new(verdict)));
    }

    /// The verdict at the moment that is shown.
    pub(crate) fn verdict(&self) -> Verdict {
        let judged = self.judged.as_ref();
        let mut verdicts = self.verdicts.iter();
        verdicts
            .find(|(one, _)| Some(one) == judged)
            .map_or(Verdict::Nothing, |(_, verdict)| (**verdict).clone())
    }
}

impl Judged {
    fn of(frame: &Frame) -> Self {
        Self {
            heard: frame.heard,
            operations: fingerprint(&frame.operations),
        }
    }
}

/// A number that differs when operations, or what came of them, do (FNV-1a).
fn fingerprint(operations: &[OperationFrame]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |number: u64| {
        hash = (hash ^ number).wrapping_mul(0x0100_0000_01b3);
    };
    for operation in operations {
        add(operation.asked_at_us);
        add(operation.answered_at_us.unwrap_or(0));
        operation.text.bytes().for_each(|byte| add(u64::from(byte)));
    }
    hash
}

/// The operations that a finding names: `operation 5`, `operations 5 and 7`.
fn numbers(text: &str) -> Vec<u64> {
    let mut numbers = Vec::new();
    let mut near = 0;
    for word in text.split(|letter: char| !letter.is_alphanumeric()) {
        if word.starts_with("operation") {
            near = 5;
        } else if near > 0 {
            near -= 1;
            numbers.extend(word.parse::<u64>());
        }
    }
    numbers
}

/// A member's short name in a frame; its id when it is a stranger.
pub(crate) fn name_of(frame: &Frame, id: MemberId) -> String {
    let mut members = frame.members.iter();
    let found = members.find(|member| member.id == id);
    found.map_or_else(|| id.to_string(), |member| member.node.to_string())
}

/// A text with the members' short names for their ids.
pub(crate) fn with_names(text: &str, frame: &Frame) -> String {
    let mut named = text.to_owned();
    for member in &frame.members {
        let id = member.id.to_string();
        if named.contains(&id) {
            named = named.replace(&id, &member.node.to_string());
        }
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operations_of_a_finding_are_found() {
        assert_eq!(
            numbers("operation 5 (get x) read 1, which operation 12 had replaced"),
            [5, 12]
        );
        assert_eq!(numbers("nothing of 7"), [0_u64; 0]);
    }
}
