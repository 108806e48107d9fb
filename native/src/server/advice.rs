//! What a server says of its settings when it starts, in etcd's words where etcd has them.

use quorate_core::limits;
use serde_json::json;

use crate::go::humanized_bytes;
use crate::log::Logger;
use crate::settings::Settings;

/// etcd's `MaxQuotaBytes`: a larger store is slow to start and to send.
const QUOTA_BYTES_RECOMMENDED_MAX: i64 = 8 * 1_024 * 1_024 * 1_024;
/// etcd's `recommendedMaxRequestBytes`.
const REQUEST_BYTES_RECOMMENDED_MAX: usize = 10 * 1_024 * 1_024;
/// What etcd calls its quota of requests that are applied; the only one here.
const QUOTA_NAME: &str = "v3-applier";

/// Says it.
pub(super) fn tell(settings: &Settings, logger: &Logger) {
    if settings.name == "default" {
        logger.warn(
            "it isn't recommended to use default name, please set a value for --name. Note that \
             etcd might run into issue when multiple members have the same default name",
            &[("name", json!(settings.name))],
        );
    }
    let request_bytes = settings.request_size_bytes_max;
    if request_bytes > REQUEST_BYTES_RECOMMENDED_MAX {
        let size = |bytes: usize| json!(humanized_bytes(bytes as u64));
        logger.warn(
            "exceeded recommended request limit",
            &[
                ("max-request-bytes", json!(request_bytes)),
                ("max-request-size", size(request_bytes)),
                (
                    "recommended-request-bytes",
                    json!(REQUEST_BYTES_RECOMMENDED_MAX),
                ),
                (
                    "recommended-request-size",
                    size(REQUEST_BYTES_RECOMMENDED_MAX),
                ),
            ],
        );
    }
    tell_of_quota(settings.upkeep.quota_backend_bytes, logger);
}

fn tell_of_quota(quota_bytes: i64, logger: &Logger) {
    let name = ("quota-name", json!(QUOTA_NAME));
    let size = |bytes: i64| json!(humanized_bytes(bytes.unsigned_abs()));
    if quota_bytes < 0 {
        let fields = [name, ("quota-size-bytes", json!(quota_bytes))];
        return logger.info("disabled backend quota", &fields);
    }
    if quota_bytes == 0 {
        let bytes = limits::QUOTA_BYTES_DEFAULT;
        let fields = [
            name,
            ("quota-size-bytes", json!(bytes)),
            ("quota-size", json!(humanized_bytes(bytes))),
        ];
        return logger.info("enabled backend quota with default value", &fields);
    }
    let fields = [
        name,
        ("quota-size-bytes", json!(quota_bytes)),
        ("quota-size", size(quota_bytes)),
    ];
    if quota_bytes > QUOTA_BYTES_RECOMMENDED_MAX {
        let most = [
            (
                "quota-maximum-size-bytes",
                json!(QUOTA_BYTES_RECOMMENDED_MAX),
            ),
            ("quota-maximum-size", size(QUOTA_BYTES_RECOMMENDED_MAX)),
        ];
        logger.warn(
            "quota exceeds the maximum value",
            &[&fields[..], &most].concat(),
        );
    }
    logger.info("enabled backend quota", &fields);
}
