//! How a metric is defined: made, registered, and handed to whoever counts with it.

use prometheus::core::Collector;
use prometheus::proto::MetricFamily;
use prometheus::{
    DEFAULT_BUCKETS, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry, exponential_buckets,
};

/// A histogram's buckets.
#[derive(Clone, Copy, Debug)]
pub(super) enum Buckets {
    /// The first one's upper bound, how much wider the next is, and how many.
    Growing(f64, f64, usize),
    /// The ones that Prometheus' libraries have for whoever does not choose.
    Usual,
}

/// etcd's buckets for what a disk does.
pub(super) const DISK: Buckets = Buckets::Growing(0.001, 2.0, 14);

/// All metrics, as they are defined. Each name is defined once, in this module's neighbours, and
/// a test makes them all: so to define one cannot fail.
#[derive(Default)]
pub(super) struct Definitions {
    registry: Registry,
}

impl Definitions {
    pub(super) fn counter(&self, name: &str, help: &str) -> IntCounter {
        self.add(IntCounter::new(name, help).expect(GOOD))
    }

    pub(super) fn counters(&self, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
        self.add(IntCounterVec::new(Opts::new(name, help), labels).expect(GOOD))
    }

    pub(super) fn gauge(&self, name: &str, help: &str) -> IntGauge {
        self.add(IntGauge::new(name, help).expect(GOOD))
    }

    pub(super) fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> IntGaugeVec {
        self.add(IntGaugeVec::new(Opts::new(name, help), labels).expect(GOOD))
    }

    pub(super) fn histogram(&self, name: &str, help: &str, buckets: Buckets) -> Histogram {
        self.add(Histogram::with_opts(options(name, help, buckets)).expect(GOOD))
    }

    pub(super) fn histograms(
        &self,
        name: &str,
        help: &str,
        buckets: Buckets,
        labels: &[&str],
    ) -> HistogramVec {
        self.add(HistogramVec::new(options(name, help, buckets), labels).expect(GOOD))
    }

    /// Registers what the library itself collects.
    pub(super) fn add<C: Collector + Clone + 'static>(&self, collector: C) -> C {
        self.add_own(collector.clone());
        collector
    }

    /// As [`Definitions::add`], for one that nobody else counts with.
    pub(super) fn add_own(&self, collector: impl Collector + 'static) {
        self.registry.register(Box::new(collector)).expect(GOOD);
    }

    /// What has been counted so far.
    pub(super) fn gather(&self) -> Vec<MetricFamily> {
        self.registry.gather()
    }
}

fn options(name: &str, help: &str, buckets: Buckets) -> HistogramOpts {
    let bounds = match buckets {
        Buckets::Growing(first, factor, count) => {
            exponential_buckets(first, factor, count).expect(GOOD)
        }
        Buckets::Usual => DEFAULT_BUCKETS.to_vec(),
    };
    HistogramOpts::new(name, help).buckets(bounds)
}

const GOOD: &str = "a metric is defined once, with a good name";
