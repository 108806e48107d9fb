//! What is done to a cluster: all of it follows from the cluster's seed.
//!
//! Processes keep no promise about time, so a seed gives the same faults and not the same run.

mod cluster;
mod fault;
mod round;

pub(crate) use cluster::ClusterPlan;
pub(crate) use fault::{Fault, Replacing};
pub(crate) use round::{PlannedFault, RoundPlan};
