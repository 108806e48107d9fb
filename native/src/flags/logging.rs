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
            "'default' or 'stderr', 'stdout', or a file's path; a comma-separated list.",
        ),
        Flag::one_of(
            "log-level",
            &["debug", "info", "warn", "error", "dpanic", "panic", "fatal"],
            "info",
            "Lowest level that is logged: debug, info, warn, error, panic or fatal.",
        ),
        Flag::one_of(
            "log-format",
            &["json", "console"],
            "json",
            "Format of a line.",
        )
        .not_yet(),
        Flag::boolean("enable-log-rotation", "false", "Rotate a log file.").not_yet(),
        Flag::text(
            "log-rotation-config-json",
            ROTATION_DEFAULT,
            "How to rotate.",
        )
        .not_yet(),
        Flag::text(
            "warning-unary-request-duration",
            "300ms",
            "Warn of requests that take longer.",
        )
        .not_yet(),
    ],
};
