//! Flags of the log.

use super::definition::{Flag, Group};

/// What etcd's rotation is without being asked for.
const ROTATION_DEFAULT: &str = "{\"maxsize\": 100, \"maxage\": 0, \"maxbackups\": 0, \
                                \"localtime\": false, \"compress\": false}";

/// The group.
pub(super) const GROUP: Group = Group {
    title: "Logging",
    flags: &[
        Flag::text("logger", "zap", "Only 'zap': structured logging."),
        Flag::text(
            "log-outputs",
            "default",
            "'default' or 'stderr', 'stdout', 'systemd/journal', or a file's path; a comma-separated \
             list.",
        ),
        Flag::one_of(
            "log-level",
            &["debug", "info", "warn", "error", "dpanic", "panic", "fatal"],
            "info",
            "Lowest level that is logged: debug, info, warn, error, panic or fatal.",
        ),
        Flag::text("log-format", "json", "Format of a line: json or console."),
        Flag::boolean(
            "enable-log-rotation",
            "false",
            "Rotate the one file that is in --log-outputs.",
        ),
        Flag::text(
            "log-rotation-config-json",
            ROTATION_DEFAULT,
            "When to rotate (MB), how many old files to keep and for how many days, whether to name \
             them by local time, whether to compress them; 0 for no limit.",
        ),
        Flag::duration(
            "warning-unary-request-duration",
            "300ms",
            "Warn of requests that take longer from their coming to their answer.",
        ),
    ],
};
