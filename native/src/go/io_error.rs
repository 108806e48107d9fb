//! What a system's error says, as Go prints it.

use std::error::Error;

/// Its text in small letters, without its number: `no such file or directory`.
pub(crate) fn io_error_text(error: &dyn Error) -> String {
    let text = error.to_string().to_lowercase();
    match text.split_once(" (os error") {
        Some((text, _)) => text.to_owned(),
        None => text,
    }
}
