//! What is on the page, one component a file. They show what they are given and send
//! [`Message`](crate::state::Message)s; none keeps a state of its own.

pub(crate) mod client;
pub(crate) mod faults;
pub(crate) mod header;
pub(crate) mod help;
pub(crate) mod icon;
pub(crate) mod inspector;
pub(crate) mod link;
pub(crate) mod logs;
pub(crate) mod member;
pub(crate) mod menu;
pub(crate) mod message;
pub(crate) mod notice;
pub(crate) mod rich;
pub(crate) mod sentence;
pub(crate) mod stage;
pub(crate) mod tabs;
pub(crate) mod trace;
pub(crate) mod transport;
