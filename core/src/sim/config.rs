//! What a world is made of.

mod switches;

use super::halt::WorldError;
use super::scenario::units::{duration_text, per_cent_text};
use crate::consensus::lease_ticks;
use crate::known_bug::{KnownBug, KnownBugs};
use crate::limits;
use crate::member::ReadLeaseSettings;
use crate::rules::{Rule, Rules};

/// The settings that, with the actions taken, determine everything that happens in a world.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorldConfig {
    /// The seed of all chance in it.
    pub seed: u64,
    /// How many members: 1 to 7. They are called `n1`, `n2`, …
    pub members: u32,
    /// A tick (heartbeat interval) of every member's clock, in virtual microseconds.
    pub tick_us: u64,
    /// Ticks of an election timeout.
    pub election_ticks: u32,
    /// Least time a message is under way, in virtual microseconds.
    pub latency_min_us: u64,
    /// Most time a message is under way.
    pub latency_max_us: u64,
    /// Whether messages from one member to another arrive in the order they were sent in, as on one
    /// connection; else each takes its own time and they overtake one another.
    pub in_order: bool,
    /// Messages lost by chance, in a thousand.
    pub loss_per_mille: u32,
    /// Time the disk takes to write a batch's bytes, in virtual microseconds.
    pub disk_write_us: u64,
    /// Time the disk takes to sync, in virtual microseconds.
    pub disk_sync_us: u64,
    /// A snapshot is taken when more entries than this have been applied since the last.
    pub snapshot_count: u64,
    /// A store that had more bytes in its last snapshot waits with the next until as many bytes of
    /// log have been applied.
    pub snapshot_store_size_bytes: u64,
    /// Entries kept behind a snapshot.
    pub snapshot_catch_up_entries: u64,
    /// Size at which a log segment is cut, in bytes.
    pub segment_size_bytes: u64,
    /// How large a member's store may grow before nothing is added to any; 0 for etcd's default.
    pub quota_bytes: u32,
    /// Whether members ask before they raise the term.
    pub pre_vote: bool,
    /// Whether leaders answer reads by their lease, without asking a majority.
    pub reads_by_lease: bool,
    /// By how much clocks may go wrong, in per cent, as leases reckon with it. The world's clocks
    /// go as wrong as they are told to.
    pub clock_drift_percent: u32,
    /// Whether changes of the members that could cost the majority are refused.
    pub strict_reconfig_check: bool,
    /// Rules of the protocol that do not hold in this world: what runs is a modified Raft, and
    /// every trace of it says so. Only in builds for the simulator and the page.
    ///
    /// Settings written before there were rules say `"check_quorum": false` for the one of them
    /// that could be switched off; they are still read.
    #[serde(
        alias = "check_quorum",
        deserialize_with = "rules_off",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub rules_off: Vec<Rule>,
    /// Responses of a watch that its client has not taken in, at most.
    pub watch_room: u32,
    /// Versions that a watch which is behind reads in one go.
    pub watch_chunk: u32,
    /// The known bug that is put back in this world, for the checkers to meet. Only in builds
    /// with known bugs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_bug: Option<KnownBug>,
}

impl Default for WorldConfig {
    fn default() -> Self {
        Self {
            seed: 42,
            members: 3,
            tick_us: 100_000,
            election_ticks: 10,
            latency_min_us: 8_000,
            latency_max_us: 24_000,
            in_order: true,
            loss_per_mille: 0,
            disk_write_us: 2_000,
            disk_sync_us: 6_000,
            snapshot_count: 20,
            snapshot_store_size_bytes: limits::SNAPSHOT_STORE_SIZE_BYTES,
            snapshot_catch_up_entries: 5,
            segment_size_bytes: 4_096,
            quota_bytes: 0,
            pre_vote: true,
            reads_by_lease: false,
            clock_drift_percent: CLOCK_DRIFT_PERCENT_DEFAULT,
            strict_reconfig_check: true,
            rules_off: Vec::new(),
            watch_room: limits::WATCH_RESPONSES_IN_FLIGHT_MAX,
            watch_chunk: WATCH_CHUNK_DEFAULT,
            known_bug: None,
        }
    }
}

impl WorldConfig {
    /// Refuses what no world can be made of.
    pub fn check(&self) -> Result<(), WorldError> {
        let refuse = |field, reason: String| Err(WorldError { field, reason });
        if !(1..=MEMBERS_MAX).contains(&self.members) {
            return refuse(
                "members",
                format!("{} is not between 1 and {MEMBERS_MAX}", self.members),
            );
        }
        if !(TICK_US_MIN..=DURATION_US_MAX).contains(&self.tick_us) {
            return refuse(
                "tick_us",
                format!(
                    "{} is not between {} and {}",
                    duration_text(self.tick_us),
                    duration_text(TICK_US_MIN),
                    duration_text(DURATION_US_MAX)
                ),
            );
        }
        let election_ticks = limits::ELECTION_TICKS_MIN..=limits::ELECTION_TICKS_MAX;
        if !election_ticks.contains(&self.election_ticks) {
            return refuse(
                "election_ticks",
                format!(
                    "{}ticks is not between {}ticks and {}ticks",
                    self.election_ticks,
                    election_ticks.start(),
                    election_ticks.end()
                ),
            );
        }
        self.check_durations()?;
        if self.loss_per_mille > 1_000 {
            return refuse(
                "loss_per_mille",
                format!("{} is more than 100%", per_cent_text(self.loss_per_mille)),
            );
        }
        self.check_counts()?;
        self.check_lease()?;
        if !self.rules_off.is_empty() && !Rules::CAN_BE_OFF {
            return refuse("rules_off", "this build has no modified Raft".to_owned());
        }
        if self.known_bug.is_some() && !KnownBugs::CAN_BE_BACK {
            return refuse("known_bug", "this build has no known bugs".to_owned());
        }
        Ok(())
    }

