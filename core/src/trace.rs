//! What happens, as data and as one line of text.
//!
//! The text is etcd's own where etcd has a line for it ("470f778210a711ed became candidate at
//! term 6"), so what a person learns here they recognise in a real server's log. Goldens,
//! lessons, the page and the native log all read these events; nothing reads a member's insides.

mod event;
mod hash;
mod local_message;
mod message_kind;
mod summary;
mod text;

pub use event::{CorruptionCheck, Level, TraceEvent, TraceKind};
pub use hash::TraceHash;
pub use local_message::LocalMessage;
pub(crate) use local_message::LocalMessages;
pub use message_kind::MessageKind;
pub use summary::MessageSummary;
