//! Asking for a password.

use std::io;

use crate::ctl::failure::Failure;

/// Asks twice at the terminal, without showing what is typed, or reads a word of standard input.
///
/// # Errors
/// Nothing, or two different ones, were typed.
pub(super) fn read(name: &str, interactive: bool) -> Result<String, Failure> {
    if !interactive {
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line);
        read.map_err(|error| Failure::arguments(format!("failed to ask password: {error}")))?;
        let word = line.split_whitespace().next().unwrap_or_default();
        return Ok(word.to_owned());
    }
    let password = ask(&format!("Password of {name}: "))?;
    if password.is_empty() {
        return Err(Failure::arguments("empty password"));
    }
    let again = ask(&format!("Type password of {name} again for confirmation: "))?;
    if password != again {
        return Err(Failure::arguments("given passwords are different"));
    }
    Ok(password)
}

fn ask(prompt: &str) -> Result<String, Failure> {
    rpassword::prompt_password(prompt)
        .map_err(|error| Failure::arguments(format!("failed to ask password: {error}")))
}
