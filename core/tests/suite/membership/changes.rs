//! What the leader takes, what it refuses, and what every member then has.

use quorate_core::command::{Command, MemberAdd, MemberUpdate, Range, Reply};
use quorate_core::error::Error;
use quorate_core::id::MemberId;
use quorate_core::member::ProgressState;

use super::cluster::{Cluster, add, promote, put, remove};

#[test]
fn a_member_added_at_run_time_has_etcds_id() {
    let (mut cluster, leader) = Cluster::healthy(1);
    let command = Command::MemberAdd(MemberAdd {
        peer_urls: vec!["http://0.0.0.0:2680".to_owned()],
        is_learner: false,
        added_at_seconds: 1_630_408_647,
    });
    let Ok(Reply::MemberAdd(reply)) = cluster.call(leader, command) else {
        panic!("it is refused")
    };
    assert_eq!(reply.member.id.to_string(), "462d837236b726b4");
    assert_eq!(reply.member.name, "");
    assert_eq!(reply.members.len(), 2);
}

#[test]
fn a_learner_follows_is_promoted_and_votes() {
    let (mut cluster, leader) = Cluster::healthy(3);
    cluster.put(leader, "a");
    let new = cluster.add(leader, 4, true);
    cluster.tick(5);
    assert_eq!(cluster.learners(new), [new]);
    assert_eq!(cluster.voters(new), [1, 2, 3]);
    cluster.check_agreement();
    assert_eq!(cluster.told[&1].len(), 4);

    assert!(cluster.call(leader, promote(new)).is_ok());
    cluster.tick(5);
    let mut voters = vec![1, 2, 3, new];
    voters.sort_unstable();
    assert_eq!(cluster.voters(leader), voters);
    assert_eq!(cluster.voters(new), voters);
    cluster.check_agreement();
    // Two of four are no majority: it needs the new one.
    let others: Vec<u64> = (1..=3).filter(|id| *id != leader).collect();
    cluster.kill(others[0]);
    cluster.put(leader, "b");
    cluster.kill(new);
    let waits = cluster.ask(leader, put("c"));
    cluster.tick(5);
    assert_eq!(cluster.reply(waits), None);
}

#[test]
fn any_member_takes_a_change_and_says_what_came_of_it() {
    let (mut cluster, _) = Cluster::healthy(3);
    let follower = cluster.follower();
    let new = cluster.add(follower, 4, true);
    cluster.tick(5);
    assert_eq!(
        cluster.call(follower, add(4, true)),
        Err(Error::MemberExists)
    );
    assert!(cluster.call(follower, promote(new)).is_ok());
    let again = cluster.call(follower, promote(new));
    assert_eq!(again, Err(Error::MemberNotLearner));
    let Ok(Reply::MemberRemove(left)) = cluster.call(follower, remove(new)) else {
        panic!("it is refused")
    };
    assert_eq!(left.len(), 3);
    assert_eq!(
        cluster.call(follower, remove(new)),
        Err(Error::MemberNotFound)
    );
    assert_eq!(
        cluster.call(follower, promote(9)),
        Err(Error::MemberNotFound)
    );
}

#[test]
fn a_url_is_of_one_member_alone() {
    let (mut cluster, leader) = Cluster::healthy(3);
    let Command::MemberAdd(mut taken) = add(4, true) else {
        unreachable!()
    };
    taken.peer_urls.push("http://127.0.0.1:2580".to_owned());
    let refused = cluster.call(leader, Command::MemberAdd(taken.clone()));
    assert_eq!(refused, Err(Error::PeerUrlsExist));
    taken.peer_urls = vec!["127.0.0.1".to_owned()];
    let refused = cluster.call(leader, Command::MemberAdd(taken));
    assert_eq!(refused, Err(Error::MemberUrlsInvalid));

    let update = |id, url: &str| {
        Command::MemberUpdate(MemberUpdate {
            id: MemberId(id),
            peer_urls: vec![url.to_owned()],
        })
    };
    let refused = cluster.call(leader, update(1, "http://127.0.0.1:2580"));
    assert_eq!(refused, Err(Error::PeerUrlsExist));
    let updated = cluster.call(leader, update(1, "http://127.0.0.1:9"));
    let Ok(Reply::MemberUpdate(members)) = updated else {
        panic!("it is refused")
    };
    assert_eq!(members[0].peer_urls, ["http://127.0.0.1:9"]);
    assert_eq!(members[0].name, "m1");
    cluster.tick(2);
    assert_eq!(cluster.told[&2], members);
    let unknown = cluster.call(leader, update(9, "http://127.0.0.1:8"));
    assert_eq!(unknown, Err(Error::MemberNotFound));
}

#[test]
fn there_is_one_learner_unless_told_otherwise() {
    let (mut cluster, leader) = Cluster::healthy(3);
    cluster.add(leader, 4, true);
    assert_eq!(
        cluster.call(leader, add(5, true)),
        Err(Error::TooManyLearners)
    );
    let (mut cluster, leader) = Cluster::healthy_with(3, |config| config.learners_max = 2);
    cluster.add(leader, 4, true);
    cluster.add(leader, 5, true);
    assert_eq!(
        cluster.call(leader, add(6, true)),
        Err(Error::TooManyLearners)
    );
}

