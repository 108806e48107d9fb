//! Why an order of operations is none that a single store would have had them in.

use crate::audit::history::ClientOperation;
use crate::command::Reply;
use crate::id::Revision;

/// What does not fit. Most of these are only a reason to try something else, so the text is made
/// when it is needed.
pub(super) enum Misfit<'a> {
    /// Nothing that was asked can have been written at a revision.
    Nothing(Revision),
    /// A write was acknowledged at a revision with another answer than this.
    Wrote(&'a ClientOperation, Revision, Option<Box<Reply>>),
    /// An operation was answered at a revision with another answer than this.
    Answered(&'a ClientOperation, Revision, Option<Box<Reply>>),
    /// A write was acknowledged at a revision of which somebody saw something else.
    Seen(&'a ClientOperation, Revision),
}

impl<'a> Misfit<'a> {
    /// The operation that does not fit.
    pub(super) fn operation(&self) -> Option<&'a ClientOperation> {
        match self {
            Misfit::Nothing(_) => None,
            Misfit::Wrote(operation, ..)
            | Misfit::Answered(operation, ..)
            | Misfit::Seen(operation, _) => Some(operation),
        }
    }

    /// The same in words.
    pub(super) fn text(&self) -> String {
        let wanted = |operation: &'a ClientOperation| operation.done().map(|(_, reply)| reply);
        match self {
            Misfit::Nothing(revision) => {
                format!("nothing that was asked can have been written at revision {revision}")
            }
            Misfit::Wrote(operation, revision, reply) => format!(
                "operation {} wrote revision {revision} and was answered {:?}, where a single \
                 store answers {reply:?}",
                operation.number,
                wanted(operation)
            ),
            Misfit::Answered(operation, revision, reply) => format!(
                "operation {} was answered {:?} at revision {revision}, where a single store \
                 answers {reply:?}",
                operation.number,
                wanted(operation)
            ),
            Misfit::Seen(operation, revision) => format!(
                "operation {} wrote revision {revision}, of which others saw something else",
                operation.number
            ),
        }
    }
}
