//! What is wrong with a line; the texts say what would be right.

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Complaint {
    /// Quotes that do not end, or nothing behind a backslash.
    Quotes,
    /// No command; perhaps another one was meant.
    Unknown {
        word: String,
        near: Option<&'static str>,
    },
    /// A command of etcdctl that this terminal does not have.
    NotHere(String),
    /// Arguments are missing, or there are too many; how the command is written.
    Usage(&'static str),
    /// A flag that the command does not have; how it is written.
    Flag { flag: String, usage: &'static str },
    /// Something that should be a number; what it is.
    Number { text: String, of: &'static str },
    /// No member has this name or id.
    Member(String),
    /// A lease's id is hexadecimal.
    Lease(String),
    /// A condition of a transaction.
    Condition(String),
    /// A request of a transaction.
    Request(String),
    /// Two flags that exclude one another.
    Both(&'static str, &'static str),
    /// A way of printing that there is not.
    Format(String),
    /// A machine that comes to this world has a name that is given.
    NewName { text: String, next: String },
    /// The world says why it cannot be.
    Refused(String),
    /// Nothing runs that could be interrupted.
    NothingRuns,
}
