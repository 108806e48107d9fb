//! Why a world does not start, or does not go on.

use thiserror::Error;

use super::violation::Violation;

/// A world cannot be made of these settings.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("world: {field}: {reason}")]
pub struct WorldError {
    /// The setting that is wrong.
    pub field: &'static str,
    /// What is wrong with it.
    pub reason: String,
}

/// Why a world does not go on.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Halt {
    /// Nothing is queued: all members are down. An action can bring it back.
    #[error("nothing will happen any more unless somebody acts")]
    Idle,
    /// A property was violated; what happens after that means nothing.
    #[error("{0}")]
    Violated(Violation),
}
