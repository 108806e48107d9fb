//! A world's settings as words: `members=5 tick=100ms latency=8ms..24ms loss=1%`.

use super::action::integer;
use super::once::Once;
use super::units::{duration_text, duration_us, per_cent_text, per_mille, span_us};
use super::words::{Cursor, Read, Word, Wrong, unknown};
use crate::rules::Rule;
use crate::sim::config::WorldConfig;
use crate::sim::halt::WorldError;

const KNOWN: &[&str] = &[
    "members",
    "seed",
    "tick",
    "election",
    "latency",
    "order",
    "loss",
    "disk-write",
    "disk-sync",
    "snapshot-count",
    "snapshot-store",
    "catch-up",
    "segment-size",
    "quota",
    "watch-room",
    "watch-chunk",
    "pre-vote",
    "reads",
    "clock-drift",
    "strict-reconfig",
    "check-quorum",
    "persist-before-ack",
    "commit-only-own-term",
    "read-index-confirmation",
    "leader-lease",
];

/// All that is left of a line as settings; what is not named keeps its default.
pub(super) fn settings(cursor: &mut Cursor<'_>) -> Read<WorldConfig> {
    let mut config = WorldConfig::default();
    let mut once = Once::default();
    while let Some(word) = cursor.peek() {
        let (name, value) = word.pair().ok_or_else(|| {
            word.wrong(format!(
                "\"{}\" has no value; write SETTING=VALUE",
                word.text
            ))
        })?;
        once.say(word, name)?;
        set(&mut config, word, name, value)?;
        cursor.next("")?;
    }
    match config.check() {
        Ok(()) => Ok(config),
        Err(error) => Err(blame(error, &once)),
    }
}

/// Where what is wrong with a world was said: some settings are wrong only beside others, of which
/// the last one is taken then.
fn blame(error: WorldError, once: &Once<'_>) -> Wrong {
    let mut names = SETTINGS_OF_FIELDS.iter();
    let name = names.find(|(field, _)| *field == error.field);
    let word = name.and_then(|(_, name)| once.word(name));
    Wrong {
        column: word.or(once.last()).map_or(1, |word| word.column),
        text: error.reason,
    }
}

fn set(config: &mut WorldConfig, word: &Word, name: &str, value: &str) -> Read<()> {
    match name {
        "members" => config.members = integer(word, value)?,
        "seed" => config.seed = integer(word, value)?,
        "tick" => config.tick_us = duration_us(word, value)?,
        "election" => config.election_ticks = integer(word, value.trim_end_matches("ticks"))?,
        "latency" => (config.latency_min_us, config.latency_max_us) = span_us(word, value)?,
        "order" => config.in_order = is_on(word, value, "kept", "any")?,
        "loss" => config.loss_per_mille = per_mille(word, value)?,
        "disk-write" => config.disk_write_us = duration_us(word, value)?,
        "disk-sync" => config.disk_sync_us = duration_us(word, value)?,
        "snapshot-count" => config.snapshot_count = integer(word, value)?,
        "snapshot-store" => config.snapshot_store_size_bytes = integer(word, value)?,
        "catch-up" => config.snapshot_catch_up_entries = integer(word, value)?,
        "segment-size" => config.segment_size_bytes = integer(word, value)?,
        "quota" => config.quota_bytes = integer(word, value)?,
        "watch-room" => config.watch_room = integer(word, value)?,
        "watch-chunk" => config.watch_chunk = integer(word, value)?,
        "reads" => config.reads_by_lease = is_on(word, value, "lease", "confirmed")?,
        "clock-drift" => {
            config.clock_drift_percent = integer(word, value.trim_end_matches('%'))?;
        }
        "strict-reconfig" => config.strict_reconfig_check = is_on(word, value, "on", "off")?,
        _ => {
            if let Some(rule) = Rule::ALL.into_iter().find(|rule| rule.name() == name) {
                config.switch_rule(rule, is_on(word, value, "on", "off")?);
                return Ok(());
            }
            let mut name_word = word.clone();
            name.clone_into(&mut name_word.text);
            return Err(unknown(&name_word, "setting of a world", KNOWN));
        }
    }
    Ok(())
}

