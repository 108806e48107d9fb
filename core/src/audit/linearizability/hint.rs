//! What the search may try first.

use crate::command::Command;
use crate::id::Revision;

/// What somebody says has written a revision: somebody who looks into the members, say. It is not believed, only tried first. An order that fits is proof, whoever named it, and
/// one that does not is given up like any other.
pub type Hint<'a> = &'a dyn Fn(Revision) -> Option<Command>;

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::super::evidence::{Belief, Evidence};
    use super::super::search::Search;
    use super::*;
    use crate::audit::history::{ClientOperation, History, Outcome};
    use crate::audit::model::Model;
    use crate::command::{Command, Put, Range, RangeReply, Reply, ReplyHeader};

    fn operation(number: u64, command: Command, outcome: Outcome) -> ClientOperation {
        ClientOperation {
            number,
            client: number,
            node: 1,
            command,
            invoked_at: 0,
            returned_at: None,
            outcome,
        }
    }

    fn put(value: &'static str) -> Command {
        Command::Put(Put {
            key: Bytes::from_static(b"a"),
            value: Bytes::from_static(value.as_bytes()),
            ..Put::default()
        })
    }

    /// Two writes that nobody was told of, and that one of them has been carried out.
    fn history() -> History {
        let other = Range {
            key: Bytes::from_static(b"b"),
            ..Range::default()
        };
        let nobody_knows = || Outcome::Unknown("no answer".to_owned());
        let header = ReplyHeader {
            revision: Revision(2),
            ..ReplyHeader::default()
        };
        let seen = Outcome::Done {
            header,
            reply: Reply::Range(RangeReply::default()),
        };
        History {
            operations: vec![
                operation(1, put("one"), nobody_knows()),
                operation(2, put("two"), nobody_knows()),
                operation(3, Command::Range(other), seen),
            ],
            watches: Vec::new(),
        }
    }

    fn found_along(hint: Hint<'_>) -> Bytes {
        let history = history();
        let evidence = Evidence::new(&history, Belief::Nothing);
        let floors = [Revision(1); 3];
        let search = Search::new(&history, &floors, evidence).unwrap_or_else(|_| panic!("honest"));
        let linearized = search.along(Some(hint)).run();
        let model: Option<Model> = linearized.ok().and_then(|linearized| linearized.model);
        let key = Bytes::from_static(b"a");
        let model = model.expect("an order");
        let found = model.at(&key, Revision(2)).expect("it was put");
        found.value.clone()
    }

    #[test]
    fn what_is_hinted_at_is_tried_first() {
        for wanted in ["one", "two"] {
            assert_eq!(found_along(&|_| Some(put(wanted))), wanted);
        }
    }

    #[test]
    fn a_hint_at_what_nobody_asked_is_passed_over() {
        assert_eq!(found_along(&|_| Some(put("three"))), "one");
    }
}
