//! What is drawn where: pure functions from a frame to places, paths and words of a few letters.
//!
//! Nothing here knows the browser or Yew, so all of it is tested natively; the components only
//! turn its answers into elements.

pub(crate) mod apart;
pub(crate) mod axis;
pub(crate) mod layout;
pub(crate) mod logs;
pub(crate) mod path;
pub(crate) mod pill;
pub(crate) mod revisions;
pub(crate) mod ring;
pub(crate) mod spans;
pub(crate) mod stations;
pub(crate) mod stroke;