fn is_on(word: &Word, value: &str, on: &'static str, off: &'static str) -> Read<bool> {
    if value == on {
        return Ok(true);
    }
    if value == off {
        return Ok(false);
    }
    Err(word.wrong(format!("\"{value}\" is neither {on} nor {off}")))
}

/// The settings that are not as they are by default, the members and the seed always.
pub(super) fn settings_text(config: &WorldConfig) -> String {
    let default = WorldConfig::default();
    let mut text = format!("members={} seed={}", config.members, config.seed);
    let mut add = |is_default: bool, setting: String| {
        if !is_default {
            text.push(' ');
            text.push_str(&setting);
        }
    };
    let tick = duration_text(config.tick_us);
    add(config.tick_us == default.tick_us, format!("tick={tick}"));
    let ticks = config.election_ticks;
    add(
        ticks == default.election_ticks,
        format!("election={ticks}ticks"),
    );
    let latency = (config.latency_min_us, config.latency_max_us);
    let is_default = latency == (default.latency_min_us, default.latency_max_us);
    let (min, max) = (duration_text(latency.0), duration_text(latency.1));
    add(is_default, format!("latency={min}..{max}"));
    let order = if config.in_order { "kept" } else { "any" };
    add(
        config.in_order == default.in_order,
        format!("order={order}"),
    );
    let loss = per_cent_text(config.loss_per_mille);
    add(
        config.loss_per_mille == default.loss_per_mille,
        format!("loss={loss}"),
    );
    for (name, value_us, default_us) in [
        ("disk-write", config.disk_write_us, default.disk_write_us),
        ("disk-sync", config.disk_sync_us, default.disk_sync_us),
    ] {
        let value = duration_text(value_us);
        add(value_us == default_us, format!("{name}={value}"));
    }
    for ((name, value), (_, default)) in numbers(config).into_iter().zip(numbers(&default)) {
        add(value == default, format!("{name}={value}"));
    }
    add(!config.reads_by_lease, "reads=lease".to_owned());
    let drift = config.clock_drift_percent;
    add(
        drift == default.clock_drift_percent,
        format!("clock-drift={drift}%"),
    );
    add(
        config.strict_reconfig_check == default.strict_reconfig_check,
        "strict-reconfig=off".to_owned(),
    );
    for rule in config.missing_rules() {
        add(false, format!("{rule}=off"));
    }
    text
}

/// The settings that are plain numbers, by their names.
fn numbers(config: &WorldConfig) -> [(&'static str, u64); 7] {
    [
        ("snapshot-count", config.snapshot_count),
        ("snapshot-store", config.snapshot_store_size_bytes),
        ("catch-up", config.snapshot_catch_up_entries),
        ("segment-size", config.segment_size_bytes),
        ("quota", u64::from(config.quota_bytes)),
        ("watch-room", u64::from(config.watch_room)),
        ("watch-chunk", u64::from(config.watch_chunk)),
    ]
}

/// The fields of a world's settings that may be wrong, and what a scenario calls them.
const SETTINGS_OF_FIELDS: &[(&str, &str)] = &[
    ("members", "members"),
    ("tick_us", "tick"),
    ("election_ticks", "election"),
    ("latency_min_us", "latency"),
    ("latency_max_us", "latency"),
    ("disk_write_us", "disk-write"),
    ("disk_sync_us", "disk-sync"),
    ("loss_per_mille", "loss"),
    ("snapshot_count", "snapshot-count"),
    ("segment_size_bytes", "segment-size"),
    ("watch_room", "watch-room"),
    ("watch_chunk", "watch-chunk"),
    ("clock_drift_percent", "clock-drift"),
];