#[test]
fn a_learner_that_is_behind_is_not_promoted() {
    let (mut cluster, leader) = Cluster::healthy(3);
    let new = cluster.add_unstarted(leader, 4, true);
    assert_eq!(
        cluster.call(leader, promote(new)),
        Err(Error::LearnerNotReady)
    );
    cluster.add_machine(new, true);
    cluster.start(new);
    cluster.tick(5);
    assert!(cluster.call(leader, promote(new)).is_ok());
}

#[test]
fn a_second_change_while_one_is_pending_is_answered() {
    let (mut cluster, leader) = Cluster::healthy(3);
    let first = cluster.ask_quietly(leader, add(4, true));
    let second = cluster.ask_quietly(leader, remove(cluster.follower()));
    cluster.settle();
    assert_eq!(
        cluster.reply(second),
        Some(Err(Error::ReconfigurationPending))
    );
    assert!(matches!(
        cluster.reply(first),
        Some(Ok(Reply::MemberAdd(_)))
    ));
    // The first is done, so the next one may come at once.
    let new = cluster.learners(leader)[0];
    assert!(cluster.call(leader, remove(new)).is_ok());
}

#[test]
fn a_second_change_asked_of_a_follower_is_answered_too() {
    let (mut cluster, leader) = Cluster::healthy(3);
    let follower = cluster.follower();
    let others: Vec<u64> = (1..=3).filter(|id| *id != leader).collect();
    // Only one follower hears the leader, so the first change is committed with it and no sooner.
    cluster.cut_off(others[1]);
    let first = cluster.ask_quietly(leader, remove(others[1]));
    let second = cluster.ask_quietly(follower, add(4, true));
    cluster.settle();
    let second = cluster.reply(second);
    let is_answered = matches!(
        second,
        Some(Err(Error::ReconfigurationPending | Error::UnhealthyCluster) | Ok(_))
    );
    assert!(is_answered, "{second:?}");
    assert!(cluster.reply(first).is_some());
}

#[test]
fn changes_that_could_cost_the_majority_are_refused() {
    let (mut cluster, leader) = Cluster::healthy(3);
    let down = cluster.follower();
    cluster.kill(down);
    assert_eq!(
        cluster.call(leader, add(4, false)),
        Err(Error::UnhealthyCluster)
    );
    assert_eq!(
        cluster.call(leader, add(4, true)),
        Err(Error::UnhealthyCluster)
    );
    let up = (1..=3).find(|id| *id != leader && *id != down).unwrap();
    assert_eq!(
        cluster.call(leader, remove(up)),
        Err(Error::UnhealthyCluster)
    );
    assert!(cluster.call(leader, remove(down)).is_ok());

    let new = cluster.add_unstarted(leader, 5, false);
    let refused = cluster.call(leader, add(6, false));
    assert_eq!(refused, Err(Error::NotEnoughStartedMembers));
    assert!(cluster.call(leader, remove(new)).is_ok());
}

#[test]
fn a_cluster_of_one_does_not_remove_itself() {
    for strict in [true, false] {
        let change = if strict {
            |config: &mut quorate_core::member::MemberConfig| config.strict_reconfig_check = true
        } else {
            |config: &mut quorate_core::member::MemberConfig| config.strict_reconfig_check = false
        };
        let (mut cluster, leader) = Cluster::healthy_with(1, change);
        let refused = cluster.call(leader, remove(1));
        assert_eq!(refused, Err(Error::NotEnoughStartedMembers));
        cluster.put(leader, "a");
    }
}

#[test]
fn nobody_is_added_before_the_members_have_been_connected_for_a_while() {
    let mut cluster = Cluster::new(3, |_| {});
    cluster.tick(30);
    let leader = cluster.leader().unwrap();
    assert_eq!(
        cluster.call(leader, add(4, true)),
        Err(Error::UnhealthyCluster)
    );
    cluster.tick(30);
    assert!(cluster.call(leader, add(4, true)).is_ok());
}

#[test]
fn a_change_waits_for_a_leader_and_its_time_runs_out() {
    let (mut cluster, leader) = Cluster::healthy(3);
    let others: Vec<u64> = (1..=3).filter(|id| *id != leader).collect();
    cluster.kill(leader);
    let asked = cluster.ask(others[0], remove(leader));
    assert_eq!(cluster.reply(asked), None);
    cluster.tick(30);
    // It was asked before there was a new leader, and is carried out by it.
    assert!(matches!(
        cluster.reply(asked),
        Some(Ok(Reply::MemberRemove(_)))
    ));
    cluster.kill(others[1]);
    let asked = cluster.ask(others[0], remove(others[1]));
    cluster.tick(80);
    assert!(matches!(cluster.reply(asked), Some(Err(_))));
}

