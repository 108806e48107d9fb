//! What a system's error says, as Go prints it.

use std::error::Error;
use std::ffi::OsStr;
use std::io;

/// Its text in small letters, without its number: `no such file or directory`.
pub(crate) fn io_error_text(error: &dyn Error) -> String {
    let text = error.to_string().to_lowercase();
    match text.split_once(" (os error") {
        Some((text, _)) => text.to_owned(),
        None => text,
    }
}

/// Why a program could not be run (`os/exec`).
pub(crate) fn exec_error_text(program: &OsStr, error: &io::Error) -> String {
    let name = program.to_string_lossy();
    if name.contains('/') {
        return format!("fork/exec {name}: {}", io_error_text(error));
    }
    match error.kind() {
        io::ErrorKind::NotFound => {
            format!("exec: {name:?}: executable file not found in $PATH")
        }
        _ => format!("exec: {name:?}: {}", io_error_text(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_is_told_in_gos_words() {
        let error = io::Error::from_raw_os_error(2);
        assert_eq!(
            exec_error_text(OsStr::new("nosuch"), &error),
            "exec: \"nosuch\": executable file not found in $PATH"
        );
        assert_eq!(
            exec_error_text(OsStr::new("./nosuch"), &error),
            "fork/exec ./nosuch: no such file or directory"
        );
    }
}
