//! What a scenario waits for and what it expects.

mod cluster;
mod comparison;
mod hold;
mod kinds;
mod read;
mod sight;
mod who;

pub(super) use self::cluster::leader;
pub(super) use self::hold::alarms_text;
pub(super) use self::kinds::standing_name;
pub(super) use self::sight::Sight;

use self::comparison::{Comparison, Operand};
use self::who::Who;
use super::measure::Measure;
use crate::command::Alarm;
use crate::member::Role;
use crate::sim::action::Node;
use crate::sim::frame::Standing;

/// Something that holds in a world or does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// The other one does not hold.
    Not(Box<Condition>),
    /// Somebody leads, all running members know it, and it is this one if one is named.
    Leader(Option<Node>),
    /// The highest term of a running member.
    Term(u64),
    /// Somebody leads, and all running members have applied all that is in any log.
    Settled,
    /// No client waits.
    Answered,
    /// No message is under way and no disk is busy.
    Quiet,
    /// So many events have happened.
    Event(u64),
    /// What came of an operation of a client.
    Operation(u64, String, Option<String>),
    /// A line of the trace holds a text.
    Trace(Option<Who>, String),
    /// A property was violated.
    Violation(Option<&'static str>),
    /// The last action was refused.
    Refused(Option<String>),
    /// The trace's hash.
    Hash(String),
    /// So many machines are down, or more.
    SomeDown(u64),
    /// A member is down.
    Down(Who),
    /// A member has a role.
    Role(Who, Role),
    /// How a machine stands to the cluster.
    Standing(Who, Standing),
    /// A member's store has a key with this value; nothing for no such key.
    Has(Who, String, Option<String>),
    /// A member knows of an alarm; of anybody's, or about one store.
    Alarm(Who, Alarm, Option<Node>),
    /// A member's number compares so with another one.
    Compare(Who, Measure, Comparison, Operand),
}
