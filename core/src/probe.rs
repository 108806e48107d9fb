//! What a host may measure of a member's work.
//!
//! A member has no clock, so it cannot say how long something took. A host that wants to know
//! gives it a probe, which is called where work begins and where it ends. Nothing comes back from
//! a probe: a member with one does exactly what a member without one does.

use crate::command::{Command, Reply};
use crate::error::Error;
use crate::id::RequestId;

/// Is told of a member's work as it is done. What begins ends before anything else does, or is set
/// aside; what has not been set aside when something else begins was given up.
pub trait Probe: Send {
    /// The store begins to carry something out.
    fn begins(&mut self);
    /// It takes longer than a step, and goes on later: a read of this member's client, or, where
    /// there is no request, a committed command.
    fn set_aside(&mut self, read: Option<RequestId>);
    /// It goes on with what was set aside.
    fn taken_up(&mut self, read: Option<RequestId>);
    /// The store has carried out a committed command, on behalf of whomever.
    fn applied(&mut self, command: &Command, result: &Result<Reply, Error>);
    /// The store has answered a read of this member's own client.
    fn read(&mut self, command: &Command, result: &Result<Reply, Error>);
}
