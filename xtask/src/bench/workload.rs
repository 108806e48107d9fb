//! What is measured, and what is to be reached.

use anyhow::Result;

use super::cluster::Cluster;
use super::load::{self, Figures};

/// How much each load does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Amounts {
    /// What stands for `{one}`: requests of a single client.
    one: u64,
    /// `{some}`: of some clients.
    some: u64,
    /// `{many}`: of a thousand clients.
    many: u64,
    /// `{ranges}`: reads of thousands of keys.
    ranges: u64,
    /// Keys of the heavy ones.
    pub(super) keys: u64,
}

impl Amounts {
    pub(super) fn of(is_quick: bool) -> Self {
        if is_quick {
            return Self {
                one: 1_000,
                some: 10_000,
                many: 30_000,
                ranges: 200,
                keys: 50_000,
            };
        }
        Self {
            one: 5_000,
            some: 50_000,
            many: 200_000,
            ranges: 1_000,
            keys: 1_000_000,
        }
    }

    fn fill(&self, argument: &str) -> String {
        argument
            .replace("{one}", &self.one.to_string())
            .replace("{some}", &self.some.to_string())
            .replace("{many}", &self.many.to_string())
            .replace("{ranges}", &self.ranges.to_string())
    }
}

/// Which of two figures a goal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    PerSecond,
    P99,
    Cpu,
    Written,
    Resident,
    Seconds,
}

impl Measure {
    /// The figure, if it was measured.
    pub(super) fn of(self, figures: &Figures) -> Option<f64> {
        match self {
            Measure::PerSecond => figures.per_second,
            Measure::P99 => figures.p99_seconds,
            Measure::Cpu => figures.cpu_us_per_request,
            Measure::Written => figures.written_bytes_per_request,
            Measure::Resident => figures.resident_bytes,
            Measure::Seconds => figures.seconds,
        }
    }

    /// For the head of a table.
    pub(super) fn name(self) -> &'static str {
        match self {
            Measure::PerSecond => "requests/s",
            Measure::P99 => "p99",
            Measure::Cpu => "CPU a request",
            Measure::Written => "disk a request",
            Measure::Resident => "memory",
            Measure::Seconds => "time",
        }
    }

    /// Whether more is better.
    pub(super) fn is_gain(self) -> bool {
        self == Measure::PerSecond
    }
}

/// A ratio that is to be reached: Quorate's figure by etcd's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Goal {
    pub(super) measure: Measure,
    /// At least this where more is better, at most this where less is.
    pub(super) ratio: f64,
}

/// One load.
pub(super) struct Workload {
    pub(super) name: &'static str,
    arguments: &'static [&'static str],
    /// Which of its reports counts; nothing when it has one only.
    part: Option<&'static str>,
    pub(super) goals: &'static [Goal],
}

impl Workload {
    /// Gives the load to a cluster.
    pub(super) fn run(&self, cluster: &Cluster, amounts: &Amounts) -> Result<Figures> {
        let arguments = self.arguments.iter().map(|argument| amounts.fill(argument));
        let (report, figures) = load::run(cluster, &arguments.collect::<Vec<_>>())?;
        Ok(match self.part {
            None => figures,
            Some(part) => Figures::of(&report[part]),
        })
    }
}

const fn goal(measure: Measure, ratio: f64) -> Goal {
    Goal { measure, ratio }
}

/// The goals of a workload of any kind.
pub(super) fn goals(name: &str) -> &'static [Goal] {
    if let Some(workload) = WORKLOADS.iter().find(|workload| workload.name == name) {
        return workload.goals;
    }
    match name {
        IDLE => const { &[goal(Measure::Resident, 0.4)] },
        _ => super::heavy::Heavy::goals(name),
    }
}

/// The first thing that is measured.
pub(super) const IDLE: &str = "idle";

