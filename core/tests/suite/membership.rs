//! Changes of the members: what is refused, what is carried out, and what comes of the removed.

mod changes;
mod cluster;
mod leaving;