#[test]
fn a_learner_answers_reads_of_its_own_and_its_status() {
    let (mut cluster, leader) = Cluster::healthy(3);
    cluster.put(leader, "a");
    let new = cluster.add(leader, 4, true);
    cluster.tick(5);
    let range = |serializable| {
        Command::Range(Range {
            key: "a".into(),
            serializable,
            ..Range::default()
        })
    };
    let Ok(Reply::Range(found)) = cluster.call(new, range(true)) else {
        panic!("it is refused")
    };
    assert_eq!(found.count, 1);
    let Ok(Reply::Status(status)) = cluster.call(new, Command::Status) else {
        panic!("it is refused")
    };
    assert!(status.is_learner);
    let Ok(Reply::MemberList(known)) = cluster.call(new, Command::MemberList(false)) else {
        panic!("a learner knows the members, and says so as it knows them");
    };
    assert_eq!(known.members.len(), 4);
    for command in [
        range(false),
        put("b"),
        remove(1),
        Command::MemberList(true),
        Command::LeaseList,
    ] {
        let refused = cluster.call(new, command);
        assert_eq!(refused, Err(Error::NotSupportedForLearner));
    }
}

#[test]
fn a_learner_is_no_part_of_a_majority() {
    let (mut cluster, leader) = Cluster::healthy(3);
    let new = cluster.add(leader, 4, true);
    cluster.tick(5);
    for id in (1..=3).filter(|id| *id != leader) {
        cluster.kill(id);
    }
    let asked = cluster.ask(leader, put("a"));
    cluster.tick(5);
    assert_eq!(cluster.reply(asked), None);
    let learner = cluster.view(leader).progress;
    let learner = learner.iter().find(|view| view.member.0 == new).unwrap();
    assert_eq!(learner.state, ProgressState::Replicate);
    assert_eq!(learner.matched, cluster.view(leader).synced);
    // It does not stand for election when it hears nobody.
    cluster.kill(leader);
    cluster.tick(100);
    assert_eq!(
        cluster.count_lines(&format!("{} became candidate", MemberId(new))),
        0
    );
}

#[test]
fn a_new_member_may_start_before_it_is_added() {
    let (mut cluster, leader) = Cluster::healthy(3);
    let id = quorate_core::membership::member_id(
        &["http://127.0.0.1:2780".to_owned()],
        "",
        Some(1_630_408_651),
    );
    cluster.add_machine(id.0, true);
    cluster.start(id.0);
    cluster.tick(50);
    assert_eq!(cluster.view(id.0).members, []);
    assert_eq!(cluster.add_unstarted(leader, 4, false), id.0);
    cluster.tick(5);
    cluster.check_agreement();
}

#[test]
fn members_and_removals_outlive_restarts_and_travel_in_snapshots() {
    let (mut cluster, leader) = Cluster::healthy_with(3, |config| {
        config.snapshot_count = 10;
        config.snapshot_catch_up_entries = 2;
    });
    let gone = cluster.follower();
    assert!(cluster.call(leader, remove(gone)).is_ok());
    let learner = cluster.add(leader, 4, true);
    for number in 0..40 {
        cluster.put(leader, &format!("k{number}"));
    }
    cluster.tick(5);
    let before = cluster.view(leader);
    assert!(before.snapshot.is_some_and(|(index, _)| index.0 > 20));
    assert_eq!(before.removed, [MemberId(gone)]);
    for id in cluster.running() {
        cluster.restart(id);
    }
    cluster.tick(40);
    cluster.check_agreement();
    let leader = cluster.leader().unwrap();
    let after = cluster.view(leader);
    assert_eq!(
        (after.members, after.removed),
        (before.members, before.removed)
    );

    // One that joins now gets all of it in a snapshot.
    cluster.tick(60);
    assert!(cluster.call(leader, promote(learner)).is_ok());
    let new = cluster.add(leader, 5, false);
    cluster.tick(20);
    assert!(cluster.count_lines("applied snapshot from") > 0);
    assert_eq!(cluster.view(new).removed, [MemberId(gone)]);
    assert_eq!(cluster.applied(new), cluster.applied(leader));
    cluster.check_agreement();
    cluster.restart(new);
    cluster.tick(10);
    cluster.check_agreement();
}

#[test]
fn leadership_is_moved_to_a_voter_by_the_leader_alone() {
    let (mut cluster, leader) = Cluster::healthy(3);
    let learner = cluster.add(leader, 4, true);
    let to = cluster.follower();
    let move_to = |id| Command::MoveLeader(MemberId(id));
    assert_eq!(cluster.call(to, move_to(to)), Err(Error::NotLeader));
    for stranger in [9, learner] {
        let refused = cluster.call(leader, move_to(stranger));
        assert_eq!(refused, Err(Error::BadLeaderTransferee));
    }
    assert_eq!(cluster.call(leader, move_to(leader)), Ok(Reply::MoveLeader));
    assert_eq!(cluster.call(leader, move_to(to)), Ok(Reply::MoveLeader));
    assert_eq!(cluster.leader(), Some(to));
    cluster.cut_off(leader);
    let asked = cluster.call(to, move_to(leader));
    assert_eq!(asked, Err(Error::TimeoutLeaderTransfer));
}
