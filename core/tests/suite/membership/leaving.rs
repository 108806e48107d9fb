//! What becomes of those who are removed.

use quorate_core::Input;
use quorate_core::error::Error;
use quorate_core::id::MemberId;
use quorate_core::member::REMOVED;

use super::cluster::{Cluster, add, put, remove};

#[test]
fn a_removed_follower_stops_by_itself() {
    let (mut cluster, leader) = Cluster::healthy(3);
    let gone = cluster.follower();
    assert!(cluster.call(leader, remove(gone)).is_ok());
    cluster.tick(2);
    assert_eq!(
        cluster.failures.get(&gone).map(String::as_str),
        Some(REMOVED)
    );
    assert_eq!(
        cluster.count_lines("data-dir used by this member must be removed"),
        1
    );
    cluster.put(leader, "a");
    cluster.check_agreement();
}

#[test]
fn a_removed_leader_answers_steps_down_and_stops() {
    let (mut cluster, leader) = Cluster::healthy(3);
    assert!(cluster.call(leader, remove(leader)).is_ok());
    cluster.tick(5);
    assert_eq!(
        cluster.failures.get(&leader).map(String::as_str),
        Some(REMOVED)
    );
    let next = cluster.leader().expect("another leads at once");
    assert_ne!(next, leader);
    cluster.put(next, "a");
    assert_eq!(cluster.voters(next).len(), 2);
    cluster.check_agreement();
}

/// The one that stays does not know that the removal is committed, and counts on the one that
/// goes: which goes when it knows.
#[test]
fn the_leader_of_two_is_removed_while_the_link_breaks() {
    let (mut cluster, leader) = Cluster::healthy(2);
    let stays = 3 - leader;
    cluster.remove_unheard(leader);
    cluster.tick(30);
    assert!(cluster.is_running(leader));
    assert_eq!(cluster.voters(stays).len(), 2);
    cluster.heal();
    cluster.tick(40);
    assert_eq!(cluster.leader(), Some(stays));
    assert_eq!(cluster.voters(stays), [stays]);
    assert!(!cluster.is_running(leader));
    cluster.put(stays, "a");
}

#[test]
fn one_that_was_away_hears_that_it_is_removed_and_disturbs_nobody() {
    let (mut cluster, leader) = Cluster::healthy(3);
    let gone = cluster.follower();
    cluster.kill(gone);
    assert!(cluster.call(leader, remove(gone)).is_ok());
    let term = cluster.view(leader).term;
    cluster.start(gone);
    cluster.tick(60);
    assert!(!cluster.is_running(gone));
    assert_eq!(
        cluster.failures.get(&gone).map(String::as_str),
        Some(REMOVED)
    );
    assert_eq!(cluster.view(leader).term, term);
    assert_eq!(cluster.leader(), Some(leader));
    // As often as it is started.
    cluster.start(gone);
    cluster.tick(90);
    assert!(!cluster.is_running(gone));
    cluster.check_agreement();
}

/// It never stands for election, so nobody has to answer anything.
#[test]
fn a_learner_that_missed_its_removal_asks() {
    let (mut cluster, leader) = Cluster::healthy(3);
    let learner = cluster.add(leader, 4, true);
    cluster.tick(5);
    cluster.cut_off_quietly(learner);
    assert!(cluster.call(leader, remove(learner)).is_ok());
    cluster.tick(5);
    cluster.heal_quietly();
    cluster.tick(60);
    assert_eq!(
        cluster.failures.get(&learner).map(String::as_str),
        Some(REMOVED)
    );
}

#[test]
fn one_whose_connection_is_refused_leaves() {
    let (mut cluster, leader) = Cluster::healthy(3);
    let gone = cluster.follower();
    cluster.kill(gone);
    assert!(cluster.call(leader, remove(gone)).is_ok());
    cluster.start_alone(gone);
    for by in (1..=3).filter(|id| *id != gone).map(MemberId) {
        cluster.step(gone, Input::TurnedAway { by });
    }
    cluster.settle();
    assert_eq!(
        cluster.failures.get(&gone).map(String::as_str),
        Some(REMOVED)
    );
}

#[test]
fn one_that_is_leaving_takes_no_requests_and_can_be_stopped() {
    let (mut cluster, leader) = Cluster::healthy(2);
    cluster.remove_unheard(leader);
    assert_eq!(cluster.call(leader, put("a")), Err(Error::Stopped));
    assert_eq!(cluster.call(leader, add(5, true)), Err(Error::Stopped));
    cluster.step(leader, Input::Stop);
    cluster.settle();
    assert_eq!(
        cluster.failures.get(&leader).map(String::as_str),
        Some(REMOVED)
    );
}

#[test]
fn one_that_nobody_hears_stops_when_its_time_is_over() {
    let (mut cluster, leader) = Cluster::healthy(2);
    cluster.remove_unheard(leader);
    cluster.tick(75);
    assert!(!cluster.is_running(leader));
    // Whoever starts it again gives the other its chance.
    cluster.heal();
    cluster.start(leader);
    cluster.tick(40);
    assert_eq!(cluster.leader(), Some(3 - leader));
    assert!(!cluster.is_running(leader));
}