    /// How long messages and disks may take.
    fn check_durations(&self) -> Result<(), WorldError> {
        let refuse = |field, reason: String| Err(WorldError { field, reason });
        if self.latency_min_us > self.latency_max_us {
            return refuse(
                "latency_min_us",
                format!(
                    "of {}..{} the first is the longer one; write the shorter one first",
                    duration_text(self.latency_min_us),
                    duration_text(self.latency_max_us)
                ),
            );
        }
        for (field, duration_us) in [
            ("latency_max_us", self.latency_max_us),
            ("disk_write_us", self.disk_write_us),
            ("disk_sync_us", self.disk_sync_us),
        ] {
            if duration_us > DURATION_US_MAX {
                return refuse(
                    field,
                    format!(
                        "{} is more than {}",
                        duration_text(duration_us),
                        duration_text(DURATION_US_MAX)
                    ),
                );
            }
        }
        Ok(())
    }

    /// What there must be one of at least.
    fn check_counts(&self) -> Result<(), WorldError> {
        let counts = [
            ("snapshot_count", self.snapshot_count),
            ("segment_size_bytes", self.segment_size_bytes),
            ("watch_room", u64::from(self.watch_room)),
            ("watch_chunk", u64::from(self.watch_chunk)),
        ];
        match counts.iter().find(|(_, count)| *count == 0) {
            Some((field, _)) => Err(WorldError {
                field,
                reason: "0 is too few; write 1 or more".to_owned(),
            }),
            None => Ok(()),
        }
    }

    /// What no member would start with.
    fn check_lease(&self) -> Result<(), WorldError> {
        let refuse = |field, reason| Err(WorldError { field, reason });
        let drift = self.clock_drift_percent;
        if drift > limits::CLOCK_DRIFT_PERCENT_MAX {
            return refuse(
                "clock_drift_percent",
                format!("{drift}% is more than {}%", limits::CLOCK_DRIFT_PERCENT_MAX),
            );
        }
        if self.reads_by_lease && lease_ticks(self.election_ticks, drift) < 2 {
            return refuse(
                "election_ticks",
                format!(
                    "an election timeout of {} ticks leaves no time for reads by lease when clocks \
                     go wrong by {drift}%",
                    self.election_ticks
                ),
            );
        }
        Ok(())
    }

    /// What the trace of a world begins with when a rule is off or a bug is back.
    pub fn modified(&self) -> Option<String> {
        let rules: Vec<String> = self.rules_off.iter().map(Rule::to_string).collect();
        match (rules.is_empty(), self.known_bug) {
            (true, None) => None,
            (false, None) => Some(format!("modified Raft: without {}", rules.join(", "))),
            (true, Some(bug)) => Some(format!("known bug put back: {bug}")),
            (false, Some(bug)) => Some(format!(
                "modified Raft: without {}; known bug put back: {bug}",
                rules.join(", ")
            )),
        }
    }

    /// Reads by lease as its members have them.
    pub(super) fn read_lease(&self) -> Option<ReadLeaseSettings> {
        self.reads_by_lease.then_some(ReadLeaseSettings {
            clock_drift_percent: self.clock_drift_percent,
        })
    }

    /// The bugs as its members have them.
    pub(super) fn bugs(&self) -> KnownBugs {
        KnownBugs::with(self.known_bug)
    }
}

/// Reads the rules that are off: a list of them, or what once was `check_quorum`.
fn rules_off<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Vec<Rule>, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Written {
        Rules(Vec<Rule>),
        CheckQuorum(bool),
    }
    Ok(match <Written as serde::Deserialize>::deserialize(input)? {
        Written::Rules(rules) => rules,
        Written::CheckQuorum(true) => Vec::new(),
        Written::CheckQuorum(false) => vec![Rule::CheckQuorum],
    })
}

/// As in a server.
const WATCH_CHUNK_DEFAULT: u32 = limits::WATCH_CHUNK_VERSIONS as u32;
/// Far more than clocks of machines go wrong.
const CLOCK_DRIFT_PERCENT_DEFAULT: u32 = 10;
const MEMBERS_MAX: u32 = 7;
/// A millisecond: members count in whole ones.
const TICK_US_MIN: u64 = 1_000;
/// An hour.
const DURATION_US_MAX: u64 = 3_600_000_000;
