//! What fuzz targets may reach (`fuzz/`): the readers of bytes and texts from outside. Built only
//! under `cfg(fuzzing)`.

pub use crate::ctl::fuzzing::words;
pub use crate::gateway::fuzzing::gateway;
pub use crate::peer::fuzzing::{handshake, peer_stream};

use crate::flags::{Request, config_file, parse};
use crate::settings::Settings;

/// The server's arguments.
pub fn flags(arguments: &[String]) {
    if let Ok(Request::Serve(values)) = parse(arguments)
        && let Ok(settings) = Settings::new(&values)
    {
        let _ = settings.election_ticks();
        let _ = settings.initial_cluster.to_string();
    }
}

/// The server's configuration file.
pub fn config(bytes: &[u8]) {
    if let Some(values) = config_file(bytes.to_vec())
        && let Ok(settings) = Settings::new(&values)
    {
        let _ = settings.election_ticks();
        let _ = settings.initial_cluster.to_string();
    }
}
