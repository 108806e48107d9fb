//! Starts the core's member: the one place that names it.

use quorate_core::disk::DiskImage;
use quorate_core::member::MemberConfig;

use super::Machine;

/// A member with this configuration and what its disk holds; else why it cannot start.
pub(crate) fn start_member(
    _config: MemberConfig,
    _image: &DiskImage,
) -> Result<Box<dyn Machine>, String> {
    Err("this build has no member".to_owned())
}
