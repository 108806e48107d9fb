//! Ctrl-C and SIGTERM: the first lets what is under way come to its end, so that nothing is lost;
//! the second ends the program at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// Whether somebody has asked to stop, and by which signal.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    is_asked: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

impl Stop {
    /// Listens from now on.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn on_signals() -> io::Result<Self> {
        let stop = Self::default();
        for signal in [SIGINT, SIGTERM] {
            let is_asked = || Arc::clone(&stop.is_asked);
            // In this order: what the first one sets is what the second one finds.
            flag::register_conditional_shutdown(signal, EXIT_BASE + signal, is_asked())?;
            let number = usize::try_from(signal).unwrap_or(0);
            flag::register_usize(signal, Arc::clone(&stop.signal), number)?;
            flag::register(signal, is_asked())?;
        }
        Ok(stop)
    }

    /// What is true once somebody has asked.
    pub fn flag(&self) -> &AtomicBool {
        &self.is_asked
    }

    /// Whether somebody has asked.
    pub fn is_asked(&self) -> bool {
        self.is_asked.load(Ordering::Relaxed)
    }

    /// The exit code of a program that was asked to stop: that of a shell, 130 for Ctrl-C and 143
    /// for SIGTERM.
    pub fn exit_code(&self) -> Option<u8> {
        let signal = self.signal.load(Ordering::Relaxed);
        let code = EXIT_BASE.unsigned_abs() as usize + signal;
        self.is_asked()
            .then(|| u8::try_from(code).unwrap_or(u8::MAX))
    }
}

/// What shells add to a signal's number.
const EXIT_BASE: i32 = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_told_by_the_exit_code() {
        let stop = Stop::on_signals().expect("signals can be had");
        assert!(!stop.is_asked());
        assert_eq!(stop.exit_code(), None);
        signal_hook::low_level::raise(SIGTERM).expect("it is raised");
        assert!(stop.is_asked());
        assert_eq!(stop.exit_code(), Some(143));
    }
}
