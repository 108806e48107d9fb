//! The disk of a tool: operations carried out one after the other, here and now.

use std::path::Path;

use quorate_core::disk::{DiskError, DiskOperation};

use super::files::Files;

/// Carries operations out, in order, up to the first that fails.
///
/// # Errors
/// What could not be done; what stands before it is done.
pub(crate) fn carry_out(root: &Path, operations: &[DiskOperation]) -> Result<(), DiskError> {
    let mut files = Files::of_tool(root);
    operations
        .iter()
        .try_for_each(|operation| files.carry_out(operation))
}