/// In this order: the reads find what the writes left.
pub(super) const WORKLOADS: &[Workload] = &[
    Workload {
        name: "put, 1 client, leader",
        arguments: &[
            "--target-leader",
            "put",
            "--key-size=8",
            "--val-size=256",
            "--sequential-keys",
            "--key-space-size=100000",
            "--total={one}",
        ],
        part: None,
        goals: &[goal(Measure::PerSecond, 2.0), goal(Measure::P99, 1.0)],
    },
    Workload {
        name: "put, 64 clients, leader",
        arguments: &[
            "--target-leader",
            "--conns=16",
            "--clients=64",
            "put",
            "--key-size=8",
            "--val-size=256",
            "--sequential-keys",
            "--key-space-size=100000",
            "--total={some}",
        ],
        part: None,
        goals: &[goal(Measure::PerSecond, 2.5), goal(Measure::Cpu, 0.4)],
    },
    Workload {
        name: "put, 1000 clients, leader",
        arguments: &[
            "--target-leader",
            "--conns=100",
            "--clients=1000",
            "put",
            "--key-size=8",
            "--val-size=256",
            "--sequential-keys",
            "--key-space-size=100000",
            "--total={many}",
        ],
        part: None,
        goals: &[goal(Measure::PerSecond, 2.5), goal(Measure::Cpu, 0.4)],
    },
    Workload {
        name: "put, 1000 clients, all members",
        arguments: &[
            "--conns=100",
            "--clients=1000",
            "put",
            "--key-size=8",
            "--val-size=256",
            "--sequential-keys",
            "--key-space-size=100000",
            "--total={many}",
        ],
        part: None,
        goals: &[goal(Measure::PerSecond, 2.5), goal(Measure::Cpu, 0.4)],
    },
    Workload {
        name: "range, linearizable, 1 client",
        arguments: &["range", "none", "--total={one}"],
        part: None,
        goals: &[goal(Measure::PerSecond, 1.5)],
    },
    Workload {
        name: "range, linearizable, 1000 clients",
        arguments: &[
            "--conns=100",
            "--clients=1000",
            "range",
            "none",
            "--total={many}",
        ],
        part: None,
        goals: &[goal(Measure::PerSecond, 2.5)],
    },
    Workload {
        name: "range, serializable, 1000 clients",
        arguments: &[
            "--conns=100",
            "--clients=1000",
            "range",
            "none",
            "--consistency=s",
            "--total={many}",
        ],
        part: None,
        goals: &[goal(Measure::PerSecond, 2.5)],
    },
    Workload {
        name: "range of 1,000 keys",
        arguments: &[
            "--conns=4",
            "--clients=4",
            "range",
            "",
            "--prefix",
            "--limit=1000",
            "--total={ranges}",
        ],
        part: None,
        goals: &[goal(Measure::PerSecond, 2.0)],
    },
    Workload {
        name: "range of 10,000 keys",
        arguments: &[
            "--conns=4",
            "--clients=4",
            "range",
            "",
            "--prefix",
            "--limit=10000",
            "--total={ranges}",
        ],
        part: None,
        goals: &[goal(Measure::PerSecond, 2.0)],
    },
    Workload {
        name: "txn-put, 1000 clients",
        arguments: &[
            "--conns=100",
            "--clients=1000",
            "txn-put",
            "--val-size=256",
            "--key-space-size=100000",
            "--total={many}",
        ],
        part: None,
        goals: &[goal(Measure::PerSecond, 2.0)],
    },
    Workload {
        name: "stm, 64 clients",
        arguments: &[
            "--conns=16",
            "--clients=64",
            "stm",
            "--keys=10000",
            "--keys-per-txn=2",
            "--total={some}",
        ],
        part: None,
        goals: &[goal(Measure::PerSecond, 2.0)],
    },
    Workload {
        name: "lease-keepalive, 1000 clients",
        arguments: &[
            "--conns=100",
            "--clients=1000",
            "lease-keepalive",
            "--total={many}",
        ],
        part: None,
        goals: &[goal(Measure::PerSecond, 2.0)],
    },
    Workload {
        name: "watch, 10 streams of 100",
        arguments: &["--conns=10", "watch", "--put-total={one}"],
        part: Some("watch_events_received_summary"),
        goals: &[goal(Measure::PerSecond, 1.5)],
    },
    Workload {
        name: "watch latency",
        arguments: &[
            "--conns=10",
            "watch-latency",
            "--put-total={one}",
            "--put-rate=1000",
        ],
        part: Some("watch_latency_summary"),
        goals: &[goal(Measure::P99, 0.7)],
    },
];
